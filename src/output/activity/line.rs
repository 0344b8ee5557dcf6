//! Formats attempts and sentences of `listen`.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::super::attempt::{AttemptLine, AttemptView, TYPE_WIDTH};
use super::super::format::{pluralize, wait_duration};
use super::super::sanitize::{escape, shorten};
use super::super::style;
use super::super::width::short_id;
use crate::forward::{Activity, AttemptEvent, SecretSource};

/// How attempts are printed.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) zone: &'a TimeZone,
    /// The width of the terminal; `None` for a pipe, where nothing is truncated.
    pub(super) columns: Option<usize>,
    /// Show ids of successful deliveries in full too.
    pub(super) verbose: bool,
    /// With a single target the ready line has named it.
    pub(super) many_targets: bool,
}

impl View<'_> {
    /// The line of an attempt; `None` for other activities.
    pub(super) fn line(&self, activity: &Activity) -> Option<String> {
        let (facts, what) = match activity {
            Activity::Delivered { attempt, remark } => {
                let again =
                    (attempt.attempt > 1).then(|| style::dim(&format!("attempt {}", attempt.attempt)));
                let parts = [again, chaos(attempt), remark.map(style::warn)];
                let parts: Vec<String> = parts.into_iter().flatten().collect();
                (attempt, (!parts.is_empty()).then(|| parts.join("  ")))
            }
            Activity::Failed { attempt, reason, answer, .. } => {
                let quoted = quoted(answer.as_deref());
                let attempts = pluralize(u64::from(attempt.attempt), "attempt");
                let what = format!("failed after {attempts}: {reason}{quoted}");
                (attempt, Some(style::bad(&escape(&what))))
            }
            Activity::Retrying { attempt, reason, answer, retry_in_ms } => {
                let quoted = quoted(answer.as_deref());
                let (number, wait) = (attempt.attempt, wait_duration(*retry_in_ms));
                let what = format!("attempt {number}: {reason}{quoted}; again in {wait}");
                (attempt, Some(style::warn(&escape(&what))))
            }
            Activity::Chaos { attempt, reason, finding } => {
                let marks = chaos(attempt).unwrap_or_default();
                let what = match finding {
                    Some(_) => style::bad(&escape(reason)),
                    None => style::dim(&escape(reason)),
                };
                (attempt, Some(format!("{marks}  {what}")))
            }
            _ => return None,
        };
        let view = AttemptView { columns: self.columns, type_width: TYPE_WIDTH, full_ids: self.verbose };
        Some(view.line(&AttemptLine {
            time: Some(facts.at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()),
            status: facts.status,
            exit_code: facts.exit_code,
            event: escape(&facts.event.event_type),
            duration: Duration::try_from_secs_f64(facts.duration_ms / 1e3).unwrap_or_default(),
            detail: what,
            id: escape(&facts.event.id),
            target: self.many_targets.then(|| shorten(&escape(&facts.target))),
            is_success: matches!(
                activity,
                Activity::Delivered { .. } | Activity::Chaos { finding: None, .. }
            ),
        }))
    }
}

/// What chaos has done to an attempt.
fn chaos(attempt: &AttemptEvent) -> Option<String> {
    attempt.chaos.text().map(|names| style::name(&format!("chaos: {names}")))
}

/// The address of a target, shortened if it is very long.
pub(super) fn address(url: &str) -> String {
    shorten(&escape(url))
}

fn quoted(answer: Option<&str>) -> String {
    answer.map(|answer| format!(", saying \"{answer}\"")).unwrap_or_default()
}

/// The first and last four characters of a secret that is long enough to hide the rest.
fn masked(secret: &str) -> String {
    const SHOWN: usize = 4;
    let count = secret.chars().count();
    if count < 4 * SHOWN {
        return "…".to_owned();
    }
    let start: String = secret.chars().take(SHOWN).collect();
    let end: String = secret.chars().skip(count - SHOWN).collect();
    escape(&format!("{start}…{end}"))
}

/// What a stopping run waits for.
pub(super) fn draining(deliveries: u64) -> String {
    format!("Waiting for {}, Ctrl-C again to stop now.", pluralize(deliveries, "delivery"))
}

/// What the key `r` does.
pub(super) fn replaying(id: Option<&str>, event: Option<&str>) -> String {
    let line = match (id, event) {
        (Some(id), Some(event)) => format!("Sending {} {} again.", escape(event), short_id(&escape(id))),
        _ => "There is no event to send again yet.".to_owned(),
    };
    style::dim(&line)
}

pub(super) fn signing_secret(source: SecretSource, secret: Option<&str>) -> String {
    let (from, is_given) = match source {
        SecretSource::Flag => ("from --secret", true),
        SecretSource::Environment => ("from CSTAR_WEBHOOK_SECRET", true),
        SecretSource::Session => ("of this listen session", false),
        SecretSource::Generated => ("kept on this machine", false),
    };
    let secret = match secret {
        None => "(not shown)".to_owned(),
        // The user has it already, and build logs are stored.
        Some(secret) if is_given => masked(secret),
        Some(secret) => escape(secret),
    };
    format!("  signing secret {}: {}", style::dim(from), style::strong(&secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_secret_is_masked() {
        let said =
            |source, secret| anstream::adapter::strip_str(&signing_secret(source, Some(secret))).to_string();
        let secret = "whsec_0123456789abcdef";
        assert_eq!(said(SecretSource::Flag, secret), "  signing secret from --secret: whse…cdef");
        assert!(said(SecretSource::Environment, secret).ends_with(": whse…cdef"));
        assert!(said(SecretSource::Environment, "hunter2").ends_with(": …"));
        assert!(said(SecretSource::Session, secret).ends_with(secret));
        assert!(said(SecretSource::Generated, secret).ends_with(secret));
    }
}
