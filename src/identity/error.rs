//! Why an identity or its signature is rejected.

use std::fmt;

/// Why an identity or its signature is rejected. `Display` contains no part of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentityError {
    /// The key is empty or only white space.
    MissingKey,
    /// The signature is empty.
    MissingSignature,
    /// The signature is not 64 lower-case hex digits.
    Malformed,
    /// The signature is not that of this customer and key.
    Mismatch,
    /// The signature matches, but the timestamp is in milliseconds.
    TimestampInMilliseconds,
    /// The JSON does not describe a customer.
    Payload {
        /// What is wrong.
        detail: String,
    },
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingKey => f.write_str("the identity key is missing or blank"),
            Self::MissingSignature => f.write_str("the signature is missing"),
            Self::Malformed => f.write_str("the signature does not consist of 64 lower-case hex digits"),
            Self::Mismatch => f.write_str("the signature does not match this customer and key"),
            Self::TimestampInMilliseconds => f.write_str("the timestamp is in milliseconds, not seconds"),
            Self::Payload { detail } => f.write_str(detail),
        }
    }
}

impl std::error::Error for IdentityError {}
