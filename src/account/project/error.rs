//! Why a project file is ignored.

use std::io;
use std::path::PathBuf;

use crate::account::ProfileStoreError;
use crate::host::io_error::io_message;

/// Why a project file is ignored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectError {
    #[error("could not read `{}`: {}", path.display(), io_message(error))]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("`{}` is ignored: it is {what}", path.display())]
    Odd { path: PathBuf, what: &'static str },
    #[error("`{}` is ignored: other users can write to it", .0.display())]
    WritableByAll(PathBuf),
    #[error("`{}` is ignored: it belongs to another user", .0.display())]
    Foreign(PathBuf),
    /// `line` is empty, or like `, line 3`.
    #[error("could not understand `{}`{line}: {reason}", path.display())]
    Wrong { path: PathBuf, line: String, reason: String },
    #[error("`{}`{line}: `{member}` is not allowed in a project file, which is meant to be shared", path.display())]
    Secret { path: PathBuf, line: String, member: String },
    #[error("{member} `{value}` of `{}` cannot be a target: {reason}", path.display())]
    BadTarget { path: PathBuf, member: &'static str, value: String, reason: String },
    #[error("`{}` is not trusted, and its {member} `{value}` {why}", path.display())]
    Untrusted { path: PathBuf, member: &'static str, value: String, why: String },
    #[error("{0}")]
    Store(#[from] ProfileStoreError),
}
