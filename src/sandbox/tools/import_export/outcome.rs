//! The outcome of an export or import: counts or an error.

use std::collections::BTreeMap;
use std::io;

use crate::host::io_error::io_message;
use crate::sandbox::http::error::ApiError;

/// How many webhooks and keys an error message lists.
const NAMED: usize = 10;

/// The number of objects per kind.
pub(crate) type Counts = BTreeMap<&'static str, u64>;

/// Every message fits after "could not ... the sandbox's state: ".
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransferError {
    #[error("{}", io_message(.0))]
    Io(#[from] io::Error),
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    #[error("line {line}: {reason}")]
    Line { line: u64, reason: String },
    #[error("it gives others access, which was not accepted: {}", access_list(.0))]
    Access(Vec<String>),
}

fn access_list(access: &[String]) -> String {
    let mut list = access.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if let Some(more) = access.len().checked_sub(NAMED).filter(|more| *more > 0) {
        list = format!("{list} and {more} more");
    }
    list
}

/// Why a line was rejected.
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
