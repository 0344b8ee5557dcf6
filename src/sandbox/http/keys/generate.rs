//! The random part of a new API key, and of its id.

use crate::host::random::{self, NoRandomness};
use crate::sandbox_info::{KEY_LENGTH, KEY_MARK, KEY_MARK_AT};

/// What follows the prefix of a key (documented: 32 characters of base64url).
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What identifies a key, after `key_`.
pub(super) fn random_id() -> [u8; 12] {
    let mut id = [0; 12];
    for (slot, byte) in id.iter_mut().zip(random::alphanumeric::<12>().bytes()) {
        *slot = byte;
    }
    id
}

/// Of 25 random characters, around the mark of a sandbox.
pub(super) fn random_tail() -> Result<String, NoRandomness> {
    let bytes = random::secret_bytes::<{ KEY_LENGTH - KEY_MARK.len() }>()?;
    let mut tail: String = bytes.iter().map(|byte| char::from(BASE64URL[usize::from(byte & 63)])).collect();
    tail.insert_str(KEY_MARK_AT, KEY_MARK);
    Ok(tail)
}
