//! Webhook signatures: sign, verify, and find out why one fails. Pure but for a default clock.
//!
//! cStar signs each delivery with the endpoint's `whsec_` secret and sends the result as
//! [`X-Signature`](SIGNATURE_HEADER): `t=<unix seconds>,v1=<hex>`, where the hex is the HMAC-SHA256
//! of `t`, a dot and the raw body (documented: "Signature verification" on cStar's webhooks page).
//! This is the Rust counterpart of `@cstar.help/js/webhook`; the names are the same but for their
//! case, and the same requests pass, with these differences:
//!
//! - any `v1` of several may match, not only the last;
//! - white space around items does not count;
//! - `t` must be digits only (a fraction is refused), and a signature exactly 64 hex digits.
//!
//! # What a signature does not do
//!
//! The same event can be delivered more than once, with a fresh signature each time: use the event's
//! id to do the work once. And the old `sha256=` form, which verifiers still accept, can be replayed
//! for ever: see [`Scheme::Legacy`], and refuse it with [`Verifier::strict`].

mod error;
mod explain;
mod header;
mod key;
mod sign;
mod verify;

#[cfg(test)]
mod tests;

pub use error::{Side, SignatureError};
pub use explain::{Cause, explain};
pub use sign::{Signer, sign};
pub use verify::{DEFAULT_TOLERANCE, Scheme, Verified, Verifier, verify_signature};

/// The header with the signature on every delivery (documented). Lower case, as header maps want it.
pub const SIGNATURE_HEADER: &str = "x-signature";

/// A second header with the same value, on requests forwarded by `cstar listen` only (documented).
pub const SIGNATURE_HEADER_ALIAS: &str = "cstar-signature";
