//! Durations in requests: a number with its unit, such as `200ms`, `5s`, `10m` or `24h` (ours).

use std::time::Duration;

/// `None` if the text is no duration.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = text.split_at_checked(digits)?;
    let scale = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    let seconds: f64 = number.parse().ok()?;
    Duration::try_from_secs_f64(seconds * scale).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_number_and_a_unit() {
        for (text, millis) in
            [("250ms", 250), ("1.5s", 1_500), ("2m", 120_000), ("24h", 86_400_000), ("0s", 0)]
        {
            assert_eq!(parse(text).map(|time| time.as_millis()), Some(millis), "{text}");
        }
        for bad in ["", "s", "10", "-1s", "1d", "1 s", "1.2.3s", "1m30s", "9e9h", "1S", "ü"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
