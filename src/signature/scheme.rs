//! The two forms of a signature.

/// How a request was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// `t=...,v1=...`, over `{t}.{body}`.
    V1,
    /// `sha256=...`, over the body alone. No longer sent by cStar. It holds no time, so there is no
    /// replay window: whoever has seen one such request can send it again at any time.
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
