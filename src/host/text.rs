//! Decodes text from editors and shells: UTF-8 with or without a byte order mark, and UTF-16 with one, which `>` in
//! Windows PowerShell writes.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use secrecy::zeroize::Zeroizing;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
/// UTF-16 files are read into memory.
const LARGEST_UTF16: u64 = 256 * 1024 * 1024;

/// Why bytes are not text. The message fits after the name of their source: "`a.json` is not UTF-8 text …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncodingError {
    /// Neither UTF-8 nor a known byte order mark.
    #[error("is not UTF-8 text (byte {0} is wrong); save it as UTF-8")]
    Utf8(usize),
    /// A byte order mark of UTF-16, and then invalid UTF-16.
    #[error("begins as UTF-16 but is not UTF-16 text; save it as UTF-8")]
    Utf16,
    /// UTF-32, or UTF-16 without a mark: zero bytes, which JSON, TOML and keys do not contain.
    #[error("is not UTF-8 text but looks like UTF-16 or UTF-32; save it as UTF-8")]
    Wide,
}

/// Decodes a text and removes its byte order mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, EncodingError> {
    if let Some(rest) = bytes.strip_prefix(UTF8_MARK) {
        return utf8(rest, UTF8_MARK.len());
    }
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err(EncodingError::Wide),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0, 1..=0x7f, 0, ..] | [1..=0x7f, 0, _, 0, ..] => Err(EncodingError::Wide),
        plain => utf8(plain, 0),
    }
}

/// The same for large sources: UTF-8 is not read into memory, and only its mark is removed. Fails when the source
/// cannot be read. [`io::ErrorKind::InvalidData`] with an [`EncodingError`] when it is not text.
pub(crate) fn reader<'a>(mut source: impl Read + 'a) -> io::Result<Box<dyn BufRead + 'a>> {
    let mut start = Vec::new();
    source.by_ref().take(4).read_to_end(&mut start)?;
    let wide = start.contains(&0) || start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]);
    if wide {
        let mut all = start;
        source.take(LARGEST_UTF16).read_to_end(&mut all)?;
        let text = decode(&all).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        return Ok(Box::new(Cursor::new(text.into_bytes())));
    }
    let rest = start.strip_prefix(UTF8_MARK).map(<[u8]>::to_vec).unwrap_or(start);
    Ok(Box::new(BufReader::new(Cursor::new(rest).chain(source))))
}

fn utf8(bytes: &[u8], before: usize) -> Result<String, EncodingError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(EncodingError::Utf8(before + error.valid_up_to() + 1)),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, EncodingError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(EncodingError::Utf16);
    }
    // The text may be a key.
    let units: Zeroizing<Vec<u16>> = Zeroizing::new(pairs.iter().map(|pair| unit(*pair)).collect());
    String::from_utf16(&units).map_err(|_| EncodingError::Utf16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(text: &str) -> [Vec<u8>; 4] {
        let wide = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
            mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
        };
        [
            text.as_bytes().to_vec(),
            [UTF8_MARK, text.as_bytes()].concat(),
            wide(&[0xff, 0xfe], u16::to_le_bytes),
            wide(&[0xfe, 0xff], u16::to_be_bytes),
        ]
    }

    #[test]
    fn invalid_text_is_reported() {
        assert_eq!(decode(b"{\"a\":\"\xe9\"}"), Err(EncodingError::Utf8(7)));
        assert_eq!(decode(b"\xef\xbb\xbf\xff"), Err(EncodingError::Utf8(4)));
        assert_eq!(decode(b"\xff\xfe{"), Err(EncodingError::Utf16));
        assert_eq!(decode(b"\xff\xfe\x00\xd8"), Err(EncodingError::Utf16));
        assert_eq!(decode(b"{\0}\0"), Err(EncodingError::Wide));
        assert_eq!(decode(b"\0{\0}"), Err(EncodingError::Wide));
        assert_eq!(decode(b"\xff\xfe\0\0{\0\0\0"), Err(EncodingError::Wide));
        assert!(EncodingError::Utf8(1).to_string().contains("is not UTF-8 text"));
        assert!(reader(&b"{\0}\0"[..]).is_err());
    }

    proptest! {
        #[test]
        fn all_encodings_decode_to_the_same_text(text in "[^\\x00\u{feff}]{0,12}") {
            for bytes in encoded(&text) {
                prop_assert_eq!(decode(&bytes), Ok(text.clone()));
                let mut read = String::new();
                reader(&bytes[..]).unwrap().read_to_string(&mut read).unwrap();
                prop_assert_eq!(&read, &text);
            }
        }
    }
}
