//! Opens the history for a run of `listen`, and takes over the deliveries that earlier runs left.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::account::Account;
use crate::api::Identity;
use crate::commands::Context;
use crate::forward::{Activity, ResumeState, Target};
use crate::history::{self, Candidates, HistoryError, HistorySettings, Journal, NewRun, RunScope};
use crate::output::sanitize::escape;
use crate::output::{Failure, style};

/// After this a message says that the history is being waited for.
const SILENT_FOR: Duration = Duration::from_secs(2);

/// The opened history, if any, and what to report at the start.
#[derive(Debug)]
pub(super) struct OpenedHistory {
    pub(super) past: ResumeState,
    /// Resume after this event.
    pub(super) cursor: Option<String>,
    pub(super) notices: Vec<Activity>,
}

impl OpenedHistory {
    pub(super) fn none() -> Self {
        Self { past: ResumeState::none(), cursor: None, notices: Vec::new() }
    }

    /// The journal, to be closed at the end.
    pub(super) fn journal(&self) -> Option<Arc<Journal>> {
        self.past.journal.clone()
    }
}

/// Opens the history and begins a run in it. With `resume` it takes over what earlier runs left. A history
/// that cannot be used is an error if it is needed; otherwise forwarding matters more, and it is only reported.
pub(super) async fn open(
    context: &mut Context,
    (resume, need): (bool, HistoryUse),
    limit: Option<u64>,
    account: &Account,
    identity: &Identity,
    targets: &[Target],
) -> Result<OpenedHistory, Failure> {
    let Some(path) = history::default_path(&context.env) else {
        return unusable(context, need, "no home directory found; set CSTAR_HOME".to_owned());
    };
    let waiting = format!("Waiting for the history file {}: another process may hold it.", path.display());
    let settings = HistorySettings { limit, ..HistorySettings::new(path, context.clock.clone()) };
    let run = NewRun {
        scope: scope(account, identity),
        targets: targets.iter().map(|target| Arc::from(target.display_url())).collect(),
        pid: std::process::id(),
    };
    let mut begun = std::pin::pin!(begin(settings.clone(), resume, run.clone(), targets));
    let begun = match tokio::time::timeout(SILENT_FOR, &mut begun).await {
        Ok(begun) => begun,
        Err(_) => {
            context.output.status(&style::dim(&escape(&waiting)))?;
            begun.await
        }
    };
    let begun = match begun {
        // As for a temporary error during a run: records wait in memory and are written when it is over.
        Err(trouble) if trouble.is_transient() && need == HistoryUse::Optional => {
            Journal::open_later(settings, run, &trouble).map(|journal| OpenedHistory {
                past: recorded_in(Arc::new(journal)),
                ..OpenedHistory::none()
            })
        }
        other => other,
    };
    match begun {
        Ok(opened) => Ok(opened),
        Err(error) => unusable(context, need, error.to_string()),
    }
}

fn recorded_in(journal: Arc<Journal>) -> ResumeState {
    ResumeState { journal: Some(journal), ..ResumeState::none() }
}

pub(super) fn scope(account: &Account, identity: &Identity) -> RunScope {
    RunScope {
        base_url: account.base.to_string(),
        team_id: Some(identity.team_id.clone()),
        environment: identity.environment.clone(),
    }
}

async fn begin(
    settings: HistorySettings,
    resume: bool,
    run: NewRun,
    targets: &[Target],
) -> Result<OpenedHistory, HistoryError> {
    let clock = settings.clock.clone();
    let opening = tokio::task::spawn_blocking(move || Journal::open(settings)).await;
    let journal = Arc::new(opening.map_err(|_| HistoryError::Closed)??);
    let NewRun { scope, targets: names, pid } = run;
    let leftover = journal.leftover(scope.clone()).await?;
    let cursor = if resume { journal.last_received_id(scope.clone()).await? } else { None };
    let of = scope.clone();
    journal.begin_run(scope, names, pid).await?;
    let mut past = recorded_in(Arc::clone(&journal));
    let Some(left) = leftover else { return Ok(OpenedHistory { past, cursor, notices: Vec::new() }) };
    let mut leftover = Leftover { deliveries: left.deliveries, since: left.oldest, resumed: resume, kept: 0 };
    if resume {
        let adopted = journal.adopt(left, candidates(targets)).await?;
        (past.next_seq, past.leftover) = (adopted.next_seq, adopted.deliveries);
        leftover.deliveries = past.leftover.len() as u64;
        leftover.kept = journal.leftover(of).await?.map_or(0, |left| left.deliveries);
    }
    Ok(OpenedHistory { past, cursor, notices: vec![leftover.at(clock.now())] })
}

/// A leftover delivery goes to its own target or, if this run does not have it, to the first target that matches and
/// did not get the event before.
fn candidates(targets: &[Target]) -> Candidates {
    let targets: Vec<Target> = targets.to_vec();
    Box::new(move |own, event_type| {
        let names = |wanted: &dyn Fn(&Target) -> bool| -> Vec<Arc<str>> {
            targets.iter().filter(|target| wanted(target)).map(|target| target.display_url().into()).collect()
        };
        match names(&|target| target.display_url() == own) {
            none if none.is_empty() => names(&|target| target.wants(event_type)),
            own => own,
        }
    })
}

/// What earlier runs left.
struct Leftover {
    deliveries: u64,
    since: Timestamp,
    resumed: bool,
    kept: u64,
}

impl Leftover {
    fn at(self, at: Timestamp) -> Activity {
        let Self { deliveries, since, resumed, kept } = self;
        Activity::Leftover { at, deliveries, since, resumed, kept }
    }
}

/// Who needs the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HistoryUse {
    /// It is useful, but forwarding works without it.
    Optional,
    /// `--resume`
    Resume,
    /// `--public-url`
    Receiver,
}

impl HistoryUse {
    pub(super) const fn of(resume: bool, has_receiver: bool) -> Self {
        match (resume, has_receiver) {
            (_, true) => Self::Receiver,
            (true, false) => Self::Resume,
            (false, false) => Self::Optional,
        }
    }
}

fn unusable(context: &Context, need: HistoryUse, reason: String) -> Result<OpenedHistory, Failure> {
    let what = match need {
        HistoryUse::Optional => {
            let notice = Activity::HistoryOff { at: context.clock.now(), reason };
            return Ok(OpenedHistory { notices: vec![notice], ..OpenedHistory::none() });
        }
        HistoryUse::Resume => "could not resume, because the history cannot be used",
        HistoryUse::Receiver => {
            "--public-url stores events before it confirms them, and the history cannot be used"
        }
    };
    Err(Failure::failed(format!("{what}: {reason}")))
}
