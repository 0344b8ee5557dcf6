//! Signs the body of a delivery.

use super::key::{Key, Tag};

/// Signs many bodies with one secret. `Debug` hides the key.
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
    /// Uses the UTF-8 bytes of `secret` as the key: not trimmed, with its `whsec_` prefix, not decoded from base64
    /// (documented). An empty secret is accepted here, but [`Verifier`](super::Verifier) rejects it.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self { key: Key::new(secret.as_bytes()) }
    }

    /// The value for `X-Signature` and `cstar-signature`: `t=<timestamp>,v1=<64 lower-case hex digits>`, without white
    /// space. `timestamp` is the time of the attempt in unix seconds, not the time of the event. Verifiers reject a
    /// negative one.
    #[must_use]
    pub fn header(&self, body: &[u8], timestamp: i64) -> String {
        let time = timestamp.to_string();
        let tag = self.key.tag(&[time.as_bytes(), b".", body]);
        // `hex::encode` pushes character by character, which takes longer than hashing a small body.
        let mut digits = [0; 2 * size_of::<Tag>()];
        let _ = hex::encode_to_slice(tag, &mut digits);
        let digits = str::from_utf8(&digits).unwrap_or_default();
        let mut header = String::with_capacity("t=,v1=".len() + time.len() + digits.len());
        for part in ["t=", &time, ",v1=", digits] {
            header.push_str(part);
        }
        header
    }
}

/// The hexadecimal digits that a signature of `body` has at `timestamp`, or without one in the old form.
#[cfg(feature = "cli")]
pub(crate) fn expected(body: &[u8], secret: &str, timestamp: Option<i64>) -> String {
    hex::encode(Key::new(secret.as_bytes()).tag_at(timestamp, body))
}

/// Signs one body. To sign several with the same secret, use a [`Signer`]; the value is that of [`Signer::header`].
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
