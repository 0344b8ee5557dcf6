//! Counts what happens to each target, so that received events can be balanced with their deliveries.
//!
//! `received` is counted when an event is accepted or skipped, the other side when a delivery ends, and
//! `waiting` is read from the queues at the end. No number is derived from another, so a sum that does not
//! balance is a bug in cstar and is reported as one.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::attempt::{AttemptOutcome, AttemptResult};
use super::chaos::{Chaos, ChaosStats};
use super::plan::Target;
use super::summary::{Concurrency, HandlerTimes, RunSummary, TargetInfo, TargetSummary};

/// cStar waits this long for an endpoint (documented); a slower answer is a failure there.
const PRODUCTION_LIMIT: Duration = Duration::from_secs(10);
/// Handler times are kept in microseconds with two significant digits, up to an hour.
const LONGEST_MICROS: u64 = 3_600_000_000;

#[derive(Debug)]
pub(super) struct Stats {
    events: u64,
    skipped: u64,
    /// Events of a run without a target.
    printed: u64,
    targets: Vec<TargetStats>,
    pub(super) chaos: ChaosStats,
}

#[derive(Debug)]
struct TargetStats {
    target: TargetInfo,
    received: u64,
    delivered: u64,
    failed: u64,
    over_limit: u64,
    last_failure: Option<String>,
    /// `None` only if the bounds above are invalid.
    micros: Option<Histogram<u32>>,
}

impl Stats {
    pub(super) fn new(targets: &[Target], chaos: Option<&Chaos>) -> Self {
        let targets = targets.iter().map(TargetStats::new).collect();
        Self { events: 0, skipped: 0, printed: 0, targets, chaos: ChaosStats::new(chaos) }
    }

    pub(super) fn accepted(&mut self, targets: &[usize]) {
        self.events += 1;
        self.printed += u64::from(targets.is_empty());
        for target in targets {
            if let Some(stats) = self.targets.get_mut(*target) {
                stats.received += 1;
            }
        }
    }

    /// An event is delivered again to these targets.
    pub(super) fn replayed(&mut self, targets: &[usize]) {
        self.accepted(targets);
        self.events -= 1;
    }

    pub(super) fn skipped(&mut self) {
        self.events += 1;
        self.skipped += 1;
    }

    pub(super) fn attempted(&mut self, target: usize, result: &AttemptResult) {
        let Some(stats) = self.targets.get_mut(target) else { return };
        let outcome = &result.outcome;
        let took = match (outcome, &result.answer) {
            (_, Some(answer)) => answer.handler_time,
            (AttemptOutcome::TimedOut { after }, None) => *after,
            (_, None) => result.took,
        };
        stats.last_failure = (!outcome.is_success()).then(|| outcome.reason());
        let is_answer = matches!(outcome, AttemptOutcome::Answered { .. } | AttemptOutcome::Exited(_));
        if is_answer || matches!(outcome, AttemptOutcome::TimedOut { .. }) {
            stats.over_limit += u64::from(took >= PRODUCTION_LIMIT);
        }
        if let (true, Some(micros)) = (is_answer, &mut stats.micros) {
            micros.saturating_record(u64::try_from(took.as_micros()).unwrap_or(LONGEST_MICROS));
        }
    }

    pub(super) fn delivered(&mut self, target: usize) {
        if let Some(stats) = self.targets.get_mut(target) {
            stats.delivered += 1;
        }
    }

    pub(super) fn failed(&mut self, target: usize) {
        if let Some(stats) = self.targets.get_mut(target) {
            stats.failed += 1;
        }
    }

    /// The totals so far, with the number of deliveries that wait for each target.
    pub(super) fn summary(&self, waiting: &[u64], limits: &[Concurrency]) -> RunSummary {
        let targets: Vec<TargetSummary> = self
            .targets
            .iter()
            .enumerate()
            .map(|(index, stats)| {
                let concurrency = limits.get(index).copied().unwrap_or_default();
                stats.summary(waiting.get(index).copied().unwrap_or(0), concurrency)
            })
            .collect();
        let sum = |part: fn(&TargetSummary) -> u64| targets.iter().map(part).sum::<u64>();
        let (delivered, failed) = (sum(|target| target.delivered), sum(|target| target.failed));
        let (received, waiting) =
            (sum(|target| target.received) + self.skipped + self.printed, sum(|target| target.waiting));
        RunSummary {
            events: self.events,
            received,
            delivered,
            failed,
            skipped: self.skipped,
            waiting,
            printed: self.targets.is_empty().then_some(self.printed),
            balanced: received == delivered + failed + self.skipped + self.printed + waiting
                && targets.iter().all(|one| one.received == one.delivered + one.failed + one.waiting),
            targets,
            chaos: self.chaos.summary(),
        }
    }
}

impl TargetStats {
    fn new(target: &Target) -> Self {
        let micros = Histogram::new_with_bounds(1, LONGEST_MICROS, 2).ok();
        Self {
            target: target.info(),
            received: 0,
            delivered: 0,
            failed: 0,
            over_limit: 0,
            last_failure: None,
            micros,
        }
    }

    fn summary(&self, waiting: u64, concurrency: Concurrency) -> TargetSummary {
        let times = self.micros.as_ref().filter(|micros| !micros.is_empty());
        TargetSummary {
            target: self.target.clone(),
            received: self.received,
            delivered: self.delivered,
            failed: self.failed,
            waiting,
            handler_ms: times.map(|micros| HandlerTimes {
                p50: millis(micros.value_at_quantile(0.5)),
                p95: millis(micros.value_at_quantile(0.95)),
                max: millis(micros.max()),
            }),
            over_10s: self.over_limit,
            concurrency,
            last_failure: self.last_failure.clone(),
        }
    }
}

/// Two decimals, which is more than the precision of the histogram.
fn millis(micros: u64) -> f64 {
    let micros = u32::try_from(micros).unwrap_or(u32::MAX);
    (f64::from(micros) / 10.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::plan::Destination;

    fn stats() -> Stats {
        let url = "http://localhost:3000/".parse().unwrap();
        let target = Target { to: Destination::Url(url), patterns: Vec::new() };
        Stats::new(&[target.clone(), target], None)
    }

    fn result(outcome: AttemptOutcome, took: Duration) -> AttemptResult {
        AttemptResult { outcome, answer: None, took }
    }

    #[test]
    fn ended_and_waiting_deliveries_balance() {
        let mut stats = stats();
        stats.accepted(&[0, 1]);
        stats.accepted(&[0]);
        stats.skipped();
        stats.delivered(0);
        stats.failed(1);
        let summary = stats.summary(&[1, 0], &[]);
        assert!(summary.balanced);
        assert_eq!((summary.events, summary.received, summary.skipped, summary.waiting), (3, 4, 1, 1));
    }

    #[test]
    fn lost_delivery_breaks_the_balance() {
        let mut stats = stats();
        stats.accepted(&[0]);
        assert!(!stats.summary(&[0, 0], &[]).balanced);
        // Two errors that cancel out in the sum do not in the targets.
        stats.delivered(1);
        assert!(!stats.summary(&[0, 0], &[]).balanced);
    }

    #[test]
    fn handler_times_are_kept_per_target() {
        let mut stats = stats();
        for millis in 1..=100 {
            stats.attempted(0, &result(AttemptOutcome::answered(200), Duration::from_millis(millis)));
        }
        stats.attempted(0, &result(AttemptOutcome::answered(200), Duration::from_secs(11)));
        stats.attempted(
            0,
            &result(AttemptOutcome::TimedOut { after: Duration::from_secs(10) }, Duration::from_secs(10)),
        );
        let refused = AttemptOutcome::NotReached(crate::net::FailureCause::Refused.into());
        stats.attempted(0, &result(refused, Duration::from_secs(20)));
        let summary = stats.summary(&[0, 0], &[]);
        let times = summary.targets[0].handler_ms.unwrap();
        assert!((times.p50 - 51.0).abs() < 1.5 && (times.p95 - 96.0).abs() < 2.0, "{times:?}");
        assert!((times.max - 11_000.0).abs() < 200.0, "{times:?}");
        assert_eq!(summary.targets[0].over_10s, 2);
        assert_eq!(summary.targets[1].handler_ms, None);
    }
}
