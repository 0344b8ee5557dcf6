//! The hourly rate limit of each key, and its headers (documented).

use std::collections::HashMap;
use std::sync::Mutex;

use axum::http::header::{HeaderMap, HeaderName};
use jiff::{SignedDuration, Timestamp};

use super::error::ApiError;
use crate::sandbox::caller::{Caller, KeyKind};
use crate::sandbox::lock::locked;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
const WINDOW: HeaderName = HeaderName::from_static("x-ratelimit-window");

const WINDOW_SECONDS: i64 = 3600;
/// Requests an hour for a secret key.
const SECRET_LIMIT: u32 = 1_000;
/// Requests an hour for a publishable key.
const PUBLISHABLE_LIMIT: u32 = 100;

/// How many requests a key may send in an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RateLimit {
    /// 1,000 for secret and 100 for publishable keys, in headers only: a local sandbox enforces no limit
    /// unless asked to.
    #[default]
    Documented,
    /// The same limit for every key, enforced.
    PerHour(u32),
    /// No limit and no headers.
    Off,
}

/// What a key has left after a request was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    limit: u32,
    remaining: u32,
    /// Unix seconds.
    reset: i64,
}

impl Quota {
    /// A quota with nothing left until `seconds` after `now`.
    pub(crate) fn exhausted(caller: Caller, seconds: u64, now: Timestamp) -> Self {
        let limit = if caller.kind == KeyKind::Secret { SECRET_LIMIT } else { PUBLISHABLE_LIMIT };
        let wait = i64::try_from(seconds).unwrap_or(WINDOW_SECONDS);
        Self { limit, remaining: 0, reset: ceil_seconds(now).saturating_add(wait) }
    }

    /// As a clock that is off by this many seconds would show it.
    pub(crate) fn skewed(self, seconds: i64) -> Self {
        Self { reset: self.reset.saturating_add(seconds), ..self }
    }

    /// Adds the four documented headers.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, self.reset.into());
        headers.insert(WINDOW, WINDOW_SECONDS.into());
    }
}

/// Counts requests in fixed windows, which begin with the first request of a key.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    limit: RateLimit,
    windows: Mutex<HashMap<Caller, Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    ends: Timestamp,
    used: u32,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self { limit, windows: Mutex::default() }
    }

    /// Counts a request. There is a quota also if the request is refused; `None` without limits.
    pub(crate) fn count(&self, caller: Caller, now: Timestamp) -> (Option<Quota>, Result<(), ApiError>) {
        let Some(limit) = self.limit_of(caller) else { return (None, Ok(())) };
        let mut windows = locked(&self.windows);
        let fresh = Window { ends: window_end(now), used: 0 };
        let window = windows.entry(caller).or_insert(fresh);
        // a clock that is set back by more than a window must not lock a key out for days
        if now >= window.ends || window.ends > fresh.ends {
            *window = fresh;
        }
        let admitted = window.used < limit;
        window.used += u32::from(admitted);
        let quota = Quota { limit, remaining: limit - window.used, reset: ceil_seconds(window.ends) };
        let wait = ceil_div(window.ends.as_millisecond() - now.as_millisecond()).max(1);
        let admission = match self.limit {
            RateLimit::PerHour(limit) if !admitted => {
                Err(ApiError::own_limit_exceeded(limit, wait.unsigned_abs()))
            }
            _ => Ok(()),
        };
        (Some(quota), admission)
    }

    /// Drops the window of a revoked key.
    pub(crate) fn forget(&self, caller: Caller) {
        locked(&self.windows).remove(&caller);
    }

    fn limit_of(&self, caller: Caller) -> Option<u32> {
        match (self.limit, caller.kind) {
            (RateLimit::Off, _) => None,
            (RateLimit::PerHour(limit), _) => Some(limit),
            (RateLimit::Documented, KeyKind::Secret) => Some(SECRET_LIMIT),
            (RateLimit::Documented, KeyKind::Publishable) => Some(PUBLISHABLE_LIMIT),
        }
    }
}

fn window_end(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(WINDOW_SECONDS)).unwrap_or(Timestamp::MAX)
}

fn ceil_seconds(time: Timestamp) -> i64 {
    ceil_div(time.as_millisecond())
}

fn ceil_div(millis: i64) -> i64 {
    millis.div_euclid(1000) + i64::from(millis.rem_euclid(1000) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox_info::{PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    fn key(key: &str) -> Caller {
        Caller::from_key(key).unwrap()
    }

    #[test]
    fn limits_depend_on_the_kind_of_key() {
        let limiter = Limiter::new(RateLimit::Documented);
        let (secret, _) = limiter.count(key(SECRET_TEST_KEY), at(500));
        assert_eq!(secret, Some(Quota { limit: 1000, remaining: 999, reset: 3601 }));
        let (publishable, _) = limiter.count(key(PUBLISHABLE_TEST_KEY), at(1000));
        assert_eq!(publishable, Some(Quota { limit: 100, remaining: 99, reset: 3601 }));
    }

    #[test]
    fn exhausted_key_waits_for_its_window() {
        let limiter = Limiter::new(RateLimit::PerHour(2));
        assert!(limiter.count(key(SECRET_TEST_KEY), at(0)).1.is_ok());
        assert!(limiter.count(key(SECRET_TEST_KEY), at(1)).1.is_ok());
        let (quota, verdict) = limiter.count(key(SECRET_TEST_KEY), at(3_558_001));
        assert_eq!(quota.unwrap().remaining, 0);
        assert_eq!(verdict.unwrap_err().retry_after, Some(42));
        assert!(
            limiter.count(key(SECRET_LIVE_KEY), at(3_558_001)).1.is_ok(),
            "another key has its own budget"
        );
        assert!(limiter.count(key(SECRET_TEST_KEY), at(3_600_000)).1.is_ok());
    }

    #[test]
    fn documented_budgets_are_not_enforced() {
        let limiter = Limiter::new(RateLimit::Documented);
        for _ in 0..150 {
            assert!(limiter.count(key(PUBLISHABLE_TEST_KEY), at(0)).1.is_ok());
        }
        assert_eq!(limiter.count(key(PUBLISHABLE_TEST_KEY), at(0)).0.unwrap().remaining, 0);
    }

    #[test]
    fn a_clock_set_back_starts_a_new_window() {
        let limiter = Limiter::new(RateLimit::PerHour(1));
        assert!(limiter.count(key(SECRET_TEST_KEY), at(10_000_000)).1.is_ok());
        assert!(limiter.count(key(SECRET_TEST_KEY), at(0)).1.is_ok());
    }

    #[test]
    fn without_limits_there_is_no_quota() {
        let limiter = Limiter::new(RateLimit::Off);
        assert_eq!(limiter.count(key(SECRET_TEST_KEY), at(0)).0, None);
        let none = Limiter::new(RateLimit::PerHour(0));
        assert!(none.count(key(SECRET_TEST_KEY), at(0)).1.is_err());
    }
}
