//! What was measured: counts and histograms, and the report that is read from them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::Serialize;

use super::pace::Schedule;
use crate::forward::AttemptOutcome;

/// cStar waits this long for an endpoint (documented); a slower answer is a failure there.
const PRODUCTION_LIMIT: Duration = Duration::from_secs(10);
/// Times are kept in microseconds with three significant digits, up to two hours.
const LONGEST_MICROS: u64 = 7_200_000_000;
/// Different errors that are kept apart.
const MOST_ERRORS: usize = 20;

/// How one event ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) due: Instant,
    pub(super) sent: Instant,
    pub(super) at: Instant,
    pub(super) outcome: AttemptOutcome,
}

/// The counts so far.
#[derive(Debug)]
pub(crate) struct Measurement {
    schedule: Schedule,
    started: Instant,
    due: u64,
    sent: u64,
    first_sent: Option<Instant>,
    last_sent: Option<Instant>,
    succeeded: u64,
    over_limit: u64,
    unreached: u64,
    ended: u64,
    statuses: BTreeMap<u16, u64>,
    errors: BTreeMap<(&'static str, Option<u16>, String), u64>,
    /// `None` only if the bounds above are invalid.
    latency: Option<Histogram<u64>>,
    answer: Option<Histogram<u64>>,
    late: Option<Histogram<u64>>,
    interrupted: bool,
}

/// Quantiles in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Times {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

/// Events that failed for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ErrorCount {
    /// `status`, `timed_out`, `not_reached`, `broken`, `impossible` or `not_sent`.
    pub(crate) kind: &'static str,
    pub(crate) status: Option<u16>,
    pub(crate) reason: String,
    pub(crate) count: u64,
}

/// The result of a run, as `--json` prints it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// Events a second, as asked for.
    pub(crate) rate: u32,
    /// Events a second, as sent.
    pub(crate) rate_reached: f64,
    pub(crate) duration_s: f64,
    /// Events that became due.
    pub(crate) due: u64,
    pub(crate) sent: u64,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    /// Sent and without an end, because the run was interrupted.
    pub(crate) unfinished: u64,
    /// From the time at which an event was due to the end of its answer.
    pub(crate) latency_ms: Option<Times>,
    /// From the time at which it was sent.
    pub(crate) answer_ms: Option<Times>,
    /// How late this program was.
    pub(crate) late_ms: Option<Times>,
    /// Answers that took over 10 seconds, or did not come within that time.
    pub(crate) over_10s: u64,
    pub(crate) statuses: BTreeMap<u16, u64>,
    pub(crate) errors: Vec<ErrorCount>,
    pub(crate) interrupted: bool,
}

impl Measurement {
    pub(super) fn new(schedule: Schedule) -> Self {
        let histogram = || Histogram::new_with_bounds(1, LONGEST_MICROS, 3).ok();
        Self {
            schedule,
            started: Instant::now(),
            due: 0,
            sent: 0,
            first_sent: None,
            last_sent: None,
            succeeded: 0,
            over_limit: 0,
            unreached: 0,
            ended: 0,
            statuses: BTreeMap::new(),
            errors: BTreeMap::new(),
            latency: histogram(),
            answer: histogram(),
            late: histogram(),
            interrupted: false,
        }
    }

    /// An event arrived `late` after it was due.
    pub(super) fn came_due(&mut self, late: Duration) {
        self.due += 1;
        record(&mut self.late, late);
    }

    pub(super) fn sending(&mut self, at: Instant) {
        self.sent += 1;
        self.first_sent.get_or_insert(at);
        self.last_sent = Some(at);
    }

    /// An event waited for a connection for longer than it may.
    pub(super) fn not_sent(&mut self, limit: Duration) {
        let reason = format!("waited over {} s for a free connection", limit.as_secs_f64());
        self.count_error("not_sent", None, reason);
    }

    pub(super) fn ended(&mut self, end: &Ended) {
        self.ended += 1;
        let (latency, answer) =
            (end.at.saturating_duration_since(end.due), end.at.saturating_duration_since(end.sent));
        let outcome = &end.outcome;
        if outcome.is_success() {
            self.succeeded += 1;
        }
        let kind = match outcome {
            AttemptOutcome::Answered { .. } | AttemptOutcome::Exited(_) => "status",
            AttemptOutcome::TimedOut { .. } => "timed_out",
            AttemptOutcome::NotReached(_) => "not_reached",
            AttemptOutcome::Broken(_) => "broken",
            AttemptOutcome::Impossible { .. } => "impossible",
        };
        // A request without an answer in time is as slow as its limit at least: without it, the slowest would not count.
        if matches!(kind, "status" | "timed_out") {
            record(&mut self.latency, latency);
            record(&mut self.answer, answer);
            self.over_limit += u64::from(answer >= PRODUCTION_LIMIT);
        } else {
            self.unreached += u64::from(matches!(kind, "not_reached" | "impossible"));
        }
        if let Some(status) = outcome.status() {
            *self.statuses.entry(status).or_default() += 1;
        }
        if !outcome.is_success() {
            self.count_error(kind, outcome.status(), outcome.reason());
        }
    }

    pub(super) fn interrupt(&mut self) {
        self.interrupted = true;
    }

    fn count_error(&mut self, kind: &'static str, status: Option<u16>, reason: String) {
        let key = (kind, status, reason);
        // Reasons are few, unless a server puts something new into each redirect.
        let key = if self.errors.len() < MOST_ERRORS || self.errors.contains_key(&key) {
            key
        } else {
            (kind, status, "for another reason".to_owned())
        };
        *self.errors.entry(key).or_default() += 1;
    }

    /// Whether `most` events have ended and none has reached the server.
    pub(super) fn is_unreachable(&self, most: u64) -> bool {
        self.ended >= most && self.unreached == self.ended
    }

    /// How long ago it started.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn report(&self) -> Report {
        let errors = self.errors.iter().map(|((kind, status, reason), count)| ErrorCount {
            kind,
            status: *status,
            reason: reason.clone(),
            count: *count,
        });
        let mut errors: Vec<ErrorCount> = errors.collect();
        errors.sort_by_key(|error| std::cmp::Reverse(error.count));
        Report {
            rate: self.schedule.rate,
            rate_reached: self.rate_reached(),
            duration_s: self.schedule.duration.as_secs_f64(),
            due: self.due,
            sent: self.sent,
            succeeded: self.succeeded,
            failed: errors.iter().map(|error| error.count).sum(),
            unfinished: self.sent - self.ended,
            latency_ms: times(self.latency.as_ref()),
            answer_ms: times(self.answer.as_ref()),
            late_ms: times(self.late.as_ref()),
            over_10s: self.over_limit,
            statuses: self.statuses.clone(),
            errors,
            interrupted: self.interrupted,
        }
    }

    /// Events sent a second, between the first and the last one.
    fn rate_reached(&self) -> f64 {
        let span = self.first_sent.zip(self.last_sent).map(|(first, last)| last.duration_since(first));
        let intervals = u32::try_from(self.sent.saturating_sub(1)).unwrap_or(u32::MAX);
        match span {
            Some(span) if intervals > 0 && !span.is_zero() => {
                round(f64::from(intervals) / span.as_secs_f64())
            }
            Some(_) => f64::from(self.schedule.rate),
            None => 0.0,
        }
    }
}

fn record(histogram: &mut Option<Histogram<u64>>, time: Duration) {
    if let Some(histogram) = histogram {
        histogram.saturating_record(u64::try_from(time.as_micros()).unwrap_or(LONGEST_MICROS));
    }
}

fn times(histogram: Option<&Histogram<u64>>) -> Option<Times> {
    let histogram = histogram.filter(|histogram| !histogram.is_empty())?;
    let at = |quantile| millis(histogram.value_at_quantile(quantile));
    Some(Times { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: millis(histogram.max()) })
}

fn millis(micros: u64) -> f64 {
    let micros = Duration::from_micros(micros);
    round(micros.as_secs_f64() * 1e3)
}

/// Two decimals.
fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::FailureCause;

    fn measurement() -> Measurement {
        Measurement::new(Schedule { rate: 100, duration: Duration::from_secs(1) })
    }

    fn end(measurement: &mut Measurement, outcome: AttemptOutcome, waited: u64, took: u64) {
        let due = measurement.started;
        let sent = due + Duration::from_millis(waited);
        measurement.came_due(Duration::ZERO);
        measurement.sending(sent);
        measurement.ended(&Ended { due, sent, at: sent + Duration::from_millis(took), outcome });
    }

    #[test]
    fn latency_includes_the_wait_before_sending() {
        let mut measured = measurement();
        for index in 0..100 {
            end(&mut measured, AttemptOutcome::answered(200), index * 10, 20);
        }
        let report = measured.report();
        let (latency, answer) = (report.latency_ms.unwrap(), report.answer_ms.unwrap());
        assert!((latency.max - 1_010.0).abs() < 2.0 && (latency.p50 - 510.0).abs() < 11.0, "{latency:?}");
        assert!((answer.max - 20.0).abs() < 0.1, "{answer:?}");
        assert!((report.rate_reached - 100.0).abs() < 0.01);
        assert_eq!((report.succeeded, report.failed), (100, 0));
    }

    #[test]
    fn errors_are_counted_by_kind_and_status() {
        let mut measured = measurement();
        let late = Duration::from_secs(10);
        for _ in 0..3 {
            end(&mut measured, AttemptOutcome::answered(500), 0, 1);
        }
        end(&mut measured, AttemptOutcome::answered(404), 0, 1);
        end(&mut measured, AttemptOutcome::TimedOut { after: late }, 0, 10_000);
        end(&mut measured, AttemptOutcome::answered(200), 0, 11_000);
        end(&mut measured, AttemptOutcome::NotReached(FailureCause::Refused.into()), 0, 30_000);
        measured.not_sent(late);
        let report = measured.report();
        let kinds: Vec<_> = report.errors.iter().map(|one| (one.kind, one.status, one.count)).collect();
        assert_eq!(kinds[0], ("status", Some(500), 3));
        assert_eq!(kinds.len(), 5, "{kinds:?}");
        assert_eq!((report.failed, report.succeeded, report.over_10s), (7, 1, 2));
        assert_eq!(report.statuses, BTreeMap::from([(200, 1), (404, 1), (500, 3)]));
        // What never reached the server says nothing about how fast it is.
        assert!((report.latency_ms.unwrap().max - 11_000.0).abs() < 20.0);
        assert!(!measured.is_unreachable(1));
    }

    #[test]
    fn reasons_that_all_differ_are_bounded() {
        let mut measured = measurement();
        for number in 0..1_000 {
            end(&mut measured, AttemptOutcome::Impossible { reason: format!("reason {number}") }, 0, 1);
        }
        let report = measured.report();
        assert_eq!((report.errors.len(), report.failed), (MOST_ERRORS + 1, 1_000));
        assert!(measured.is_unreachable(1_000));
    }
}
