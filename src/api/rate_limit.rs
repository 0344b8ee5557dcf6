//! The rate limit of a key: the `X-RateLimit-*` headers of a response (documented).

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;

/// Clocks that differ by less are the same here, and the response was on its way for a part of it.
const CLOCKS_AGREE: SignedDuration = SignedDuration::from_secs(30);

/// The rate limit of a key after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimit {
    /// Requests per window.
    pub(crate) limit: u64,
    /// Requests left in this window.
    pub(crate) remaining: u64,
    /// When the next window begins.
    pub(crate) reset: Option<Timestamp>,
    /// When the response was sent, by the clock of the server.
    pub(crate) sent: Option<Timestamp>,
}

impl RateLimit {
    /// `None` without a valid limit and remainder.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
        let reset = number("x-ratelimit-reset").and_then(|seconds| i64::try_from(seconds).ok());
        let date = headers.get("date").and_then(|date| rfc2822::parse(date.to_str().ok()?).ok());
        Some(Self {
            limit: number("x-ratelimit-limit")?,
            remaining: number("x-ratelimit-remaining")?,
            // In unix seconds.
            reset: reset.and_then(|seconds| Timestamp::from_second(seconds).ok()),
            sent: date.map(|date| date.timestamp()),
        })
    }

    /// How long until the next window begins. `now` is the time of this machine. If it differs from that of the server,
    /// the server's counts; otherwise `now` is more precise than a `Date`, which has whole seconds.
    pub(crate) fn resets_in(&self, now: Timestamp) -> Option<SignedDuration> {
        let differs = |sent: &Timestamp| sent.duration_since(now).abs() > CLOCKS_AGREE;
        Some(self.reset?.duration_since(self.sent.filter(differs).unwrap_or(now)))
    }

    /// Requests made in this window.
    pub(crate) fn used(&self) -> u64 {
        self.limit.saturating_sub(self.remaining)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderName;

    fn of(pairs: &[(&'static str, &str)]) -> Option<RateLimit> {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        RateLimit::from_headers(&HeaderMap::from_iter(pairs))
    }

    #[test]
    fn documented_headers_are_read() {
        let read = of(&[
            ("x-ratelimit-limit", "1000"),
            ("x-ratelimit-remaining", "987"),
            ("x-ratelimit-reset", "1774583010"),
            ("x-ratelimit-window", "3600"),
        ]);
        let reset = Timestamp::from_second(1_774_583_010).ok();
        assert_eq!(read, Some(RateLimit { limit: 1000, remaining: 987, reset, sent: None }));
        assert_eq!(read.unwrap().used(), 13);
    }

    #[test]
    fn reset_is_compared_with_the_date() {
        let after = |date: &'static str| {
            let counts = [("x-ratelimit-limit", "9"), ("x-ratelimit-remaining", "9")];
            let read = of(&[&counts[..], &[("x-ratelimit-reset", "1772807460"), ("date", date)]].concat());
            let now = Timestamp::from_second(1_772_807_401).unwrap();
            read.and_then(|read| read.resets_in(now)).map(|wait| wait.as_secs())
        };
        assert_eq!(after("Fri, 06 Mar 2026 14:30:00 GMT"), Some(59), "the clocks agree");
        assert_eq!(after("Fri, 06 Mar 2026 12:30:00 GMT"), Some(7260));
        assert_eq!(after("yesterday"), Some(59));
    }

    #[test]
    fn incomplete_or_invalid_headers_are_none() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("x-ratelimit-limit", "1000")]), None);
        assert_eq!(of(&[("x-ratelimit-limit", "-1"), ("x-ratelimit-remaining", "1")]), None);
        let without_reset = of(&[
            ("x-ratelimit-limit", "1"),
            ("x-ratelimit-remaining", "2"),
            ("x-ratelimit-reset", "99999999999999999999"),
        ]);
        assert_eq!(without_reset, Some(RateLimit { limit: 1, remaining: 2, reset: None, sent: None }));
        assert_eq!(without_reset.unwrap().used(), 0, "more remaining than the limit");
    }
}
