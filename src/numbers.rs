//! Formats numbers for messages, with thousands separators and plural nouns.

/// With thousands separators: `1,000`.
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

/// A number with its noun, which must have a regular plural: `1 delivery`, `2 deliveries`, `1,000 events`.
pub(crate) fn pluralize(number: u64, name: &str) -> String {
    format!("{} {}", count(number), plural(number, name))
}

/// The singular or plural of a noun, without the number.
pub(crate) fn plural(number: u64, name: &str) -> String {
    let stem = name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match (number, stem) {
        (1, _) => name.to_owned(),
        (_, Some(stem)) => format!("{stem}ies"),
        (_, None) => format!("{name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_have_separators() {
        for (number, expected) in
            [(0, "0"), (100, "100"), (1_000, "1,000"), (999_999, "999,999"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count(number), expected);
        }
    }

    #[test]
    fn nouns_agree_with_their_number() {
        for (number, name, expected) in [
            (0, "delivery", "0 deliveries"),
            (1, "delivery", "1 delivery"),
            (2, "delivery", "2 deliveries"),
            (1, "day", "1 day"),
            (3, "day", "3 days"),
            (2, "try", "2 tries"),
            (1_000, "event", "1,000 events"),
        ] {
            assert_eq!(pluralize(number, name), expected);
        }
    }
}
