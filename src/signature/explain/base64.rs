//! A lenient base64 decoder: both alphabets, with or without padding, line breaks allowed. Only for guesses, which are
//! checked against a signature.
//!
//! The `base64` crate is not used: without the feature `cli` the library must have fewer than 30 dependencies, and the
//! crate has no engine that accepts both alphabets.

/// `None` if `text` is empty or not base64.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte != b'=' && !byte.is_ascii_whitespace())?;
    let mut out = Vec::with_capacity(end * 3 / 4 + 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.iter().take(end + 1).filter(|byte| !byte.is_ascii_whitespace()) {
        bits = (bits << 6 | u32::from(sextet(*byte)?)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.extend(u8::try_from(bits >> held & 0xff));
        }
    }
    // No encoder leaves a single character, which is 6 bits.
    (held < 6).then_some(out)
}

fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    // RFC 4648, section 10.
    #[test]
    fn agrees_with_rfc_4648() {
        for (text, plain) in [
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text.as_bytes()).as_deref(), Some(plain.as_bytes()), "{text}");
            assert_eq!(decode(text.trim_end_matches('=').as_bytes()).as_deref(), Some(plain.as_bytes()));
        }
    }

    #[test]
    fn both_alphabets_and_breaks_are_decoded() {
        assert_eq!(decode(b"+/8="), Some(vec![0xfb, 0xff]));
        assert_eq!(decode(b"-_8="), Some(vec![0xfb, 0xff]));
        assert_eq!(decode(b"Zm9v\r\nYmFy\n"), Some(b"foobar".to_vec()));
    }

    #[test]
    fn other_text_is_rejected() {
        for text in ["", "=", " ", "Z", "Zm9vY", "{\"id\":1}", "Zg==Zg==", "é"] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
