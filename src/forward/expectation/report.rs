//! The report about the expectations of a run: one result each, and the deliveries that failed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Expectation;

/// Types named in a sentence.
const MAX_TYPES: usize = 6;

/// The result of all expectations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct ExpectationReport {
    pub(crate) passed: bool,
    pub(crate) results: Vec<ExpectationResult>,
    /// The deliveries that were not as expected: at most as many as the tally keeps.
    pub(crate) failures: Vec<FailedDelivery>,
}

/// The result of one expectation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ExpectationResult {
    /// As it was written, such as `ticket.created=2` or `status 2xx`.
    pub(crate) expected: String,
    pub(crate) got: u64,
    /// Of how many deliveries; `None` for a number of events.
    pub(crate) of: Option<u64>,
    pub(crate) passed: bool,
    /// Why it failed: a sentence without a capital and a full stop.
    pub(crate) reason: Option<String>,
}

/// A delivery that was not as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FailedDelivery {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) target: String,
    pub(crate) status: Option<u16>,
    /// Such as `answered 500`.
    pub(crate) reason: String,
}

impl ExpectationReport {
    pub(crate) fn new(results: Vec<ExpectationResult>, failures: Vec<FailedDelivery>) -> Self {
        Self { passed: results.iter().all(|result| result.passed), results, failures }
    }

    /// The failed ones.
    pub(crate) fn failed(&self) -> impl Iterator<Item = &ExpectationResult> {
        self.results.iter().filter(|result| !result.passed)
    }
}

/// Why `got` events are not as expected, if they are not.
pub(super) fn about_count(
    expectation: &Expectation,
    got: u64,
    arrived: &BTreeMap<String, u64>,
    skipped: &BTreeMap<(String, String), u64>,
) -> Option<String> {
    if expectation.is_met(got) {
        return None;
    }
    let matches = |event: &str| expectation.pattern.matches(event);
    let skips = skipped.iter().filter(|((event, _), _)| matches(event));
    let skips: Vec<String> =
        skips.take(2).map(|((event, why), count)| format!("{count} {event}: {why}")).collect();
    let skips = match skips.is_empty() {
        true => String::new(),
        false => format!("; skipped: {}", skips.join(", ")),
    };
    let wanted = expectation.wanted();
    if got > 0 {
        let own = names(arrived.iter().filter(|(event, _)| matches(event)));
        let detail =
            if expectation.pattern.as_str().contains('*') { format!(" ({own})") } else { String::new() };
        return Some(format!("{got} arrived{detail}, expected {wanted}{skips}"));
    }
    let which = if expectation.pattern.as_str().contains('*') { "these types" } else { "this type" };
    let others = match arrived.is_empty() {
        true => "nothing else arrived".to_owned(),
        false => format!("these arrived: {}", names(arrived.iter())),
    };
    Some(format!("no event of {which} arrived, expected {wanted}; {others}{skips}"))
}

/// Such as `ticket.created (2), ticket.closed (1)`.
fn names<'a>(types: impl Iterator<Item = (&'a String, &'a u64)>) -> String {
    let all: Vec<String> = types.map(|(event, count)| format!("{event} ({count})")).collect();
    match all.len() {
        0..=MAX_TYPES => all.join(", "),
        many => {
            let shown = all.get(..MAX_TYPES).unwrap_or_default().join(", ");
            format!("{shown} and {} more", many - MAX_TYPES)
        }
    }
}
