//! Limits on what a server may send: bytes, values, items and ids.

/// Bytes of an answer: JSON answers are small, and one that is larger than this is not read to its end.
pub(super) const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// Values in an answer: each of them takes many times the memory of its text.
pub(super) const MAX_VALUES: usize = 100_000;
/// Items of a page (documented as the largest `pageSize`).
pub(super) const MAX_ITEMS: usize = 100;

/// Bytes of an id: a longer one would make an address that no server takes.
const MAX_ID: usize = 256;

/// Whether an id that a server or a user named can be a part of a path without changing its meaning.
pub(super) fn is_valid_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// How many values and names a JSON text can have at most, without memory for any of them.
pub(super) fn max_value_count(json: &[u8]) -> usize {
    let (mut count, mut in_string, mut escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' | b':' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}
