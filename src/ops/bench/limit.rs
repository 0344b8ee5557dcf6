//! Looks for the first rate at which an endpoint fails: the rate doubles until it does, then the interval is halved.

use std::time::Duration;

use serde::Serialize;

use super::MAX_RATE;
use super::load::{Load, Run, run};
use super::measurement::{Measurement, Report};
use super::pace::Schedule;
use crate::host::signals::Interrupts;

/// Part of the rate that has to be reached.
const REACHED: f64 = 0.95;
/// The search ends when the two rates differ by this part of the lower one.
const PRECISION: u32 = 20;
/// After a rate that failed, at most, so that the server can end what it still has to do.
const REST: Duration = Duration::from_secs(1);
/// In a shorter time, a hiccup of the machine lowers the rate that is reached.
const MEANINGFUL: f64 = 1.0;

/// When a rate counts as failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LimitRule {
    /// The longest p99 of the latency.
    pub(crate) max_p99: Duration,
}

impl LimitRule {
    /// Why the endpoint failed at this rate; `None` if it did not.
    pub(crate) fn failure(self, report: &Report) -> Option<String> {
        if let Some(error) = report.errors.first() {
            return Some(format!("{} of {} events failed: {}", report.failed, report.due, error.reason));
        }
        let p99 = report.latency_ms.map_or(0.0, |times| times.p99);
        if p99 > self.max_p99.as_secs_f64() * 1e3 {
            return Some(format!("p99 is {p99:.0} ms, over {} ms", self.max_p99.as_millis()));
        }
        let reached = report.rate_reached;
        (report.duration_s >= MEANINGFUL && reached < f64::from(report.rate) * REACHED)
            .then(|| format!("{reached:.0} of {} events a second were sent", report.rate))
    }
}

/// One rate that was tried.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) rate: u32,
    pub(crate) passed: bool,
    /// Why it failed.
    pub(crate) why: Option<String>,
    pub(crate) report: Report,
}

/// What the search found.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct LimitReport {
    /// The highest rate that passed.
    pub(crate) passes: Option<u32>,
    /// The lowest rate that failed.
    pub(crate) fails: Option<u32>,
    pub(crate) why: Option<String>,
    pub(crate) steps: Vec<Step>,
}

/// The rates to try.
#[derive(Debug)]
struct Search {
    rate: u32,
    passes: Option<u32>,
    fails: Option<u32>,
}

impl Search {
    fn new(rate: u32) -> Self {
        Self { rate: rate.clamp(1, MAX_RATE), passes: None, fails: None }
    }

    /// The rate to try after this one; `None` at the end.
    fn next(&mut self, passed: bool) -> Option<u32> {
        if passed {
            self.passes = self.passes.max(Some(self.rate));
        } else {
            self.fails = Some(self.fails.map_or(self.rate, |fails| fails.min(self.rate)));
        }
        self.rate = match (self.passes, self.fails) {
            (Some(passes), Some(fails)) if fails.saturating_sub(passes) <= (passes / PRECISION).max(1) => {
                return None;
            }
            (Some(passes), Some(fails)) => passes.midpoint(fails),
            (Some(MAX_RATE), None) | (None, Some(1)) => return None,
            (Some(passes), None) => passes.saturating_mul(2).min(MAX_RATE),
            (None, fails) => fails.map_or(1, |fails| (fails / 2).max(1)),
        };
        Some(self.rate)
    }
}

/// Tries rates, each for the duration of `first`. Returns what it found, and the run that ended it early: one that was
/// interrupted, or that did not reach the server. A rate fails when it fails twice in a row, because one hiccup of the
/// machine is not a limit.
pub(crate) async fn find_limit(
    load: &Load,
    first: Schedule,
    rule: LimitRule,
    interrupts: &mut Interrupts,
    mut watch: impl FnMut(&Measurement),
    mut on_step: impl FnMut(&Step) -> std::io::Result<()>,
) -> std::io::Result<(LimitReport, Option<Run>)> {
    let mut search = Search::new(first.rate);
    let mut found = LimitReport::default();
    let mut next = Some(search.rate);
    while let Some(rate) = next {
        let schedule = Schedule { rate, ..first };
        let mut tries = 0;
        let step = loop {
            let ended = run(load, schedule, interrupts, &mut watch).await?;
            let report = ended.measurement.report();
            if report.interrupted || ended.unreachable.is_some() {
                return Ok((found, Some(ended)));
            }
            let why = rule.failure(&report);
            tries += 1;
            if why.is_none() || tries == 2 {
                break Step { rate, passed: why.is_none(), why, report };
            }
            rest(first.duration, interrupts).await;
        };
        on_step(&step)?;
        next = search.next(step.passed);
        (found.passes, found.fails) = (search.passes, search.fails);
        if !step.passed {
            found.why.clone_from(&step.why);
            rest(first.duration, interrupts).await;
        }
        found.steps.push(step);
    }
    Ok((found, None))
}

/// An interrupt ends the next run at once.
async fn rest(most: Duration, interrupts: &Interrupts) {
    let mut interrupts = interrupts.clone();
    tokio::select! {
        () = tokio::time::sleep(REST.min(most)) => {}
        () = interrupts.next() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::bench::Times;

    /// The rates that are tried with an endpoint that holds `holds` events a second.
    fn tried(first: u32, holds: u32) -> (Vec<u32>, Search) {
        let mut search = Search::new(first);
        let mut rates = vec![search.rate];
        while let Some(rate) = search.next(search.rate <= holds) {
            rates.push(rate);
            assert!(rates.len() < 40, "{rates:?}");
        }
        (rates, search)
    }

    #[test]
    fn rates_double_and_the_interval_is_halved() {
        let (rates, search) = tried(100, 730);
        assert_eq!(rates, [100, 200, 400, 800, 600, 700, 750, 725]);
        assert_eq!((search.passes, search.fails), (Some(725), Some(750)));
        for holds in [0, 1, 2, 7, 99, 100, 101, 1_000, 9_999] {
            let (rates, search) = tried(100, holds);
            assert!(search.passes.unwrap_or_default() <= holds, "{rates:?}");
            assert!(search.fails.is_some_and(|fails| fails > holds), "{rates:?}");
            assert!(search.fails.unwrap() <= (holds + holds / 20).max(holds + 1) + 1, "{holds}: {rates:?}");
        }
    }

    #[test]
    fn search_ends_at_the_highest_rate() {
        let (rates, search) = tried(3_000, u32::MAX);
        assert_eq!(rates, [3_000, 6_000, MAX_RATE]);
        assert_eq!((search.passes, search.fails), (Some(MAX_RATE), None));
    }

    #[test]
    fn rule_names_what_failed() {
        let schedule = Schedule { rate: 100, duration: Duration::from_secs(1) };
        let mut report = Measurement::new(schedule).report();
        report.rate_reached = 95.0;
        let rule = LimitRule { max_p99: Duration::from_secs(1) };
        assert_eq!(rule.failure(&report), None);
        report.rate_reached = 94.0;
        assert_eq!(rule.failure(&report).unwrap(), "94 of 100 events a second were sent");
        report.latency_ms = Some(Times { p50: 1.0, p95: 1.0, p99: 1_500.0, max: 1_600.0 });
        assert_eq!(rule.failure(&report).unwrap(), "p99 is 1500 ms, over 1000 ms");
    }
}
