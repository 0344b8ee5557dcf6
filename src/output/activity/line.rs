//! One line per attempt: what matters comes first, and on a terminal no line is wider than that.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::clean::clean;
use super::super::style;
use super::super::width::{cut, id_end, pad, pad_left, width, wrapped};
use super::super::words::things;
use crate::forward::{Activity, SecretSource};

/// Longest event type plus one, so that columns stand still.
const TYPE_WIDTH: usize = 30;
/// A type is not cut below this.
const TYPE_LEAST: usize = 12;
/// Time, status and duration, the end of an id, and what is between the columns.
const OTHERS: usize = 8 + 2 + 3 + 2 + 2 + MS_WIDTH + 2 + 9;
/// `12345 ms`
const MS_WIDTH: usize = 8;

/// How attempts are drawn just now.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) zone: &'a TimeZone,
    /// How wide the terminal is; `None` for what is none: then nothing is cut.
    pub(super) columns: Option<usize>,
    /// Ids of deliveries that went well are shown in full.
    pub(super) verbose: bool,
    /// With a single target the ready line has named it.
    pub(super) many_targets: bool,
}

impl View<'_> {
    /// The line of an attempt: time, status, type, duration, what is the matter, id. `None` for what is no
    /// attempt.
    pub(super) fn line(&self, activity: &Activity) -> Option<String> {
        let (at, id, event, target, status, duration_ms, what) = match activity {
            Activity::Delivered { at, id, event, target, attempt, status, duration_ms, remark } => {
                let again = (*attempt > 1).then(|| style::dim(&format!("attempt {attempt}")));
                let remark = remark.map(style::warn);
                let again = match (again, remark) {
                    (Some(again), Some(remark)) => Some(format!("{again}  {remark}")),
                    (again, remark) => again.or(remark),
                };
                (at, id, event, target, Some(*status), duration_ms, again)
            }
            Activity::Failed {
                at, id, event, target, attempt, status, reason, answer, duration_ms, ..
            } => {
                let said = said(answer.as_deref());
                let what = format!("failed after {}: {reason}{said}", things(u64::from(*attempt), "attempt"));
                (at, id, event, target, *status, duration_ms, Some(style::bad(&clean(&what))))
            }
            Activity::Retrying {
                at,
                id,
                event,
                target,
                attempt,
                status,
                reason,
                answer,
                duration_ms,
                retry_in_ms,
            } => {
                let said = said(answer.as_deref());
                let what = format!("attempt {attempt}: {reason}{said}; again in {}", seconds(*retry_in_ms));
                (at, id, event, target, *status, duration_ms, Some(style::warn(&clean(&what))))
            }
            _ => return None,
        };
        let start = self.start(*at, status, event, *duration_ms);
        let good = matches!(activity, Activity::Delivered { .. });
        let id = match self.columns {
            Some(_) if good && !self.verbose => id_end(&clean(id)),
            _ => clean(id),
        };
        let rest = [what, Some(style::dim(&id)), self.many_targets.then(|| format!("→ {}", clean(target)))];
        let rest: Vec<String> = rest.into_iter().flatten().collect();
        Some(self.placed(&start, &rest, good))
    }

    fn start(&self, at: Timestamp, status: Option<u16>, event: &str, duration_ms: f64) -> String {
        let time = at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string();
        let status = status.map_or_else(|| style::bad("---"), style::status);
        let columns = self
            .columns
            .map_or(TYPE_WIDTH, |columns| columns.saturating_sub(OTHERS).clamp(TYPE_LEAST, TYPE_WIDTH));
        let event = clean(event);
        let event = if self.columns.is_some() { cut(&event, columns) } else { event };
        let took = pad_left(&millis(duration_ms), MS_WIDTH);
        format!(
            "{}  {status}  {}  {}",
            style::dim(&time),
            style::name(&pad(&event, columns)),
            style::dim(&took)
        )
    }

    /// The line as a whole. What went well takes one row, and its target gives way; what failed may take
    /// several, which begin where the type does.
    fn placed(&self, start: &str, rest: &[String], good: bool) -> String {
        let whole = format!("{start}  {}", rest.join("  "));
        let Some(columns) = self.columns.filter(|columns| width(&whole) > *columns) else { return whole };
        if good {
            let (last, before) =
                rest.split_last().map_or(("", rest), |(last, before)| (last.as_str(), before));
            let line = format!("{start}  {}", before.join("  "));
            let left = columns.saturating_sub(width(&line) + 2);
            return match self.many_targets && width(&line) <= columns {
                true if left >= TYPE_LEAST => format!("{line}  {}", cut(last, left)),
                true => line,
                false => wrapped(&whole, Some(columns)),
            };
        }
        wrapped(&whole, Some(columns))
    }
}

/// What the target answered, quoted.
fn said(answer: Option<&str>) -> String {
    answer.map(|answer| format!(", saying \"{answer}\"")).unwrap_or_default()
}

/// As short as tells one from another.
fn millis(millis: f64) -> String {
    if millis < 9.95 { format!("{millis:.1} ms") } else { format!("{millis:.0} ms") }
}

/// To the tenth, rounded up.
pub(super) fn seconds(millis: u64) -> String {
    let tenths = millis.div_ceil(100);
    format!("{}.{} s", tenths / 10, tenths % 10)
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
    clean(&format!("{start}…{end}"))
}

/// What is waited for before the end.
pub(super) fn draining(deliveries: u64) -> String {
    format!("Waiting for {}, Ctrl-C again to stop now.", things(deliveries, "delivery"))
}

/// What the key `r` does.
pub(super) fn replaying(id: Option<&str>, event: Option<&str>) -> String {
    let said = match (id, event) {
        (Some(id), Some(event)) => format!("Sending {} {} again.", clean(event), id_end(&clean(id))),
        _ => "There is no event to send again yet.".to_owned(),
    };
    style::dim(&said)
}

/// The line that names the secret to verify with, and where it is from.
pub(super) fn signing_secret(source: SecretSource, secret: Option<&str>) -> String {
    let (from, is_given) = match source {
        SecretSource::Flag => ("from --secret", true),
        SecretSource::Environment => ("from CSTAR_WEBHOOK_SECRET", true),
        SecretSource::Session => ("of this listen session", false),
        SecretSource::Generated => ("kept on this machine", false),
    };
    let secret = match secret {
        None => "(not shown)".to_owned(),
        // Who gave it knows it, and what is printed may be kept in the log of a build.
        Some(secret) if is_given => masked(secret),
        Some(secret) => clean(secret),
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
