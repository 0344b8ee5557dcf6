//! Stable replacements that cannot be reversed without their key: the same text becomes the same replacement.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A key for replacements.
#[derive(Clone)]
pub(crate) struct PseudonymKey(Hmac<Sha256>);

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey")
    }
}

impl PseudonymKey {
    /// From random bytes, or a text of the user.
    pub(crate) fn new(salt: &[u8]) -> Self {
        use sha2::Digest;
        // A block of HMAC; a longer salt is hashed, so that no length can fail.
        let mut block = [0_u8; 64];
        let hash = Sha256::digest(salt);
        for (slot, byte) in block.iter_mut().zip(hash) {
            *slot = byte;
        }
        Self(Hmac::new(&block.into()))
    }

    /// Bytes that follow from `text` and what it is.
    pub(super) fn bytes(&self, kind: &str, text: &str) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The same as ten hexadecimal digits: enough for a million texts.
    pub(super) fn token(&self, kind: &str, text: &str) -> String {
        let mut token = hex::encode(self.bytes(kind, text));
        token.truncate(10);
        token
    }

    /// The same as a number of nine digits.
    pub(super) fn number(&self, kind: &str, text: &str) -> usize {
        let number = self
            .bytes(kind, text)
            .iter()
            .take(4)
            .fold(0, |number: usize, byte| number << 8 | usize::from(*byte));
        number % 1_000_000_000
    }
}
