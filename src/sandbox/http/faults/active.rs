//! The faults in force, and what they decide for each request and each event.
//!
//! A decision depends on the seed, the fault, the method and path, and on how often these were asked for.
//! So the same seed and the same requests give the same faults, whatever else goes on beside them.

use axum::http::header::{DATE, HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Method;

use super::chance;
use super::rule::{Fault, Rule};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::lock::locked;

/// How many faults there may be.
pub(crate) const MAX_RULES: usize = 100;
/// How many paths are counted apart; the rest is counted together.
const MAX_PATHS: usize = 10_000;

/// Names the faults that an answer was hit by (ours).
const FAULT: HeaderName = HeaderName::from_static("x-cstar-sandbox-fault");

/// What tells draws for the same request apart.
const WHETHER: u64 = 0;
const HOW_MUCH: u64 = 1;

/// The faults in force.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Active>);

#[derive(Debug, Default)]
struct Active {
    seed: u64,
    rules: Vec<ActiveRule>,
    made: u64,
    /// How often each method and path was asked for.
    asked: HashMap<u64, u64>,
}

/// A rule in force.
#[derive(Clone, Debug)]
pub(crate) struct ActiveRule {
    number: u64,
    pub(crate) rule: Rule,
    /// How often it went wrong.
    pub(crate) hits: u64,
}

impl ActiveRule {
    /// `flt_1`, in the order of their making.
    pub(crate) fn id(&self) -> String {
        format!("flt_{}", self.number)
    }
}

/// A request, as the faults see it.
#[derive(Clone, Debug)]
pub(crate) struct FaultRequest {
    path: String,
    key: u64,
    /// How many there were before it.
    nth: u64,
}

/// What a request meets on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultEffects {
    pub(crate) latency: Duration,
    /// By how much the clock is wrong, in seconds.
    pub(crate) skew: i64,
    /// Which faults these are.
    pub(crate) faults: Vec<String>,
}

impl FaultEffects {
    /// Says which faults there were, and the time as a wrong clock has it.
    pub(crate) fn write(&self, now: Timestamp, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.faults.join(","))
            && !self.faults.is_empty()
        {
            headers.insert(FAULT, value);
        }
        if self.skew != 0 {
            let shown = now.checked_add(SignedDuration::from_secs(self.skew)).unwrap_or(now);
            let date = shown.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            headers.extend(HeaderValue::from_str(&date).ok().map(|date| (DATE, date)));
        }
    }
}

/// What becomes of an event's connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StreamEffects {
    pub(crate) duplicate: bool,
    pub(crate) cut: bool,
}

impl Faults {
    /// These, from the start.
    pub(crate) fn new(rules: Vec<Rule>, seed: u64) -> Self {
        let faults = Self(Mutex::new(Active { seed, ..Active::default() }));
        faults.add(rules, None);
        faults
    }

    /// Adds faults; says whether there was room. All counting begins anew.
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

    /// Ends one fault, or all of them; says whether there was one.
    pub(crate) fn remove(&self, id: Option<&str>) -> bool {
        let mut active = locked(&self.0);
        let before = active.rules.len();
        active.rules.retain(|rule| id.is_some_and(|id| rule.id() != id));
        if active.rules.is_empty() {
            // the next ones are the first again, or a test could not be repeated
            active.made = 0;
        }
        active.asked.clear();
        active.rules.len() < before
    }

    /// The seed, and every fault.
    pub(crate) fn list(&self) -> (u64, Vec<ActiveRule>) {
        let active = locked(&self.0);
        (active.seed, active.rules.clone())
    }

    /// Counts a request, unless there are no faults at all.
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

    /// What the request meets before anything is done.
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

    /// The error that the request is answered with, and the fault's id.
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

    /// What follows the event number `sent` of a stream; 0 is its session.
    fn stream_effects(&self, fault_request: &FaultRequest, sent: u32) -> StreamEffects {
        let mut effects = StreamEffects::default();
        let mut active = locked(&self.0);
        let seed = active.seed;
        for rule in &mut active.rules {
            let fault = rule.rule.fault;
            match fault {
                Fault::Duplicate if sent > 0 => effects.duplicate |= rule.strikes(seed, fault_request, sent),
                // one that was added meanwhile may be late
                Fault::Cut { after: Some(after) } if sent >= after => {
                    effects.cut |= rule.strikes(seed, fault_request, after);
                }
                Fault::Cut { after: None } if sent > 0 => {
                    effects.cut |= rule.strikes(seed, fault_request, sent)
                }
                _ => {}
            }
        }
        effects
    }
}

impl ActiveRule {
    /// Whether it goes wrong this time; counts it if so.
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

/// The faults of one open stream.
#[derive(Debug)]
pub(crate) struct StreamFaults {
    faults: Arc<Faults>,
    fault_request: FaultRequest,
    sent: u32,
}

impl StreamFaults {
    /// Those of the stream that `fault_request` has opened.
    pub(crate) fn new(faults: Arc<Faults>, fault_request: FaultRequest) -> Self {
        Self { faults, fault_request, sent: 0 }
    }

    /// What follows the session.
    pub(crate) fn after_session(&self) -> StreamEffects {
        self.faults.stream_effects(&self.fault_request, 0)
    }

    /// What follows one more event.
    pub(crate) fn after_event(&mut self) -> StreamEffects {
        self.sent = self.sent.saturating_add(1);
        self.faults.stream_effects(&self.fault_request, self.sent)
    }
}

#[cfg(test)]
mod tests;
