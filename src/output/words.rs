//! Numbers and times as one says them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Zoned};

/// With commas: `1,000`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `at` on the clock of somebody who is `here`: the date is worth its place only if it is another one.
pub(crate) fn time_at(at: Timestamp, here: &Zoned) -> String {
    let at = at.to_zoned(here.time_zone().clone());
    let format = if at.date() == here.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    at.strftime(format).to_string()
}

/// A count of a thing whose name has a regular plural: `1 delivery`, `2 deliveries`, `1,000 events`.
pub(crate) fn things(number: u64, name: &str) -> String {
    let stem = name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    let said = count(number);
    match (number, stem) {
        (1, _) => format!("{said} {name}"),
        (_, Some(stem)) => format!("{said} {stem}ies"),
        (_, None) => format!("{said} {name}s"),
    }
}

/// In the largest unit that fits, rounded up: `12 minutes`. What is not positive is `0 seconds`.
pub(crate) fn span(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0).unsigned_abs();
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds.div_ceil(60), "minute"),
        7_200..172_800 => (seconds.div_ceil(3_600), "hour"),
        _ => (seconds.div_ceil(86_400), "day"),
    };
    things(number, unit)
}

/// That a connection has been gone for long, and that this is not for want of trying.
pub(crate) fn outage(down: Duration, attempts: u32, reason: &str) -> String {
    let time = span(SignedDuration::from_secs(i64::try_from(down.as_secs()).unwrap_or(i64::MAX)));
    let tries = if attempts == 1 { "try" } else { "tries" };
    format!("Still disconnected after {time} and {attempts} {tries}: {reason}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_have_commas() {
        for (number, said) in
            [(0, "0"), (100, "100"), (1_000, "1,000"), (999_999, "999,999"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count(number), said);
        }
    }

    #[test]
    fn one_thing_is_not_many() {
        for (number, name, said) in [
            (0, "delivery", "0 deliveries"),
            (1, "delivery", "1 delivery"),
            (2, "delivery", "2 deliveries"),
            (1, "day", "1 day"),
            (3, "day", "3 days"),
            (1_000, "event", "1,000 events"),
        ] {
            assert_eq!(things(number, name), said);
        }
    }

    #[test]
    fn times_are_said_in_one_unit() {
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
            assert_eq!(span(SignedDuration::from_secs(seconds)), said);
        }
    }
}
