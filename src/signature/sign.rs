//! Writing a signature.

use super::key::Key;

/// A signing secret made ready, for signing many bodies. Its `Debug` hides the key.
///
/// # Examples
/// ```
/// use cstar::signature::{Signer, sign};
///
/// let signer = Signer::new("whsec_test");
/// assert_eq!(signer.header(b"{}", 1_774_583_010), sign(b"{}", "whsec_test", 1_774_583_010));
/// ```
#[derive(Clone, Debug)]
pub struct Signer {
    key: Key,
}

impl Signer {
    /// The key is the UTF-8 bytes of `secret` exactly as given: nothing is trimmed, `whsec_` stays
    /// on, nothing is base64-decoded (documented by every published verifier). An empty secret is
    /// not refused here, but [`Verifier`](super::Verifier) refuses it.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self { key: Key::new(secret.as_bytes()) }
    }

    /// The value for `X-Signature` (and `cstar-signature`): `t=<timestamp>,v1=<64 lower-case hex
    /// digits>`, one item each, no white space. `timestamp` is unix seconds; take the time of this
    /// attempt, not of the event. One before 1970 is written with its sign, and no verifier takes it.
    #[must_use]
    pub fn header(&self, body: &[u8], timestamp: i64) -> String {
        let time = timestamp.to_string();
        let tag = self.key.tag(&[time.as_bytes(), b".", body]);
        format!("t={time},v1={}", hex::encode(tag))
    }
}

/// Signs `body` once: see [`Signer::header`].
///
/// # Examples
/// ```
/// let header = cstar::signature::sign(b"{}", "whsec_test", 1_774_583_010);
/// assert!(header.starts_with("t=1774583010,v1="));
/// ```
#[must_use]
pub fn sign(body: &[u8], secret: &str, timestamp: i64) -> String {
    Signer::new(secret).header(body, timestamp)
}
