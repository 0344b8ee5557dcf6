//! The order of the checks, and which of them have a meaning after the first answer.

use std::io;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;

use super::catalogue::{CheckInfo, CheckKind, check};
use super::diagnosis::{general_advice, refused_event};
use super::forgery;
use super::framework::{self, Framework};
use super::result::{Answer, CheckResult, Class, Finding, Status};
use super::sender::{DELIVERY_LIMIT, Sender, Signature};
use super::subject::Subject;
use super::{acceptance, extra, leaks, repeat};
use crate::forward::AttemptOutcome;
use crate::output::format::check_duration;
use crate::output::{Exit, Failure};

const DEFAULT_TYPE: &str = "ticket.created";
/// A response that takes longer is near the limit.
const SLOW: Duration = Duration::from_secs(5);
/// Above it, one request after the other would take too long.
const FAST: Duration = Duration::from_millis(150);
const CONCURRENCY: usize = 8;

/// What to run.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) wanted: &'a [&'static CheckInfo],
    /// Those of `--events`.
    pub(super) types: Option<&'a [&'static str]>,
    pub(super) url: &'a str,
}

/// What is called with each result, in the order of the table.
pub(super) type Show<'s> = &'s mut dyn FnMut(&CheckResult) -> io::Result<()>;

/// The results and the framework that the answers show.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) results: Vec<CheckResult>,
    pub(super) framework: Option<Framework>,
}

/// Runs the checks.
///
/// # Errors
/// If the endpoint cannot be reached, or a result cannot be shown.
pub(super) async fn run(sender: &Sender, plan: &Plan<'_>, show: Show<'_>) -> Result<Outcome, Failure> {
    let event_type = plan.types.and_then(|types| types.first()).copied();
    let event_type = event_type.map_or(DEFAULT_TYPE, |name| match plan.types {
        Some(types) if types.contains(&DEFAULT_TYPE) => DEFAULT_TYPE,
        _ => name,
    });
    let mut subject = Subject {
        sender,
        event_type,
        types: plan.types,
        baseline: None,
        get: None,
        concurrency: 1,
        wrong_secret: None,
        is_body_changed: false,
    };
    subject.baseline = subject.send(Signature::Valid).await;
    if let Some(answer) = &subject.baseline {
        unreachable(answer, plan.url)?;
        if answer.took > FAST {
            subject.concurrency = CONCURRENCY;
        }
    }
    // Early, because errors of the framework itself show which it is.
    subject.get = sender.get().await;
    let mut run = Run { plan, results: Vec::new(), show };
    for kind in [CheckKind::ValidEvent, CheckKind::ResponseTime, CheckKind::Redirect] {
        run.one(&subject, kind).await?;
    }
    // The others refer to the results of these.
    let changed = run.one(&subject, CheckKind::RawBody).await?;
    subject.is_body_changed = changed.is_some_and(|(finding, _)| finding.status == Status::Fail);
    let forged = run.one(&subject, CheckKind::WrongSecret).await?;
    let is_failure = |(finding, _): &(Finding, Option<u16>)| finding.status == Status::Fail;
    subject.wrong_secret = forged.filter(is_failure).map(|(_, status)| status);
    run.rest(&subject).await?;
    for kind in [CheckKind::ExposedSecret, CheckKind::StackTrace] {
        run.one(&subject, kind).await?;
    }
    Ok(Outcome { results: run.results, framework: framework_of(sender) })
}

/// Nothing can be said about an endpoint that nothing answers for.
fn unreachable(answer: &Answer, url: &str) -> Result<(), Failure> {
    match &answer.outcome {
        AttemptOutcome::Answered { .. } | AttemptOutcome::TimedOut { .. } => Ok(()),
        outcome => {
            let failure = Failure::new(Exit::Unreachable, format!("{url} {}", outcome.reason()));
            Err(general_advice(answer, url).into_iter().fold(failure, Failure::hint))
        }
    }
}

fn framework_of(sender: &Sender) -> Option<Framework> {
    let seen = sender.seen();
    framework::detect(seen.iter().map(|seen| &seen.answer))
}

struct Run<'a, 's> {
    plan: &'a Plan<'a>,
    results: Vec<CheckResult>,
    show: Show<'s>,
}

impl Run<'_, '_> {
    fn is_wanted(&self, kind: CheckKind) -> bool {
        self.plan.wanted.iter().any(|check| check.kind == kind)
    }

    /// Runs one check, if it is wanted. Returns its finding, and the status of the last answer.
    async fn one(
        &mut self,
        subject: &Subject<'_>,
        kind: CheckKind,
    ) -> Result<Option<(Finding, Option<u16>)>, Failure> {
        if !self.is_wanted(kind) {
            return Ok(None);
        }
        let result = finding(subject, kind, self.plan.url).await;
        let last = subject.sender.seen().last().and_then(|seen| seen.answer.status());
        let known = (result.0.clone(), last);
        self.add(subject, kind, result)?;
        Ok(Some(known))
    }

    /// The checks that do not depend on each other.
    async fn rest(&mut self, subject: &Subject<'_>) -> Result<(), Failure> {
        let wanted: Vec<CheckKind> = REST.into_iter().filter(|kind| self.is_wanted(*kind)).collect();
        let url = self.plan.url;
        let work = wanted.into_iter().map(|kind| async move { (kind, finding(subject, kind, url).await) });
        let mut done = stream::iter(work).buffered(subject.concurrency);
        while let Some((kind, result)) = done.next().await {
            self.add(subject, kind, result)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        subject: &Subject<'_>,
        kind: CheckKind,
        (mut finding, took): (Finding, Duration),
    ) -> Result<(), Failure> {
        let needs_advice = matches!(finding.status, Status::Fail | Status::Advice);
        if needs_advice && finding.advice.is_none() {
            finding.advice = framework::advice(kind, framework_of(subject.sender));
        }
        let result = CheckResult { check: check(kind), finding, took };
        (self.show)(&result)?;
        self.results.push(result);
        Ok(())
    }
}

const REST: [CheckKind; 17] = [
    CheckKind::TamperedBody,
    CheckKind::MissingSignature,
    CheckKind::MalformedSignature,
    CheckKind::StaleTimestamp,
    CheckKind::FutureTimestamp,
    CheckKind::LegacySignature,
    CheckKind::RotatedSecret,
    CheckKind::ProductionHeaders,
    CheckKind::Unicode,
    CheckKind::LargeBody,
    CheckKind::EventTypes,
    CheckKind::UnknownType,
    CheckKind::DuplicateEvent,
    CheckKind::ConcurrentDuplicate,
    CheckKind::ReorderedEvents,
    CheckKind::GetRequest,
    CheckKind::ContentType,
];

/// Runs a check and measures it.
async fn finding(subject: &Subject<'_>, kind: CheckKind, url: &str) -> (Finding, Duration) {
    let started = Instant::now();
    let finding = match pointless(subject, kind) {
        Some(skipped) => skipped,
        None => Box::pin(checked(subject, kind, url)).await,
    };
    let took = match (kind, &subject.baseline) {
        (CheckKind::ValidEvent | CheckKind::ResponseTime, Some(answer)) => answer.took,
        _ => started.elapsed(),
    };
    (finding, took)
}

/// Why a check proves nothing after this answer to a valid event.
fn pointless(subject: &Subject<'_>, kind: CheckKind) -> Option<Finding> {
    use CheckKind as Kind;
    let class = subject.class();
    let is_negative = matches!(
        kind,
        Kind::WrongSecret
            | Kind::TamperedBody
            | Kind::MissingSignature
            | Kind::MalformedSignature
            | Kind::StaleTimestamp
            | Kind::FutureTimestamp
    );
    let is_independent = matches!(
        kind,
        Kind::ValidEvent
            | Kind::ResponseTime
            | Kind::Redirect
            | Kind::GetRequest
            | Kind::ExposedSecret
            | Kind::StackTrace
    );
    let is_pointless = match class {
        Class::Accepted => false,
        Class::Refused | Class::Redirected | Class::Limited => !is_independent,
        Class::Crashed | Class::Silent => !is_independent && !is_negative,
    };
    is_pointless.then(|| {
        Finding::skip(match class {
            Class::Limited => "not known: the endpoint limits requests (429)",
            _ if is_negative => "not known: a valid event is refused as well",
            _ => "needs an endpoint that accepts a valid event",
        })
    })
}

async fn checked(subject: &Subject<'_>, kind: CheckKind, url: &str) -> Finding {
    match kind {
        CheckKind::ValidEvent => valid_event(subject, url).await,
        CheckKind::ResponseTime => response_time(subject),
        CheckKind::Redirect => redirect(subject),
        CheckKind::RawBody => acceptance::raw_body(subject).await,
        CheckKind::Unicode => acceptance::unicode(subject).await,
        CheckKind::WrongSecret => forgery::wrong_secret(subject).await,
        CheckKind::TamperedBody => forgery::tampered_body(subject).await,
        CheckKind::MissingSignature => forgery::missing_signature(subject).await,
        CheckKind::MalformedSignature => forgery::malformed_signature(subject).await,
        CheckKind::StaleTimestamp => forgery::stale_timestamp(subject).await,
        CheckKind::FutureTimestamp => forgery::future_timestamp(subject).await,
        CheckKind::RotatedSecret => acceptance::rotated_secret(subject).await,
        CheckKind::LegacySignature => forgery::legacy_signature(subject).await,
        CheckKind::ProductionHeaders => acceptance::production_headers(subject).await,
        CheckKind::EventTypes => extra::event_types(subject).await,
        CheckKind::UnknownType => extra::unknown_type(subject).await,
        CheckKind::LargeBody => acceptance::large_body(subject).await,
        CheckKind::DuplicateEvent => repeat::duplicate_event(subject).await,
        CheckKind::ConcurrentDuplicate => repeat::concurrent_duplicate(subject).await,
        CheckKind::ReorderedEvents => repeat::reordered_events(subject).await,
        CheckKind::GetRequest => extra::get_request(subject),
        CheckKind::ContentType => extra::content_type(subject).await,
        CheckKind::ExposedSecret => leaks::exposed_secret(subject.sender),
        CheckKind::StackTrace => leaks::stack_trace(subject.sender),
    }
}

async fn valid_event(subject: &Subject<'_>, url: &str) -> Finding {
    let Some(answer) = &subject.baseline else { return Finding::out_of_time() };
    let text = answer.text();
    match answer.class() {
        Class::Accepted => match answer.outcome.remark() {
            Some(remark) => Finding::fail(format!("{text} to {}, but {remark}", subject.event_type)),
            None => Finding::pass(format!("{text} to {}", subject.event_type)),
        },
        Class::Redirected => Finding::skip(format!("{text}: see redirect")),
        Class::Silent => Finding::skip(format!("{text}: see response-time")),
        Class::Limited => Finding::limited(),
        _ => refused_event(subject, answer, url).await,
    }
}

fn response_time(subject: &Subject<'_>) -> Finding {
    let Some(answer) = &subject.baseline else { return Finding::out_of_time() };
    match answer.status() {
        None => Finding::fail(format!("{} to {}", answer.text(), subject.event_type)),
        Some(_) if answer.took > DELIVERY_LIMIT => {
            Finding::fail(format!("answered after {}", check_duration(answer.took)))
        }
        Some(_) if answer.took > SLOW => {
            Finding::advice(format!("answered after {}, near the limit", check_duration(answer.took)))
        }
        Some(_) => Finding::pass(check_duration(answer.took)),
    }
}

fn redirect(subject: &Subject<'_>) -> Finding {
    let Some(answer) = &subject.baseline else { return Finding::out_of_time() };
    if answer.class() != Class::Redirected {
        return Finding::pass("none");
    }
    let to = answer.header("location").map(|to| format!(" to {to}")).unwrap_or_default();
    Finding::fail(format!("{}, a redirect{to}", answer.text()))
}
