//! How an export or import ends: what it moved, or why it failed.

use std::collections::BTreeMap;
use std::io;

use crate::host::io_error::io_message;
use crate::sandbox::http::error::ApiError;

/// How many of them a message names.
const NAMED: usize = 10;

/// How many objects of each kind.
pub(crate) type Counts = BTreeMap<&'static str, u64>;

/// Why an export or an import ended early. Every message fits after "could not ... the sandbox's state: ".
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransferError {
    #[error("{}", io_message(.0))]
    Io(#[from] io::Error),
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    #[error("line {line}: {reason}")]
    Line { line: u64, reason: String },
    #[error("it gives others access, which was not accepted: {}", shown_access(.0))]
    Access(Vec<String>),
}

fn shown_access(access: &[String]) -> String {
    let mut shown = access.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if let Some(more) = access.len().checked_sub(NAMED).filter(|more| *more > 0) {
        shown = format!("{shown} and {more} more");
    }
    shown
}

/// Why a line was not taken in.
pub(crate) enum Refused {
    Bad(String),
    Sql(rusqlite::Error),
}

impl Refused {
    pub(crate) fn at(self, line: u64) -> TransferError {
        match self {
            Self::Bad(reason) => TransferError::Line { line, reason },
            Self::Sql(error) => error.into(),
        }
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Bad(error.message.into_owned())
    }
}
