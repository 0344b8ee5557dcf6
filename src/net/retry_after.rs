//! Parses `Retry-After`: seconds or an HTTP date, with an upper limit.

use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// The upper limit. Callers give up long before.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The delay that a response received at `now` asks for. A date in the past is zero.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().map_or(LONGEST, Duration::from_secs).min(LONGEST));
    }
    let date = rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        retry_after(&headers, "2026-11-20T10:00:00Z".parse().unwrap())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(wait("0"), Some(Duration::ZERO));
        assert_eq!(wait(" 120 "), Some(Duration::from_secs(120)));
        assert_eq!(wait("99999999999999999999999"), Some(LONGEST));
        assert_eq!(wait("86401"), Some(LONGEST));
        assert_eq!(wait("Fri, 20 Nov 2026 10:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Fri, 20 Nov 2026 09:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("Tue, 20 Nov 2096 09:00:00 GMT"), Some(LONGEST));
        for odd in ["", "-1", "1.5", "soon"] {
            assert_eq!(wait(odd), None, "{odd}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), Timestamp::UNIX_EPOCH), None);
    }
}
