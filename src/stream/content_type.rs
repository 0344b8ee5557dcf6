//! The content type of a response that is not an event stream.

use std::fmt;

/// The content type of a body that is not an event stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ContentType {
    /// No content (204).
    Empty,
    /// The response has no content type.
    Unnamed,
    /// Another media type.
    Other(String),
    /// An event stream with a content encoding, although none was accepted.
    Encoded(String),
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no content"),
            Self::Unnamed => f.write_str("content of no type"),
            Self::Other(name) => f.write_str(name),
            Self::Encoded(encoding) => write!(f, "a stream in the encoding {encoding}"),
        }
    }
}
