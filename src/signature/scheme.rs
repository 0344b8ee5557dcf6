//! The two signature schemes.

/// The scheme of a signature. Both are documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// `t=...,v1=...`, over `{t}.{body}`.
    V1,
    /// `sha256=...`, over the body alone. cStar no longer sends it. It contains no time, so a captured request can be
    /// replayed at any time.
    Legacy,
}

impl Scheme {
    /// The name of the item that holds the signature: `v1` or `sha256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::Legacy => "sha256",
        }
    }
}
