//! Times on the command line: `1h` (ago), `2026-03-06`, `2026-03-06T14:30`, or with a zone.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::duration;

/// A time on the command line, not yet resolved with a clock and a time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TimeSpec {
    /// A duration before now.
    Ago(Duration),
    At(Timestamp),
    /// In the zone of this machine.
    Local(DateTime),
}

impl TimeSpec {
    pub(crate) fn resolve(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::At(at) => *at,
            Self::Ago(time) => {
                let back = SignedDuration::try_from(*time).unwrap_or(SignedDuration::MAX);
                now.checked_sub(back).unwrap_or(Timestamp::MIN)
            }
            Self::Local(civil) => zone.to_timestamp(*civil).unwrap_or(Timestamp::MIN),
        }
    }
}

/// Parses a time. Durations may also be in days.
pub(crate) fn parse(text: &str) -> Result<TimeSpec, String> {
    let text = text.trim();
    // A bare number would mean seconds, but looks like a year.
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(expected());
    }
    if let Some(days) = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok()) {
        return Ok(TimeSpec::Ago(Duration::from_secs(u64::from(days) * 24 * 60 * 60)));
    }
    if let Ok(time) = duration::parse(text) {
        return Ok(TimeSpec::Ago(time));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(TimeSpec::At(at));
    }
    text.parse::<DateTime>().map(TimeSpec::Local).map_err(|_| expected())
}

fn expected() -> String {
    "expected a time such as 1h or 2d (ago), 2026-03-06, 2026-03-06T14:30, or 2026-03-06T14:30:00Z".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> String {
        let now: Timestamp = "2026-03-06T14:30:00Z".parse().unwrap();
        parse(text).unwrap().resolve(now, &TimeZone::fixed(jiff::tz::offset(1))).to_string()
    }

    #[test]
    fn every_form_is_a_point_in_time() {
        for (text, at) in [
            ("1h", "2026-03-06T13:30:00Z"),
            ("90s", "2026-03-06T14:28:30Z"),
            ("2d", "2026-03-04T14:30:00Z"),
            ("2026-03-06", "2026-03-05T23:00:00Z"),
            ("2026-03-06T10:00", "2026-03-06T09:00:00Z"),
            ("2026-03-06 10:00:01", "2026-03-06T09:00:01Z"),
            ("2026-03-06T10:00:00Z", "2026-03-06T10:00:00Z"),
            ("2026-03-06T10:00:00+02:00", "2026-03-06T08:00:00Z"),
            ("4294967295d", "-009999-01-02T01:59:59Z"),
        ] {
            assert_eq!(resolved(text), at, "{text}");
        }
    }

    #[test]
    fn malformed_times_are_rejected() {
        for bad in ["", "2026", "soon", "1w", "-1h", "2026-13-01", "d", "1 d"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
