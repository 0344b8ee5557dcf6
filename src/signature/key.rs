//! HMAC-SHA256 for both schemes, and the comparison in constant time.

use std::fmt;

use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// An HMAC-SHA256 value.
pub(crate) type Tag = [u8; 32];

/// The block size of SHA-256, and so the length of a padded HMAC key.
const BLOCK: usize = 64;

/// The hash states of a secret, computed once for many bodies.
#[derive(Clone)]
pub(crate) struct Key(Hmac<Sha256>);

impl Key {
    /// Accepts a secret of any length. The padding of RFC 2104 is done here, because the constructor for a full block
    /// cannot fail.
    pub(crate) fn new(secret: &[u8]) -> Self {
        let mut block = [0; BLOCK];
        if secret.len() > BLOCK {
            fill(&mut block, &Sha256::digest(secret));
        } else {
            fill(&mut block, secret);
        }
        Self(Hmac::new(&block.into()))
    }

    /// The HMAC of the concatenated `parts`.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Tag {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The HMAC of `{t}.{body}`, or of the body alone without a time.
    pub(super) fn tag_at(&self, time: Option<i64>, body: &[u8]) -> Tag {
        match time {
            Some(time) => self.tag(&[time.to_string().as_bytes(), b".", body]),
            None => self.tag(&[body]),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

fn fill(block: &mut [u8; BLOCK], bytes: &[u8]) {
    for (slot, byte) in block.iter_mut().zip(bytes) {
        *slot = *byte;
    }
}

/// Whether `tag` is among `candidates`. Compares all of them, so that the time does not depend on which one matches.
pub(crate) fn any_equal(candidates: &[Tag], tag: &Tag) -> bool {
    let output = |tag: &Tag| CtOutput::<Sha256>::new((*tag).into());
    let tag = output(tag);
    candidates.iter().fold(false, |found, one| found | (output(one) == tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex_tag(secret: &[u8], message: &[u8]) -> String {
        hex::encode(Key::new(secret).tag(&[message]))
    }

    // RFC 4231, test cases 1, 2, 6 (key of 131 bytes) and the lengths around one block.
    #[test]
    fn agrees_with_rfc_4231() {
        assert_eq!(
            hex_tag(&[0x0b; 20], b"Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            hex_tag(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex_tag(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn padding_agrees_with_the_hmac_crate() {
        for length in [0, 1, 63, 64, 65, 128, 129] {
            let secret = vec![7; length];
            let mut theirs = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
            theirs.update(b"body");
            assert_eq!(hex_tag(&secret, b"body"), hex::encode(theirs.finalize().into_bytes()), "{length}");
        }
    }

    #[test]
    fn parts_are_signed_as_one_message() {
        let key = Key::new(b"k");
        assert_eq!(key.tag(&[b"a", b"", b"bc"]), key.tag(&[b"abc"]));
        assert_eq!(key.tag_at(Some(12), b"x"), key.tag(&[b"12.x"]));
        assert_eq!(key.tag_at(None, b"x"), key.tag(&[b"x"]));
    }

    #[test]
    fn any_candidate_may_match() {
        let (good, bad) = ([1; 32], [2; 32]);
        assert!(any_equal(&[good, bad, bad], &good));
        assert!(any_equal(&[bad, bad, good], &good));
        assert!(!any_equal(&[bad, bad], &good));
        assert!(!any_equal(&[], &good));
    }
}
