//! Text that a person made with an editor or a shell: UTF-8 with or without a byte order mark, and UTF-16
//! with one, which `>` of Windows PowerShell writes.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use secrecy::zeroize::Zeroizing;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
/// A file in UTF-16 is read as a whole.
const LARGEST_UTF16: u64 = 256 * 1024 * 1024;

/// Why bytes are no text. Reads on after the name of their source: "`a.json` is not UTF-8 text …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncodingError {
    /// No byte order mark says otherwise, and it is not UTF-8.
    #[error("is not UTF-8 text (byte {0} is wrong); save it as UTF-8")]
    Utf8(usize),
    /// The byte order mark says UTF-16, the rest does not keep to it.
    #[error("begins as UTF-16 but is not UTF-16 text; save it as UTF-8")]
    Utf16,
    /// UTF-32 and UTF-16 without a mark have zero bytes where JSON, TOML and keys have none.
    #[error("is not UTF-8 text but looks like UTF-16 or UTF-32; save it as UTF-8")]
    Wide,
}

/// The text, without its byte order mark.
///
/// # Errors
/// When the bytes are none of the encodings.
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

/// The same for what is too large to hold: UTF-8 loses its mark and is then read line by line.
///
/// # Errors
/// When it cannot be read; of the kind `InvalidData`, with a [`EncodingError`] inside, when it is no text.
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
    // It may be a key.
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
    fn what_is_no_text_is_named() {
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
        fn each_encoding_gives_the_same_text(text in "[^\\x00\u{feff}]{0,12}") {
            for bytes in encoded(&text) {
                prop_assert_eq!(decode(&bytes), Ok(text.clone()));
                let mut read = String::new();
                reader(&bytes[..]).unwrap().read_to_string(&mut read).unwrap();
                prop_assert_eq!(&read, &text);
            }
        }
    }
}
