//! Delivers events of the history again, with the same id and body and a fresh signature. The attempts are recorded
//! in the history.

mod local;
mod select;
mod send;

use std::path::PathBuf;
use std::sync::Arc;

use crate::Secret;
use crate::account::{Account, AccountOptions};
use crate::api::Client;
use crate::history::{HistorySettings, Journal, RecordedOutcome, RunScope};
use crate::host::clock::Clock;
use crate::host::env::Env;
use crate::net::BaseUrl;
use crate::ops::session::Session;
use crate::ops::session_secret;
use crate::ops::team_secret::team_secret;
use crate::output::format::pluralize;
use crate::output::sanitize::sanitize;
use crate::output::{Exit, Failure};
pub(crate) use local::{LocalEvent, send_local};
pub(crate) use select::{ReplayItem, ReplayPlan, ReplaySelection, select};
pub(crate) use send::{ReplayAttempt, SendOptions, Sender};

/// The account whose session signs events of `scope`. A server on this machine is a sandbox.
pub(crate) fn account_of(scope: &RunScope, options: &AccountOptions, env: &Env) -> Result<Account, Failure> {
    let mut options = options.clone();
    if is_local(scope) && !options.sandbox && options.base_url.is_none() {
        (options.sandbox, options.base_url) = (true, Some(scope.base_url.clone()));
    }
    let account = Account::resolve(&options, env).map_err(|error| no_secret(scope, &error.to_string()))?;
    if account.base.to_string() != scope.base_url {
        let (of, now) = (sanitize(&scope.base_url), &account.base);
        let why = format!("the events are from {of}, and the account in force is for {now}");
        return Err(no_secret(scope, &why));
    }
    Ok(account)
}

/// The secret of a session of `account`, or of the team of `scope` if that is another one of the sandbox.
pub(crate) async fn secret_of(
    account: Account,
    scope: &RunScope,
    (options, env, clock): (&AccountOptions, &Env, Clock),
) -> Result<Secret, Failure> {
    let session = Client::new(&account).map_err(Failure::from);
    let session = async { Ok::<_, Failure>(Session::open(account.clone(), session?).await?) }.await;
    let identity = session.as_ref().ok().map(|session| &session.identity);
    let is_own = |team: &str| identity.is_some_and(|identity| identity.team_id == team);
    let environment = identity.and_then(|identity| identity.environment.as_deref());
    let environment = environment.unwrap_or_else(|| account.key.environment());
    if scope.team_id.as_deref().is_some_and(|team| !is_own(team))
        || is_local(scope) && scope.environment.as_deref().is_some_and(|of| of != environment)
    {
        if let Some(secret) = team_secret(scope, options, env).await {
            return Ok(secret);
        }
        if let Ok(session) = &session {
            let team = session.identity.team_name.as_deref().unwrap_or(&session.identity.team_id);
            let (key, team) = (account.origin, sanitize(team));
            let why = format!(
                "the key from {key} is for {team}, and the events are of another team or environment"
            );
            return Err(no_secret(scope, &why));
        }
    }
    let asked =
        async { Ok::<_, Failure>(session_secret::secret_of(&session?, env, clock).await?.secret) }.await;
    asked.map_err(|failure| no_secret(scope, failure.message()))
}

fn is_local(scope: &RunScope) -> bool {
    BaseUrl::parse(&scope.base_url).is_ok_and(|base| base.is_loopback())
}

/// There is no secret to sign events of `scope` with.
pub(crate) fn no_secret(scope: &RunScope, why: &str) -> Failure {
    let place = match is_local(scope) {
        true => format!(" --sandbox --base-url {}", scope.base_url),
        false => String::new(),
    };
    Failure::usage(format!("no signing secret to sign with: {why}")).hint(format!(
        "set CSTAR_WEBHOOK_SECRET to what `cstar listen --print-secret{place}` prints, or use --secret"
    ))
}

/// A journal for a run that replays `events`.
pub(crate) async fn open_journal(
    path: PathBuf,
    clock: Clock,
    scope: RunScope,
    events: &[ReplayItem],
) -> Result<Journal, Failure> {
    let failed = |error| Failure::failed(format!("could not write the history: {error}"));
    let journal = Journal::open(HistorySettings::new(path, clock)).map_err(failed)?;
    let mut targets: Vec<Arc<str>> = events.iter().flat_map(|event| event.targets.iter().cloned()).collect();
    targets.sort();
    targets.dedup();
    journal.begin_run(scope, targets, std::process::id()).await.map_err(failed)?;
    Ok(journal)
}

/// Sends one event after the other, in the order received, and calls `on_sent` for each. On failure, also returns what
/// was sent before.
pub(crate) async fn send_all(
    journal: &Journal,
    mut sender: Sender,
    events: &[ReplayItem],
    mut on_sent: impl FnMut(&ReplayAttempt) -> Result<(), Failure>,
) -> (Vec<ReplayAttempt>, Result<(), Failure>) {
    let mut sent = Vec::new();
    for event in events {
        let stored = match journal.reopen(vec![event.key]).await {
            Ok(stored) if !stored.is_empty() => stored,
            Ok(_) => {
                let gone = format!("the event `{}` is no longer in the history", event.id);
                return (sent, Err(Failure::failed(gone)));
            }
            Err(error) => {
                return (sent, Err(Failure::failed(format!("could not read the history: {error}"))));
            }
        };
        for target in &event.targets {
            let result = match sender.send(journal, &stored, target).await {
                Ok(one) => {
                    let reported = on_sent(&one);
                    let settled = settle(journal, event, target, &one).await;
                    sent.push(one);
                    reported.and(settled)
                }
                Err(failure) => Err(failure),
            };
            if let Err(failure) = result {
                return (sent, Err(failure));
            }
        }
    }
    (sent, Ok(()))
}

/// An event that was delivered to another target settles the deliveries it replaces.
async fn settle(
    journal: &Journal,
    event: &ReplayItem,
    target: &Arc<str>,
    sent: &ReplayAttempt,
) -> Result<(), Failure> {
    if sent.recorded != RecordedOutcome::Delivered {
        return Ok(());
    }
    let settled = journal.settle_others(event.key, Arc::clone(target), event.replaces_targets).await;
    settled.map_err(|error| Failure::failed(format!("could not write the history: {error}")))
}

/// A failed delivery takes precedence over a target that was not reached.
pub(crate) fn exit_result(sent: &[ReplayAttempt]) -> Result<(), Failure> {
    let of = |verdict| sent.iter().filter(move |one| one.recorded == verdict);
    if let Some(first) = of(RecordedOutcome::Failed).next() {
        let count = of(RecordedOutcome::Failed).count();
        return Err(Failure::failed(format!("{count} of {} failed", pluralize(sent.len() as u64, "replay")))
            .hint(format!("see what happened: cstar why {}", first.event.id)));
    }
    match of(RecordedOutcome::Refused).next() {
        Some(first) => {
            let failure = Failure::new(Exit::Unreachable, format!("{} {}", first.target, first.why()));
            let advice = first.advice().map(|advice| format!("{advice}; to send it elsewhere: --to URL"));
            Err(advice.into_iter().fold(failure, Failure::hint))
        }
        None => Ok(()),
    }
}
