//! Durations on the command line: `10`, `10s`, `1.5s`, `250ms`, `2m`, `1h`.

use std::time::Duration;

/// Reads a duration. A bare number is in seconds.
///
/// # Errors
/// A sentence for the user.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let scale = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(expected()),
    };
    let number: f64 = number.parse().map_err(|_| expected())?;
    Duration::try_from_secs_f64(number * scale).map_err(|_| expected())
}

fn expected() -> String {
    "expected a duration such as 10s, 250ms, 2m or 1h".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_nonsense_is_not() {
        for (text, millis) in
            [("10", 10_000), ("10s", 10_000), ("1.5s", 1_500), ("250ms", 250), ("2m", 120_000)]
        {
            assert_eq!(parse(text).unwrap().as_millis(), millis, "{text}");
        }
        for bad in ["", "s", "-1s", "1d", "1 s", "1.2.3", "999999999999999999999h"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
