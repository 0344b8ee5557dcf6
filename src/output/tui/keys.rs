//! What is pressed, from the bytes that terminals send.

/// A pressed key. Modifiers of arrow keys and their like are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Char(char),
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Tab,
    Escape,
    Backspace,
    /// Ctrl-U
    ClearLine,
    /// Ctrl-L
    Redraw,
}

/// Longer sequences are not those of keys.
const LONGEST: usize = 16;
const ESCAPE: u8 = 0x1b;

/// Collects the bytes of one key.
#[derive(Debug, Default)]
pub(crate) struct KeyDecoder {
    pending: Vec<u8>,
}

impl KeyDecoder {
    /// The keys that end with this byte; mostly one or none.
    pub(crate) fn push(&mut self, byte: u8) -> Vec<Key> {
        let is_sequence = matches!(byte, b'[' | b'O');
        if self.pending == [ESCAPE] && !is_sequence {
            // Escape and another key in quick succession. Alt and a key sends the same, and means nothing here.
            self.pending.clear();
            return [Key::Escape].into_iter().chain(self.push(byte)).collect();
        }
        if byte == ESCAPE {
            // What came before was not a key.
            self.pending.clear();
        }
        self.pending.push(byte);
        let (key, is_complete) = match self.pending.as_slice() {
            [ESCAPE] | [ESCAPE, b'[' | b'O'] => (None, false),
            [ESCAPE, b'O', last] => (control(&[], *last), true),
            [ESCAPE, _, parameters @ .., last] => match last {
                0x40..=0x7e => (control(parameters, *last), true),
                _ => (None, false),
            },
            [byte] if byte.is_ascii() => (single(*byte), true),
            bytes => match std::str::from_utf8(bytes) {
                Ok(text) => (text.chars().next().map(Key::Char), true),
                Err(error) => (None, error.error_len().is_some()),
            },
        };
        if is_complete || self.pending.len() >= LONGEST {
            self.pending.clear();
        }
        Vec::from_iter(key)
    }

    /// Whether more bytes may follow.
    pub(crate) fn is_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// No more bytes followed: an escape character alone is the key of that name.
    pub(crate) fn timeout(&mut self) -> Option<Key> {
        let was_escape = self.pending == [ESCAPE];
        self.pending.clear();
        was_escape.then_some(Key::Escape)
    }
}

fn single(byte: u8) -> Option<Key> {
    match byte {
        b'\r' | b'\n' => Some(Key::Enter),
        b'\t' => Some(Key::Tab),
        0x7f | 0x08 => Some(Key::Backspace),
        0x15 => Some(Key::ClearLine),
        0x0c => Some(Key::Redraw),
        b' '..=b'~' => Some(Key::Char(char::from(byte))),
        _ => None,
    }
}

/// A sequence with these parameters and this end.
fn control(parameters: &[u8], last: u8) -> Option<Key> {
    let first = parameters.split(|byte| *byte == b';').next().unwrap_or_default();
    match (last, first) {
        (b'A', _) => Some(Key::Up),
        (b'B', _) => Some(Key::Down),
        (b'C', _) => Some(Key::Right),
        (b'D', _) => Some(Key::Left),
        (b'H', _) | (b'~', b"1" | b"7") => Some(Key::Home),
        (b'F', _) | (b'~', b"4" | b"8") => Some(Key::End),
        (b'Z', _) => Some(Key::Tab),
        (b'M', []) => Some(Key::Enter),
        (b'~', b"5") => Some(Key::PageUp),
        (b'~', b"6") => Some(Key::PageDown),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = KeyDecoder::default();
        let mut keys: Vec<Key> = bytes.iter().flat_map(|byte| decoder.push(*byte)).collect();
        keys.extend(decoder.timeout());
        keys
    }

    #[test]
    fn sequences_of_terminals_are_keys() {
        for (typed, key) in [
            ("j", Key::Char('j')),
            ("é", Key::Char('é')),
            ("🎉", Key::Char('🎉')),
            ("\x1b[A", Key::Up),
            ("\x1bOB", Key::Down),
            ("\x1b[1;5C", Key::Right),
            ("\x1b[5~", Key::PageUp),
            ("\x1b[6;2~", Key::PageDown),
            ("\x1b[H", Key::Home),
            ("\x1b[4~", Key::End),
            ("\x1b[Z", Key::Tab),
            ("\r", Key::Enter),
            ("\x1b", Key::Escape),
        ] {
            assert_eq!(keys(typed.as_bytes()), [key], "{typed:?}");
        }
        assert_eq!(
            keys(b"\x1b[3~j\x1bf\x1b\x1b[Bq"),
            [Key::Char('j'), Key::Escape, Key::Char('f'), Key::Escape, Key::Down, Key::Char('q')]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut typed = bytes;
            typed.extend_from_slice(b"\x1b[A");
            // Whatever came before, the next key is understood.
            prop_assert_eq!(keys(&typed).last().copied(), Some(Key::Up));
        }
    }
}
