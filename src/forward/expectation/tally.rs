//! Counts what a run receives and delivers, from its activities, and compares it with what is expected.

use std::collections::{BTreeMap, HashMap};

use super::report::{self, ExpectationReport, ExpectationResult, FailedDelivery};
use super::{Expectation, StatusSet};
use crate::forward::activity::Activity;
use crate::forward::attempt_event::AttemptEvent;
use crate::forward::plan::Target;

/// Failed deliveries that are kept for the report; the others are only counted.
const MAX_FAILURES: usize = 20;
/// Types and reasons that are counted by name. More than the catalogue has are only of a strange server.
const MAX_NAMES: usize = 200;

/// The counts so far.
#[derive(Debug)]
pub(crate) struct Tally {
    expectations: Vec<Expectation>,
    /// `None`: every delivery has to succeed.
    statuses: Option<StatusSet>,
    /// Which event types each target of the run accepts. Without a target, events are only printed.
    targets: Vec<Target>,
    /// Events that match each expectation.
    got: Vec<u64>,
    /// The deliveries of matching events that have not ended.
    open: HashMap<String, Open>,
    arrived: BTreeMap<String, u64>,
    /// By type and reason.
    skipped: BTreeMap<(String, String), u64>,
    /// The deliveries of matching events that have ended, and those that were as expected.
    ended: u64,
    good: u64,
    failures: Vec<FailedDelivery>,
    /// Why targets cannot be reached at present.
    down: HashMap<String, String>,
}

#[derive(Debug)]
struct Open {
    event: String,
    /// The targets, with the status and the reason of the last failed attempt.
    targets: Vec<(String, Option<LastAttempt>)>,
}

type LastAttempt = (Option<u16>, String);

/// Whether the run can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Events or deliveries are missing.
    Incomplete,
    /// Everything is there, but another event would change the result.
    Undecided,
    /// Nothing that is still to come can make it fail.
    Complete,
    /// More events arrived than expected.
    Exceeded,
}

impl Tally {
    pub(crate) fn new(
        expectations: Vec<Expectation>,
        statuses: Option<StatusSet>,
        targets: Vec<Target>,
    ) -> Self {
        Self {
            got: vec![0; expectations.len()],
            expectations,
            statuses,
            targets,
            open: HashMap::new(),
            arrived: BTreeMap::new(),
            skipped: BTreeMap::new(),
            ended: 0,
            good: 0,
            failures: Vec::new(),
            down: HashMap::new(),
        }
    }

    /// Counts an activity. Returns whether it may have changed the progress.
    pub(crate) fn observe(&mut self, activity: &Activity) -> bool {
        match activity {
            Activity::Received { event, .. } => self.received(&event.id, &event.event_type),
            Activity::Delivered { attempt, .. } => self.end(attempt, None),
            Activity::Failed { attempt, reason, .. } => self.end(attempt, Some(reason)),
            Activity::Retrying { attempt, reason, .. } => {
                let target = self.open.get_mut(&attempt.event.id).and_then(|open| open.of(&attempt.target));
                if let Some((_, last)) = target {
                    *last = Some((attempt.status, reason.clone()));
                }
                return false;
            }
            Activity::Skipped { event: Some(event), reason, .. } => {
                if self.skipped.len() < MAX_NAMES {
                    *self.skipped.entry((event.clone(), reason.clone())).or_default() += 1;
                }
                return false;
            }
            Activity::Waiting { target, reason, .. } => {
                self.down.insert(target.to_string(), reason.clone());
                return false;
            }
            Activity::Resumed { target, .. } => {
                self.down.remove(&**target);
                return false;
            }
            _ => return false,
        }
        true
    }

    fn received(&mut self, id: &str, event_type: &str) {
        if self.arrived.len() < MAX_NAMES || self.arrived.contains_key(event_type) {
            *self.arrived.entry(event_type.to_owned()).or_default() += 1;
        }
        let mut is_expected = false;
        for (expectation, got) in self.expectations.iter().zip(&mut self.got) {
            if expectation.pattern.matches(event_type) {
                *got += 1;
                is_expected = true;
            }
        }
        let wanted = self.targets.iter().filter(|target| target.wants(event_type));
        let targets: Vec<_> = wanted.map(|target| (target.display_url(), None)).collect();
        if is_expected && !targets.is_empty() {
            self.open.insert(id.to_owned(), Open { event: event_type.to_owned(), targets });
        }
    }

    /// A delivery has ended. Those of other events, and what a key has repeated, do not count.
    fn end(&mut self, attempt: &AttemptEvent, failed: Option<&str>) {
        let id = &attempt.event.id;
        let Some(open) = self.open.get_mut(id) else { return };
        let Some(place) = open.targets.iter().position(|(target, _)| **target == *attempt.target) else {
            return;
        };
        open.targets.swap_remove(place);
        if open.targets.is_empty() {
            self.open.remove(id);
        }
        self.ended += 1;
        let is_good = match (&self.statuses, attempt.status) {
            (Some(statuses), Some(status)) => statuses.contains(status),
            // A command has no status, and its success is an exit code of 0.
            _ => failed.is_none(),
        };
        if is_good {
            self.good += 1;
            return;
        }
        if self.failures.len() < MAX_FAILURES {
            let answered = || attempt.status.map(|status| format!("answered {status}"));
            self.failures.push(FailedDelivery {
                id: id.clone(),
                event: attempt.event.event_type.clone(),
                target: attempt.target.to_string(),
                status: attempt.status,
                reason: failed.map(str::to_owned).or_else(answered).unwrap_or_default(),
            });
        }
    }

    pub(crate) fn progress(&self) -> Progress {
        let mut counts = self.expectations.iter().zip(&self.got);
        if counts.clone().any(|(one, got)| one.is_exceeded(*got)) {
            return Progress::Exceeded;
        }
        if !self.open.is_empty() || !counts.all(|(one, got)| one.has_enough(*got)) {
            return Progress::Incomplete;
        }
        match self.expectations.iter().any(Expectation::is_open_ended) {
            true => Progress::Undecided,
            false => Progress::Complete,
        }
    }

    /// Whether any event has arrived.
    pub(crate) fn is_empty(&self) -> bool {
        self.arrived.is_empty()
    }

    /// The result, with what has not ended by now as failed.
    pub(crate) fn report(&self) -> ExpectationReport {
        let counts = self.expectations.iter().zip(&self.got).map(|(expectation, got)| {
            let reason = report::about_count(expectation, *got, &self.arrived, &self.skipped);
            ExpectationResult {
                expected: expectation.to_string(),
                got: *got,
                of: None,
                passed: reason.is_none(),
                reason,
            }
        });
        let mut results: Vec<ExpectationResult> = counts.collect();
        let failures = self.failures();
        results.extend(self.about_deliveries(&failures));
        ExpectationReport::new(results, failures)
    }

    /// The first deliveries that were not as expected, and then those that have not ended.
    fn failures(&self) -> Vec<FailedDelivery> {
        let mut waiting: Vec<FailedDelivery> = Vec::new();
        for (id, open) in &self.open {
            for (target, last) in &open.targets {
                let (status, reason) = match (self.down.get(target), last) {
                    (Some(reason), _) => (None, reason.clone()),
                    (None, Some((status, reason))) => (*status, format!("{reason}, and a retry was due")),
                    (None, None) => (None, "had not answered yet".to_owned()),
                };
                let (id, event, target) = (id.clone(), open.event.clone(), target.clone());
                waiting.push(FailedDelivery { id, event, target, status, reason });
            }
        }
        waiting.sort_by(|one, other| (&one.id, &one.target).cmp(&(&other.id, &other.target)));
        self.failures.iter().cloned().chain(waiting).take(MAX_FAILURES).collect()
    }

    fn about_deliveries(&self, failures: &[FailedDelivery]) -> Option<ExpectationResult> {
        if self.targets.is_empty() {
            return None;
        }
        let open: usize = self.open.values().map(|open| open.targets.len()).sum();
        let of = self.ended + open as u64;
        let expected = match &self.statuses {
            Some(statuses) => format!("status {statuses}"),
            None => "delivered".to_owned(),
        };
        let reason = failures.first().map(|first| {
            let others = match of - self.good {
                0 | 1 => String::new(),
                many => format!(", and {} more failed", many - 1),
            };
            format!("{} {} ({}){others}", first.target, first.reason, first.id)
        });
        Some(ExpectationResult { expected, got: self.good, of: Some(of), passed: reason.is_none(), reason })
    }
}

impl Open {
    fn of(&mut self, target: &str) -> Option<&mut (String, Option<LastAttempt>)> {
        self.targets.iter_mut().find(|(name, _)| name == target)
    }
}

#[cfg(test)]
mod tests;
