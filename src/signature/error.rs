//! Why a signature was rejected, in words for the person who has to fix it.
//!
//! No text holds the secret, the expected signature or anything copied from the request, so each
//! may be logged and sent back as the response body.

use std::fmt;

use super::scheme::Scheme;
use crate::numbers::pluralize;

/// Why a webhook request was refused.
///
/// The texts are fragments that follow "could not verify the webhook: ".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is no header, or its value is blank.
    MissingHeader,

    /// The secret is empty, or nothing but white space, which is as good as public.
    MissingSecret,

    /// The header is not of a form cStar writes.
    Malformed {
        /// What is wrong with it, without repeating any of it.
        detail: String,
    },

    /// The signature is authentic, but its time is too far from now.
    OutsideTolerance {
        /// Whether the time lies before or after now.
        side: Side,
        /// Seconds between `t` and now, in either direction.
        age: u64,
        /// Seconds by which `age` is more than `tolerance`.
        by: u64,
        /// Seconds allowed.
        tolerance: u64,
        /// `t` has the 13 digits of a time in milliseconds.
        milliseconds: bool,
    },

    /// No signature of the header belongs to this body and this secret.
    Mismatch {
        /// The scheme of the header.
        scheme: Scheme,
        /// Length of the body that was checked, in bytes.
        body_bytes: usize,
    },

    /// The header has the old form and the verifier is strict.
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
                "the signature has the old `sha256=` form, which holds no time and can be replayed for ever, \
         and this verifier is strict: have the sender sign with `t=` and `v1=`",
            ),
        }
    }
}

impl std::error::Error for SignatureError {}

/// On which side of now a signature's time lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before now: a late delivery, a replay, or a clock here that runs ahead.
    Past,
    /// After now: a clock somewhere is wrong.
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
