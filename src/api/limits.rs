//! Limits for responses: bytes, values, items and ids.

/// Bytes of a response. JSON responses are small; a larger one is not read to the end.
pub(super) const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// Bytes of a response that is printed and not parsed, such as an export of 10,000 rows.
pub(super) const MAX_RAW_ANSWER: usize = 32 * 1024 * 1024;
/// JSON values in a response. A value needs many times the memory of its text.
pub(super) const MAX_VALUES: usize = 100_000;
/// Items of a page (documented: the largest `pageSize`).
pub(super) const MAX_ITEMS: usize = 100;

/// Bytes of an id. Servers reject URLs with longer ones.
const MAX_ID: usize = 256;

/// Whether an id from a server or a user can be part of a path without changing its meaning.
pub(super) fn is_valid_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// An upper bound for the number of values and names in a JSON text, without allocating.
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
