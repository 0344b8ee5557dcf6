//! The active faults, and which of them apply to each request and event.
//!
//! That depends on the seed, the fault, the method and path, and on how often these were requested.
//! So the same seed and requests give the same faults, also while other requests run in parallel.

mod stream;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use axum::http::Method;
use axum::http::header::{DATE, HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};

pub(crate) use self::stream::{StreamEffects, StreamFaults};
use super::chance;
use super::rule::{Fault, Rule};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::lock::locked;

pub(crate) const MAX_RULES: usize = 100;
/// How many paths have counters of their own; the others share one.
const MAX_PATHS: usize = 10_000;

/// Names the faults that were applied to a response (ours).
const FAULT: HeaderName = HeaderName::from_static("x-cstar-sandbox-fault");

/// Two random numbers for the same request.
const WHETHER: u64 = 0;
const HOW_MUCH: u64 = 1;

#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Active>);

#[derive(Debug, Default)]
struct Active {
    seed: u64,
    rules: Vec<ActiveRule>,
    made: u64,
    /// How often each method and path was requested.
    asked: HashMap<u64, u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct ActiveRule {
    number: u64,
    pub(crate) rule: Rule,
    /// How often it was applied.
    pub(crate) hits: u64,
}

impl ActiveRule {
    /// `flt_1`, in the order of creation.
    pub(crate) fn id(&self) -> String {
        format!("flt_{}", self.number)
    }
}

/// A request, as the rules match it.
#[derive(Clone, Debug)]
pub(crate) struct FaultRequest {
    path: String,
    key: u64,
    /// How many such requests came before it.
    nth: u64,
}

/// The effects of faults on one request and its response.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultEffects {
    pub(crate) latency: Duration,
    /// By how many seconds the clock is off.
    pub(crate) skew: i64,
    pub(crate) faults: Vec<String>,
}

impl FaultEffects {
    /// Adds the header that names the faults, and a skewed `Date`.
    pub(crate) fn write(&self, now: Timestamp, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.faults.join(","))
            && !self.faults.is_empty()
        {
            headers.insert(FAULT, value);
        }
        if self.skew != 0 {
            let skewed = now.checked_add(SignedDuration::from_secs(self.skew)).unwrap_or(now);
            let date = skewed.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            headers.extend(HeaderValue::from_str(&date).ok().map(|date| (DATE, date)));
        }
    }
}

impl Faults {
    /// Faults that are active from the start.
    pub(crate) fn new(rules: Vec<Rule>, seed: u64) -> Self {
        let faults = Self(Mutex::new(Active { seed, ..Active::default() }));
        faults.add(rules, None);
        faults
    }

    /// Adds faults, unless there are too many. All counters start again.
    pub(crate) fn add(&self, rules: Vec<Rule>, seed: Option<u64>) -> bool {
        let mut active = locked(&self.0);
        if active.rules.len() + rules.len() > MAX_RULES {
            return false;
        }
        active.seed = seed.unwrap_or(active.seed);
        active.asked.clear();
        for rule in rules {
            active.made += 1;
            let number = active.made;
            active.rules.push(ActiveRule { number, rule, hits: 0 });
        }
        true
    }

    /// Removes one fault, or all of them; whether there was one.
    pub(crate) fn remove(&self, id: Option<&str>) -> bool {
        let mut active = locked(&self.0);
        let before = active.rules.len();
        active.rules.retain(|rule| id.is_some_and(|id| rule.id() != id));
        if active.rules.is_empty() {
            // ids start again, so that a test can be repeated
            active.made = 0;
        }
        active.asked.clear();
        active.rules.len() < before
    }

    pub(crate) fn list(&self) -> (u64, Vec<ActiveRule>) {
        let active = locked(&self.0);
        (active.seed, active.rules.clone())
    }

    /// Counts a request, unless there are no faults.
    pub(crate) fn register(&self, method: &Method, path: &str) -> FaultRequest {
        let mut active = locked(&self.0);
        if active.rules.is_empty() {
            return FaultRequest { path: path.to_owned(), key: 0, nth: 0 };
        }
        let mut key = chance::hash(&[method.as_str(), path]);
        if active.asked.len() >= MAX_PATHS && !active.asked.contains_key(&key) {
            key = 0;
        }
        let asked = active.asked.entry(key).or_default();
        let nth = *asked;
        *asked += 1;
        FaultRequest { path: path.to_owned(), key, nth }
    }

    /// The effects that apply before the request is handled.
    pub(crate) fn effects(&self, fault_request: &FaultRequest) -> FaultEffects {
        let mut effects = FaultEffects::default();
        let mut active = locked(&self.0);
        let seed = active.seed;
        for rule in &mut active.rules {
            let fault = rule.rule.fault;
            match fault {
                Fault::Latency { by, jitter } if rule.strikes(seed, fault_request, 0) => {
                    let much = chance::unit(&rule.parts(seed, fault_request, 0, HOW_MUCH));
                    effects.latency += by + jitter.mul_f64(much);
                }
                Fault::Skew { seconds } if rule.strikes(seed, fault_request, 0) => effects.skew += seconds,
                _ => continue,
            }
            effects.faults.push(rule.id());
        }
        effects
    }

    /// The error to answer with instead, and the id of the fault.
    pub(crate) fn refusal(&self, fault_request: &FaultRequest) -> Option<(ApiError, String)> {
        let mut active = locked(&self.0);
        let seed = active.seed;
        active.rules.iter_mut().find_map(|rule| {
            let Fault::Status { status, retry_after } = rule.rule.fault else { return None };
            let error = match status.as_u16() {
                429 => ApiError::rate_limit_exceeded(retry_after),
                503 => ApiError::unavailable(retry_after),
                _ => ApiError::from_status(status),
            };
            rule.strikes(seed, fault_request, 0).then(|| (error, rule.id()))
        })
    }
}

impl ActiveRule {
    /// Whether the rule applies this time; counts it if so.
    fn strikes(&mut self, seed: u64, fault_request: &FaultRequest, event: u32) -> bool {
        let Rule { probability, path, count, .. } = &self.rule;
        let strikes = count.is_none_or(|count| self.hits < count)
            && path.as_ref().is_none_or(|path| path.matches(&fault_request.path))
            && chance::unit(&self.parts(seed, fault_request, event, WHETHER)) < *probability;
        self.hits += u64::from(strikes);
        strikes
    }

    fn parts(&self, seed: u64, fault_request: &FaultRequest, event: u32, what: u64) -> [u64; 6] {
        [seed, self.number, fault_request.key, fault_request.nth, u64::from(event), what]
    }
}

#[cfg(test)]
mod tests;
