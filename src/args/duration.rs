//! Durations on the command line: `10`, `10s`, `1.5s`, `250ms`, `2m`, `1h`, `1m30s`, `1h 30m`.
//!
//! jiff's friendly durations are not used: they also accept signs, weeks and `ago`, which these flags reject.

use std::time::Duration;

/// Reads a duration: numbers with units, the larger units first. A bare number is in seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return part(text, 1.0);
    }
    let (mut rest, mut total, mut last) = (text, Duration::ZERO, f64::INFINITY);
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c| !is_number(c)).unwrap_or(rest.len()));
        let (unit, after) =
            after.split_at(after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len()));
        let scale = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(expected()),
        };
        if scale >= last {
            return Err(expected());
        }
        total = total.checked_add(part(number, scale)?).ok_or_else(expected)?;
        last = scale;
        rest = match after.strip_prefix(' ') {
            Some("") => return Err(expected()),
            Some(after) => after,
            None => after,
        };
    }
    if last.is_infinite() { Err(expected()) } else { Ok(total) }
}

/// Zero means no limit, for servers that are stopped in a debugger.
pub(crate) fn limit(time: Duration) -> Option<Duration> {
    (!time.is_zero()).then_some(time)
}

fn is_number(c: char) -> bool {
    c.is_ascii_digit() || c == '.'
}

fn part(number: &str, scale: f64) -> Result<Duration, String> {
    let number: f64 = number.parse().map_err(|_| expected())?;
    Duration::try_from_secs_f64(number * scale).map_err(|_| expected())
}

fn expected() -> String {
    "expected a duration such as 10s, 250ms, 2m, 1h or 1m30s".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed_or_rejected() {
        for (text, millis) in [
            ("10", 10_000),
            ("10s", 10_000),
            ("1.5s", 1_500),
            ("250ms", 250),
            ("2m", 120_000),
            ("1m30s", 90_000),
            ("1h 30m", 5_400_000),
            ("1s500ms", 1_500),
            ("0", 0),
        ] {
            assert_eq!(parse(text).unwrap().as_millis(), millis, "{text}");
        }
        for bad in [
            "",
            "s",
            "-1s",
            "1d",
            "1 s",
            "1.2.3",
            "30s1m",
            "1m1m",
            "1m30",
            "1m ",
            " 1m",
            "1m  30s",
            "999999999999999999999h",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
