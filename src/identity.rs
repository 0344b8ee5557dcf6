//! Customer identity signatures: sign who a customer is, and explain why such a signature fails. Pure.
//!
//! A chat widget may name its customer only with a signature that your server made. It is the HMAC-SHA256, as lower-case
//! hex, of the compact JSON of `email`, `externalId`, `name` and `timestamp`, in this order, without the members that
//! are undefined (documented: "Customer identity verification" in cStar's support pages). The key is the widget's
//! Production or Test key, with its `sk_live_` or `sk_test_`.
//!
//! cStar's page about chat in the JavaScript SDK describes another payload, `id`, `email` and `name`, with a "chat
//! secret". This module follows the support page: it is the newer and complete description, and published integrations
//! sign that way.
//!
//! ```
//! use cstar::identity::{CustomerIdentity, sign, verify};
//!
//! let customer = CustomerIdentity::new("user_42", "ada@example.com", 1_774_583_010).name("Ada");
//! assert_eq!(
//!     customer.to_json(),
//!     r#"{"email":"ada@example.com","externalId":"user_42","name":"Ada","timestamp":1774583010}"#
//! );
//! let signature = sign(&customer, "sk_test_from_the_environment");
//! assert_eq!(verify(&customer, &signature, "sk_test_from_the_environment"), Ok(()));
//! ```

mod cause;
mod draft;
mod error;
mod evidence;
mod explain;
mod keys;
mod payload;
#[cfg(test)]
mod tests;

pub use cause::Cause;
pub use error::IdentityError;
pub use explain::explain;
pub use payload::CustomerIdentity;
#[cfg(feature = "cli")]
pub(crate) use payload::{SentIdentity, read_sent};

use crate::signature::{Key, any_equal};

/// The signature of a customer: 64 lower-case hex digits.
///
/// `key` is used unchanged, with its prefix. An empty one is accepted here, but [`verify`] rejects it.
///
/// # Examples
/// ```
/// use cstar::identity::{CustomerIdentity, sign};
///
/// let customer = CustomerIdentity::new("user_42", "ada@example.com", 1_774_583_010);
/// assert_eq!(sign(&customer, "sk_test_a").len(), 64);
/// ```
#[must_use]
pub fn sign(customer: &CustomerIdentity, key: &str) -> String {
    hex::encode(Key::new(key.as_bytes()).tag(&[customer.to_json().as_bytes()]))
}

/// Verifies that `signature` is the one of this customer. Compares in constant time. cStar documents no limit for the
/// age, so none is checked.
///
/// # Errors
/// Checked in this order: a blank key, a missing signature, a malformed signature, a mismatch, a timestamp in
/// milliseconds.
pub fn verify(customer: &CustomerIdentity, signature: &str, key: &str) -> Result<(), IdentityError> {
    if key.chars().all(|c| c.is_whitespace() || c.is_control()) {
        return Err(IdentityError::MissingKey);
    }
    if signature.trim().is_empty() {
        return Err(IdentityError::MissingSignature);
    }
    let sent = parse(signature).ok_or(IdentityError::Malformed)?;
    let tag = Key::new(key.as_bytes()).tag(&[customer.to_json().as_bytes()]);
    if !any_equal(&[sent], &tag) {
        return Err(IdentityError::Mismatch);
    }
    if payload::is_in_milliseconds(customer.timestamp) {
        return Err(IdentityError::TimestampInMilliseconds);
    }
    Ok(())
}

fn parse(signature: &str) -> Option<[u8; 32]> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    if signature.len() != 64 || !signature.bytes().all(is_digit) {
        return None;
    }
    hex::decode(signature).ok()?.try_into().ok()
}
