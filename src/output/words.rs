//! Numbers and times as one says them.

use jiff::SignedDuration;

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

/// In the largest unit that fits, rounded up: `12 minutes`. What is not positive is `0 seconds`.
pub(crate) fn span(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0).unsigned_abs();
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds.div_ceil(60), "minute"),
        7_200..172_800 => (seconds.div_ceil(3_600), "hour"),
        _ => (seconds.div_ceil(86_400), "day"),
    };
    format!("{} {unit}{}", count(number), if number == 1 { "" } else { "s" })
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
