//! Why a signature was rejected.
//!
//! No message contains the secret, the expected signature or any part of the request, so a message can be logged and
//! sent as the response body.

use std::fmt;

use super::scheme::Scheme;
use crate::numbers::pluralize;

/// Why a webhook request was refused.
///
/// `Display` gives a fragment that fits after "could not verify the webhook: ". It contains neither the secret nor any
/// part of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// The request has no signature header, or its value is blank.
    MissingHeader,

    /// The secret is empty or only white space, so anybody could sign with it.
    MissingSecret,

    /// The header has neither of the documented forms.
    Malformed {
        /// What is wrong with the header. Contains no part of its value.
        detail: String,
    },

    /// The signature matches, but its time is too far from the current time.
    OutsideTolerance {
        /// Whether `t` is before or after the current time.
        side: Side,
        /// Seconds between `t` and the current time.
        age: u64,
        /// `age` minus `tolerance`, in seconds.
        by: u64,
        /// The tolerance of the verifier, in seconds.
        tolerance: u64,
        /// Whether `t` has 13 digits and so seems to be in milliseconds.
        milliseconds: bool,
    },

    /// No signature in the header matches this body and this secret.
    Mismatch {
        /// The scheme of the header.
        scheme: Scheme,
        /// Length of the body in bytes.
        body_bytes: usize,
    },

    /// The header has the old `sha256=` form, and the verifier is strict.
    LegacyRefused,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingHeader => f.write_str(
                "the request has no signature: pass the value of its `X-Signature` header, \
         and check that no proxy in between removes it",
            ),
            Self::MissingSecret => f.write_str(
                "the signing secret is empty: set it to the `whsec_` value of this endpoint, \
         or to what `cstar listen --print-secret` prints",
            ),
            Self::Malformed { detail } => write!(
                f,
                "the signature header is malformed: {detail}; it should read `t=<unix seconds>,v1=<64 hex digits>`"
            ),
            Self::OutsideTolerance { side, age, by, tolerance, milliseconds } => {
                write!(f, "{}", outside_text(*side, *age, *by, *tolerance, *milliseconds))
            }
            Self::Mismatch { scheme, body_bytes } => write!(
                f,
                "no `{}` signature of the header matches the body ({}): check that the secret is \
         this endpoint's, and that the body is the raw bytes received, not parsed JSON written out again",
                scheme.name(),
                pluralize(*body_bytes as u64, "byte")
            ),
            Self::LegacyRefused => f.write_str(
                "the signature has the legacy `sha256=` form, which has no timestamp and can be replayed at any time, \
         so a strict verifier refuses it: have the sender sign with `t=` and `v1=`",
            ),
        }
    }
}

impl std::error::Error for SignatureError {}

/// Whether a signature's time is before or after the current time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before: the delivery was late or replayed, or the local clock is ahead.
    Past,
    /// After: the local clock or the sender's clock is wrong.
    Future,
}

fn outside_text(side: Side, age: u64, by: u64, tolerance: u64, milliseconds: bool) -> String {
    let limit = format!("{by} s beyond the {tolerance} s allowed");
    match side {
        _ if milliseconds => "the signature is authentic, but its `t` has 13 digits and so looks like \
             milliseconds: have the sender sign with unix seconds"
            .to_owned(),
        Side::Past => format!(
            "the signature is authentic but {age} s old, {limit}: the request was held back or replayed, \
             or the clock of this machine is ahead"
        ),
        Side::Future => format!(
            "the signature is authentic but dated {age} s in the future, {limit}: \
             set the clock of this machine, or the sender's"
        ),
    }
}
