//! Why a profile or its key could not be read or changed.

use std::io;
use std::path::PathBuf;

use crate::account::{Backend, KeychainError};
use crate::host::io_error::io_message;

/// Why profiles or keys could not be read or changed. No message contains a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProfileStoreError {
    #[error("no home directory found")]
    NoHome,
    #[error("could not read `{}`: {}", path.display(), io_message(error))]
    Read { path: PathBuf, error: io::Error },
    #[error("could not write `{}`: {}", path.display(), io_message(error))]
    Write { path: PathBuf, error: io::Error },
    #[error("`{}` can be {what} by other users", path.display())]
    OpenToOthers { path: PathBuf, what: &'static str },
    #[error("`{}` belongs to another user", .0.display())]
    Foreign(PathBuf),
    #[error("other users can write to `{}`, so no key or trust is stored there", .0.display())]
    OpenDirectory(PathBuf),
    /// `line` is empty, or like `, line 3`.
    #[error("could not understand `{}`{line}: {reason}", path.display())]
    Corrupt { path: PathBuf, line: String, reason: String },
    #[error("`{}` was written by a newer cstar", .0.display())]
    Newer(PathBuf),
    #[error("timed out: another cstar process holds the lock on `{}`", .0.display())]
    Busy(PathBuf),
    #[error("{0}")]
    Keychain(#[from] KeychainError),
    #[error("{} has another key than profile `{profile}` was saved with", backend.describe())]
    OtherKey { profile: String, backend: Backend },
    #[error("`{0}` is not a valid profile name; use at most 64 letters, digits and - _ . @ +")]
    BadName(String),
    #[error("there is no profile `{0}`")]
    NoProfile(String),
}
