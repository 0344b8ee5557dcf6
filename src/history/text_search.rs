//! Finds text in ids, types, bodies, headers and answers, in any case, by reading them.
//!
//! There is no index (FTS5). Measured with bodies of 0.9 KiB on a busy two-core machine: for 10,000 events, the default
//! limit, this reads everything in 24 ms, and for 100,000 in 130 to 250 ms. An index of trigrams, which finds parts of
//! words and ids, takes 14 s and 52 MB for 10,000 events (9.9 MB without positions): as long as 600 searches. One of words
//! (`unicode61`) takes 1.4 s and 5.1 MB, but does not find parts of ids.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

/// The condition on a row of `events`, for a connection on which [`register`] was called.
pub(super) const CONDITION: &str =
    "(search_hit(body) OR search_hit(id) OR search_hit(type) OR search_hit(request_id)
    OR event IN (SELECT slot >> 10 FROM attempts
            WHERE search_hit(response_body) OR search_hit(request_headers) OR search_hit(response_headers)
        UNION SELECT delivery >> 8 FROM deliveries
            WHERE search_hit(response_body) OR search_hit(response_headers)))";

/// Makes `search_hit` look for `text`.
pub(super) fn register(conn: &Connection, text: &str) -> rusqlite::Result<()> {
    let needle = Arc::new(Needle::new(text));
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("search_hit", 1, flags, move |context| {
        Ok(match context.get_raw(0) {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => needle.is_in(bytes),
            _ => false,
        })
    })
}

/// A text to find in any case: of ASCII letters, since ids, e-mail addresses and names of members consist of them.
struct Needle {
    /// In lower case.
    text: Vec<u8>,
    /// The place of the byte that is looked for first, and its two cases.
    rare: (usize, u8, u8),
}

impl Needle {
    fn new(text: &str) -> Self {
        let text = text.to_ascii_lowercase().into_bytes();
        // The last of the bytes that JSON has least of.
        let place = (0..text.len()).max_by_key(|place| text.get(*place).map_or(0, |byte| rarity(*byte)));
        let place = place.unwrap_or_default();
        let byte = text.get(place).copied().unwrap_or_default();
        Self { rare: (place, byte, byte.to_ascii_uppercase()), text }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        let (place, lower, upper) = self.rare;
        let last = match bytes.len().checked_sub(self.text.len()) {
            Some(last) => last,
            None => return false,
        };
        let range = bytes.get(place..=place + last).unwrap_or_default();
        memchr::memchr2_iter(lower, upper, range).any(|start| {
            bytes
                .get(start..start + self.text.len())
                .is_some_and(|part| part.eq_ignore_ascii_case(&self.text))
        })
    }
}

/// How seldom a byte is in JSON of events, roughly.
const fn rarity(byte: u8) -> u8 {
    match byte {
        b'"' | b'e' | b'a' | b't' | b' ' | b'i' | b'n' | b'o' | b's' | b'r' | b'd' | b'c' => 0,
        b',' | b':' | b'0'..=b'9' | b'l' | b'm' | b'u' | b'p' | b'h' | b'_' => 1,
        b'b' | b'f' | b'g' | b'k' | b'v' | b'w' | b'y' | b'-' | b'.' => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_found_in_any_case_and_place() {
        for (text, hay, found) in [
            ("Ada@Example.com", "{\"email\":\"ada@example.COM\"}", true),
            ("a", "bca", true),
            ("a", "", false),
            ("ab", "a", false),
            ("aab", "aaab", true),
            ("xq", "xxqq", true),
            ("xq", "qxqx", true),
            ("evt_2", "evt_1 evt_20", true),
            ("\u{fc}ber", "\u{fc}BER", true),
            ("zz", "z z", false),
        ] {
            assert_eq!(Needle::new(text).is_in(hay.as_bytes()), found, "{text} in {hay}");
        }
    }

    #[test]
    fn needle_agrees_with_a_plain_search() {
        let hay = "aAbBaBAbcab".repeat(3);
        for start in 0..hay.len() {
            for end in start + 1..hay.len().min(start + 7) {
                let part = &hay[start..end];
                assert!(Needle::new(&part.to_ascii_uppercase()).is_in(hay.as_bytes()), "{part}");
                let other = format!("{part}z");
                assert!(!Needle::new(&other).is_in(hay.as_bytes()), "{other}");
            }
        }
    }
}
