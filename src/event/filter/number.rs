//! Numbers of JSON, compared exactly: `1.10` equals `1.1` and `11e-1`, and 30 digits are not rounded.

/// A number as sign, digits and a power of ten. The digits have no zeros at either end, so equal numbers are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Number {
    /// `None` if the text is no JSON number, or has an exponent beyond 64 bits.
    pub(super) fn parse(json: &str) -> Option<Self> {
        let (is_negative, rest) = match json.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, json),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
            None => (rest, 0_i64),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        let trimmed = digits.trim_end_matches('0');
        let dropped = i64::try_from(digits.len() - trimmed.len()).ok()?;
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(dropped)?;
        match trimmed.trim_start_matches('0') {
            "" => Some(Self { is_negative: false, digits: String::new(), exponent: 0 }),
            digits => Some(Self { is_negative, digits: digits.to_owned(), exponent }),
        }
    }
}
