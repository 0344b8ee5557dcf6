//! The totals of a run, as they are reported at its end.

use std::collections::BTreeMap;

use serde::Serialize;

/// The totals of a run. An event counts once per target that it is delivered to, and once if it is skipped.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct RunSummary {
    /// Events received from the stream.
    pub(crate) events: u64,
    pub(crate) received: u64,
    pub(crate) delivered: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    pub(crate) waiting: u64,
    /// Events that were only shown, in a run without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) printed: Option<u64>,
    /// Whether received = delivered + failed + skipped + waiting + printed.
    pub(crate) balanced: bool,
    pub(crate) targets: Vec<TargetSummary>,
    /// What chaos did; `None` without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chaos: Option<ChaosSummary>,
}

/// The totals of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct TargetSummary {
    #[serde(flatten)]
    pub(crate) target: TargetInfo,
    pub(crate) received: u64,
    pub(crate) delivered: u64,
    pub(crate) failed: u64,
    pub(crate) waiting: u64,
    /// The time from when the target could handle a request until it began to answer; `None` if it never
    /// answered. Time in which it was busy with earlier requests of this run does not count.
    pub(crate) handler_ms: Option<HandlerTimes>,
    /// Attempts that took longer than the 10 s that cStar allows.
    pub(crate) over_10s: u64,
    pub(crate) concurrency: Concurrency,
    /// How the last attempt failed; `None` if it succeeded.
    pub(crate) last_failure: Option<String>,
}

/// What chaos did in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ChaosSummary {
    /// With it, the same happens to the same events.
    pub(crate) seed: u64,
    /// How many attempts each kind has changed.
    pub(crate) attempts: BTreeMap<&'static str, u64>,
    pub(crate) findings: Vec<ChaosFinding>,
}

/// What is wrong with a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ChaosFinding {
    /// The kind of chaos that shows it.
    pub(crate) kind: &'static str,
    pub(crate) attempts: u64,
    /// The id of the first event.
    pub(crate) first: String,
}

/// A target as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct TargetInfo {
    pub(crate) url: String,
    /// The patterns of its route; empty means every event.
    pub(crate) events: Vec<String>,
}

/// How many deliveries to a target ran at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Concurrency {
    /// The upper bound, from `--concurrency`.
    pub(crate) max: usize,
    /// The most that ran at the same time.
    pub(crate) reached: usize,
    /// The limit at the end.
    #[serde(rename = "final")]
    pub(crate) last: usize,
}

/// Times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct HandlerTimes {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) max: f64,
}
