//! Numbers, times and durations for people.
//!
//! There is one function of durations for each place where they are read, because room, precision and rounding differ.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

pub(crate) use crate::numbers::{count, plural, pluralize};

/// Local time, with the date if it is not today.
pub(crate) fn time_at(at: Timestamp, here: &Zoned) -> String {
    let at = at.to_zoned(here.time_zone().clone());
    let format = if at.date() == here.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    at.strftime(format).to_string()
}

/// Date and time with milliseconds.
pub(crate) fn date_and_time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

/// For a sentence, in the largest unit that fits, rounded up: `12 minutes`. Negative durations are `0 seconds`.
pub(crate) fn duration_in_words(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0).unsigned_abs();
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds.div_ceil(60), "minute"),
        7_200..172_800 => (seconds.div_ceil(3_600), "hour"),
        _ => (seconds.div_ceil(86_400), "day"),
    };
    pluralize(number, unit)
}

/// How long a server took to answer a check of `doctor`: whole milliseconds up to 10 s, then seconds.
pub(crate) fn check_duration(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..10_000 => format!("{millis} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// How long an attempt took, for a narrow column: `4.2 ms`, `120 ms`.
pub(crate) fn attempt_duration(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1e3;
    if millis < 9.95 { format!("{millis:.1} ms") } else { format!("{millis:.0} ms") }
}

/// How long a request of the log took. Its column is eight wide, and the log has milliseconds.
pub(crate) fn request_duration(millis: f64) -> String {
    match millis {
        millis if millis < 0.95 => format!("{millis:.1} ms"),
        millis if millis < 9_999.5 => format!("{millis:.0} ms"),
        millis if millis < 999_950.0 => format!("{:.1} s", millis / 1000.0),
        millis => format!("{:.0} s", millis / 1000.0),
    }
}

/// For the timeline of `why`, in one or two units, rounded down: `12.34 ms`, `5.0 s`, `3 min 20 s`, `2 h 5 min`.
pub(crate) fn exact_duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{} ms", super::history_json::millis(time)),
        1..60 => format!("{:.1} s", time.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// How long `listen` waits before it retries, in tenths of a second, rounded up: a wait is never shorter than it says.
pub(crate) fn wait_duration(millis: u64) -> String {
    let tenths = millis.div_ceil(100);
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// A line about a long outage.
pub(crate) fn outage(down: Duration, attempts: u32, reason: &str) -> String {
    let time =
        duration_in_words(SignedDuration::from_secs(i64::try_from(down.as_secs()).unwrap_or(i64::MAX)));
    format!("Still disconnected after {time} and {}: {reason}.", pluralize(attempts.into(), "try"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_unit() {
        for (seconds, said) in [
            (-5, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (3_541, "60 minutes"),
            (7_200, "2 hours"),
            (172_800, "2 days"),
            (172_801, "3 days"),
        ] {
            assert_eq!(duration_in_words(SignedDuration::from_secs(seconds)), said);
        }
    }

    #[test]
    fn exact_durations_have_at_most_two_units() {
        for (micros, text) in [
            (12_340, "12.34 ms"),
            (1_190_000, "1.2 s"),
            (200_000_000, "3 min 20 s"),
            (7_500_000_000, "2 h 5 min"),
        ] {
            assert_eq!(exact_duration(Duration::from_micros(micros)), text);
        }
    }

    #[test]
    fn request_durations_are_short() {
        for (millis, text) in [
            (0.0, "0.0 ms"),
            (0.412, "0.4 ms"),
            (12.3, "12 ms"),
            (9_999.0, "9999 ms"),
            (30_000.0, "30.0 s"),
            (1e7, "10000 s"),
        ] {
            assert_eq!(request_duration(millis), text);
        }
    }
}
