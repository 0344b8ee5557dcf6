//! Makes untrusted text safe to print: customers write ticket titles, servers write errors.
//!
//! Control, format and separator characters are printed as `\xNN` or `\u{N}`, so that they neither act on the
//! terminal nor disappear.

use std::fmt::Write as _;

use crate::secret::prefixes;

/// `text` on one line, safe to show on a terminal.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !is_unsafe(c) {
            out.push(c);
        } else if u32::from(c) < 0x100 {
            let _ = write!(out, "\\x{:02x}", u32::from(c));
        } else {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
    out
}

/// As [`escape`], but keeps line breaks and tabs, for text that is not printed on a terminal.
pub(crate) fn escape_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(['\n', '\t']) {
        let end = part.len() - usize::from(part.ends_with(['\n', '\t']));
        let (line, end) = part.split_at(end);
        out.extend([&escape(line), end]);
    }
    out
}

/// Longer than any message of ours, so that only foreign text is shortened.
const LONGEST: usize = 300;
/// The limit in JSON, in bytes.
const LONGEST_IN_JSON: usize = 4096;

/// `text` for errors, status lines and the log: redacted, escaped on one line, and shortened in the middle, because
/// the cause of an error is at the end as often as at the start.
pub(crate) fn sanitize(text: &str) -> String {
    shorten(&escape(&redact(text)))
}

/// `text` without its middle if it is very long.
pub(crate) fn shorten(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST {
        return text.to_owned();
    }
    let half = (LONGEST - 3) / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(count - half).collect();
    format!("{start} … {end}")
}

/// The same for JSON, with a limit of 4 KiB.
pub(crate) fn shorten_for_json(text: &str) -> String {
    if text.len() <= LONGEST_IN_JSON {
        return text.to_owned();
    }
    let half = LONGEST_IN_JSON / 2 - 3;
    let start = (0..=half).rev().find_map(|at| text.get(..at)).unwrap_or_default();
    let end = (text.len() - half..text.len()).find_map(|at| text.get(at..)).unwrap_or_default();
    format!("{start} … {end}")
}

/// Whether `text` has only printable ASCII, so that no character has to be looked at. Reads eight bytes at a time,
/// because every line of a burst passes here and a loop over bytes took a twentieth of its instructions.
pub(crate) fn is_printable_ascii(text: &str) -> bool {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = 0x80 * ONES;
    const SPACES: u64 = b' ' as u64 * ONES;
    const DELETES: u64 = 0x7f * ONES;
    let (words, rest) = text.as_bytes().as_chunks();
    // The high bit of a byte is set if it is beyond ASCII, below a space, or DEL.
    let is_odd = |word: u64| {
        let (below, delete) = (word.wrapping_sub(SPACES) & !word, word ^ DELETES);
        (word | below | (delete.wrapping_sub(ONES) & !delete)) & HIGH != 0
    };
    !words.iter().any(|word| is_odd(u64::from_ne_bytes(*word)))
        && rest.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Whether `c` could move the cursor, change the terminal, hide itself or reorder its neighbours.
///
/// These are Unicode's control characters (Cc), format characters (Cf) except the two joiners that
/// emoji and some scripts need, line and paragraph separators, private use and noncharacters.
pub(crate) fn is_unsafe(c: char) -> bool {
    matches!(u32::from(c),
        0x00..=0x1f | 0x7f..=0x9f                       // C0, DEL, C1
        | 0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f  // format characters
        | 0x890..=0x891 | 0x8e2 | 0x180e
        | 0x200b | 0x200e..=0x200f | 0x2028..=0x202e    // zero width, marks, separators, bidi
        | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb
        | 0x110bd | 0x110cd | 0x13430..=0x1345f | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a
        | 0xe0000..=0xe0fff                             // tags
        | 0xe000..=0xf8ff | 0xf0000..=0x10_ffff         // private use
        | 0xfdd0..=0xfdef | 0xfffe..=0xffff)
}

/// Hides API keys, signing secrets, and the user name and password of URLs. For text that may repeat what was typed,
/// such as an argument in the wrong place.
pub(crate) fn redact(text: &str) -> String {
    redact_credentials(&redact_keys(text))
}

/// `https://user:password@host` becomes `https://…@host`.
fn redact_credentials(text: &str) -> String {
    let mut parts = text.split("://");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("://");
        let end = part.find(|c: char| matches!(c, '/' | '?' | '#' | '`' | '\'') || c.is_whitespace());
        let (authority, rest) = part.split_at(end.unwrap_or(part.len()));
        match authority.rsplit_once('@') {
            Some((_, host)) => out.extend(["…@", host]),
            None => out.push_str(authority),
        }
        out.push_str(rest);
    }
    out
}

fn redact_keys(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let next = prefixes::all().filter_map(|prefix| rest.find(prefix).map(|at| (at, prefix.len()))).min();
        let Some((at, length)) = next else { break };
        let (before, secret) = rest.split_at(at + length);
        out.push_str(before);
        let end =
            secret.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=')));
        let end = end.unwrap_or(secret.len());
        if end > 0 {
            out.push('…');
        }
        rest = secret.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        for (text, shown) in [
            ("plain täxt 日本 👩‍💻", "plain täxt 日本 👩‍💻"),
            ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
            ("a\rb", "a\\x0db"),
            ("\u{9b}2J", "\\x9b2J"),
            ("a\nb\tc", "a\\x0ab\\x09c"),
            ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("\u{e0041}", "\\u{e0041}"),
            ("\u{feff}", "\\u{feff}"),
            ("\x07\x7f", "\\x07\\x7f"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }

    #[test]
    fn printable_ascii_is_recognized() {
        for place in 0..20 {
            for c in (0..=0x100).filter_map(char::from_u32) {
                let text = format!("{}{c}{}", "~".repeat(place), " ".repeat(19 - place));
                assert_eq!(is_printable_ascii(&text), (' '..='~').contains(&c), "{text:?}");
            }
        }
        assert!(is_printable_ascii(""));
    }

    #[test]
    fn keys_and_secrets_are_hidden() {
        assert_eq!(
            redact("unexpected argument 'sk_live_abc-D_1' found"),
            "unexpected argument 'sk_live_…' found"
        );
        assert_eq!(redact("whsec_x and pk_test_y"), "whsec_… and pk_test_…");
        assert_eq!(redact("sk_test_"), "sk_test_");
        assert_eq!(redact("nothing here"), "nothing here");
        assert_eq!(redact("`http://u:p@ss@h:1/a@b` x@y"), "`http://…@h:1/a@b` x@y");
        assert_eq!(redact("https://h/ and http://u@h2"), "https://h/ and http://…@h2");
    }

    #[test]
    fn very_long_texts_keep_both_ends() {
        assert_eq!(shorten("short"), "short");
        let long = format!("a{}z", "é".repeat(5_000));
        let short = shorten(&long);
        assert!(short.starts_with("aé") && short.ends_with("éz") && short.chars().count() <= 300);
        for text in ["é".repeat(5_000), "日".repeat(5_000)] {
            assert!((4_000..=4_096).contains(&shorten_for_json(&text).len()));
        }
        assert_eq!(shorten_for_json(&"x".repeat(4_096)).len(), 4_096);
    }
}
