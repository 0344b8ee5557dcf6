//! The history of a run of `listen`: opened, and what an earlier run left undone.

use std::sync::Arc;

use jiff::Timestamp;

use super::Context;
use crate::account::Account;
use crate::api::Identity;
use crate::forward::{Activity, Past, Target};
use crate::history::{Candidates, HistoryError, Journal, Scope, Settings};
use crate::ops::history_file;
use crate::output::Failure;

/// An open history, or none, and what there is to tell about it.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) past: Past,
    /// The id to go on after.
    pub(super) cursor: Option<String>,
    pub(super) news: Option<Activity>,
}

impl Opened {
    /// Without a history.
    pub(super) fn none() -> Self {
        Self { past: Past::none(), cursor: None, news: None }
    }

    /// The journal, to be closed at the end.
    pub(super) fn journal(&self) -> Option<Arc<Journal>> {
        self.past.journal.clone()
    }
}

/// Opens the history and begins a run in it. With `resume` it takes over what earlier runs left, and a
/// history that cannot be used is an error; without, forwarding matters more, and it is only reported.
pub(super) async fn open(
    context: &Context,
    resume: bool,
    account: &Account,
    identity: &Identity,
    targets: &[Target],
) -> Result<Opened, Failure> {
    let Some(path) = history_file::path(&context.env) else {
        return unusable(context, resume, "no home directory is known; set CSTAR_HOME".to_owned());
    };
    let begun = async {
        let journal = Arc::new(Journal::open(Settings::new(path, context.clock.clone()))?);
        begin(context, journal, resume, scope(account, identity), targets).await
    };
    match begun.await {
        Ok(opened) => Ok(opened),
        Err(error) => unusable(context, resume, error.to_string()),
    }
}

fn scope(account: &Account, identity: &Identity) -> Scope {
    Scope {
        base_url: account.base.to_string(),
        team_id: Some(identity.team_id.clone()),
        environment: identity.environment.clone(),
    }
}

async fn begin(
    context: &Context,
    journal: Arc<Journal>,
    resume: bool,
    scope: Scope,
    targets: &[Target],
) -> Result<Opened, HistoryError> {
    let leftover = journal.leftover(scope.clone()).await?;
    let cursor = if resume { journal.last_received_id(scope.clone()).await? } else { None };
    let names = targets.iter().map(|target| Arc::from(target.shown())).collect();
    let of = scope.clone();
    journal.begin_run(scope, names, std::process::id()).await?;
    let mut past = Past { journal: Some(Arc::clone(&journal)), ..Past::none() };
    let Some(left) = leftover else { return Ok(Opened { past, cursor, news: None }) };
    let mut leftover = News { deliveries: left.deliveries, since: left.oldest, resumed: resume, kept: 0 };
    if resume {
        let adopted = journal.adopt(left, candidates(targets)).await?;
        (past.next_seq, past.leftover) = (adopted.next_seq, adopted.deliveries);
        leftover.deliveries = past.leftover.len() as u64;
        leftover.kept = journal.leftover(of).await?.map_or(0, |left| left.deliveries);
    }
    Ok(Opened { past, cursor, news: Some(leftover.at(context.clock.now())) })
}

/// A delivery goes to its own target, or, when this run does not have it, to the first one that wants the
/// event and did not have it before.
fn candidates(targets: &[Target]) -> Candidates {
    let targets: Vec<Target> = targets.to_vec();
    Box::new(move |own, event_type| {
        let names = |wanted: &dyn Fn(&Target) -> bool| -> Vec<Arc<str>> {
            targets.iter().filter(|target| wanted(target)).map(|target| target.shown().into()).collect()
        };
        match names(&|target| target.shown() == own) {
            none if none.is_empty() => names(&|target| target.wants(event_type)),
            own => own,
        }
    })
}

/// What there is to tell of a leftover.
struct News {
    deliveries: u64,
    since: Timestamp,
    resumed: bool,
    kept: u64,
}

impl News {
    fn at(self, at: Timestamp) -> Activity {
        let Self { deliveries, since, resumed, kept } = self;
        Activity::Leftover { at, deliveries, since, resumed, kept }
    }
}

fn unusable(context: &Context, resume: bool, reason: String) -> Result<Opened, Failure> {
    if resume {
        return Err(Failure::failed(format!(
            "could not resume, because the history cannot be used: {reason}"
        )));
    }
    let news = Activity::HistoryOff { at: context.clock.now(), reason };
    Ok(Opened { news: Some(news), ..Opened::none() })
}
