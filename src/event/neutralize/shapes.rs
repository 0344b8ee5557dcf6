//! What personal data looks like, and neutral values of the same shape.

/// Neutral words, of which texts are made.
const WORDS: [&str; 12] =
    ["sample", "text", "about", "a", "question", "with", "some", "words", "and", "one", "more", "detail"];

pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |text: &str| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "<>\"(),:;@/".contains(c))
    };
    plain(local)
        && plain(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

/// Only with the `+` of a country: other digits are ids and numbers.
pub(super) fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.starts_with('+')
        && digits >= 7
        && text.chars().skip(1).all(|c| c.is_ascii_digit() || " -().".contains(c))
}

/// The digits become zeros, and the last of them the number: `+49 170 1234567` becomes `+00 000 0000001`.
pub(super) fn phone(text: &str, number: usize) -> String {
    let mut out: Vec<char> = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let mut left = number;
    for c in out.iter_mut().rev().filter(|c| c.is_ascii_digit()) {
        *c = char::from_digit(u32::try_from(left % 10).unwrap_or_default(), 10).unwrap_or('0');
        left /= 10;
    }
    out.into_iter().filter(|c| c.is_ascii_digit() || "+ -().".contains(*c)).collect()
}

/// As many words as the text has, on as many lines.
pub(super) fn words(text: &str) -> String {
    let mut next = WORDS.iter().cycle();
    let line = |line: &str| {
        let words = line.split_whitespace().filter_map(|_| next.next());
        words.copied().collect::<Vec<_>>().join(" ")
    };
    let mut neutral = text.split('\n').map(line).collect::<Vec<_>>().join("\n");
    if let Some(start) = neutral.get_mut(..1) {
        start.make_ascii_uppercase();
    }
    neutral
}
