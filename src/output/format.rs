//! Numbers, times and durations for people.

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

/// In the largest unit that fits, rounded up: `12 minutes`. Negative durations are `0 seconds`.
pub(crate) fn duration(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0).unsigned_abs();
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds.div_ceil(60), "minute"),
        7_200..172_800 => (seconds.div_ceil(3_600), "hour"),
        _ => (seconds.div_ceil(86_400), "day"),
    };
    pluralize(number, unit)
}

/// A line about a long outage.
pub(crate) fn outage(down: Duration, attempts: u32, reason: &str) -> String {
    let time = duration(SignedDuration::from_secs(i64::try_from(down.as_secs()).unwrap_or(i64::MAX)));
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
            assert_eq!(duration(SignedDuration::from_secs(seconds)), said);
        }
    }
}
