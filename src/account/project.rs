//! `.cstar.toml`: what a project wants, found upwards from the working directory.
//!
//! It comes with a repository that anybody may have written, so it is not believed: on its own it can pick
//! a profile of test data, name a server on this machine for the sandbox's public keys, and deliver to the
//! default path on this machine. The rest is refused until the user has trusted that very content.

mod parse;
mod trust;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ProfileStoreError;
use crate::host::env::Env;
use crate::host::io_error::io_message;
use crate::host::{dirs, permissions, text};
use crate::net::without_credentials;

/// The name of a project file.
pub(crate) const FILE: &str = ".cstar.toml";
/// A larger one is something else.
const LARGEST: u64 = 64 * 1024;

/// A project file.
#[derive(Clone, Debug)]
pub(crate) struct ProjectFile {
    pub(crate) path: PathBuf,
    pub(crate) profile: Option<String>,
    pub(crate) base_url: Option<String>,
    pub(crate) forward_to: Vec<String>,
    /// Each is `PATTERN=TARGET`.
    pub(crate) routes: Vec<String>,
    /// SHA-256 of the file, in hexadecimal.
    pub(crate) digest: String,
    /// Where trust is recorded, if there is such a place.
    config: Option<PathBuf>,
}

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

impl ProjectFile {
    /// The nearest project file: in the working directory or above it, but not in the home directory or
    /// above that. `None` when there is none.
    ///
    /// # Errors
    /// When there is one that cannot be obeyed.
    pub(crate) fn find(env: &Env) -> Result<Option<Self>, ProjectError> {
        match nearest(env) {
            Some(path) => {
                let (project, is_trusted_owner) = Self::read(path, env)?;
                if !is_trusted_owner && !project.is_trusted()? {
                    return Err(ProjectError::Foreign(project.path));
                }
                Ok(Some(project))
            }
            None => Ok(None),
        }
    }

    /// Reads the project file at `path`, or the nearest one, to decide about it: whose it is, does not
    /// matter. `None` when there is none.
    ///
    /// # Errors
    /// As for [`ProjectFile::find`].
    pub(crate) fn inspect(path: Option<PathBuf>, env: &Env) -> Result<Option<Self>, ProjectError> {
        match path.or_else(|| nearest(env)) {
            Some(path) => Ok(Some(Self::read(path, env)?.0)),
            None => Ok(None),
        }
    }

    fn read(path: PathBuf, env: &Env) -> Result<(Self, bool), ProjectError> {
        let odd = |what| Err(ProjectError::Odd { path: path.clone(), what });
        if path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
            return odd("a symbolic link");
        }
        let failed = |error| ProjectError::Unreadable { path: path.clone(), error };
        let (file, access) = permissions::open(&path).map_err(failed)?;
        if !access.is_regular_file {
            return odd("not a file");
        }
        if access.world_writable {
            return Err(ProjectError::WritableByAll(path));
        }
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > LARGEST {
            return odd("larger than 64 KiB");
        }
        let digest = hex::encode(Sha256::digest(&bytes));
        let Ok(text) = text::decode(&bytes) else { return odd("not UTF-8 text; save it as UTF-8") };
        // The directory may be reached by several names, the trust is for one.
        let path = path.canonicalize().unwrap_or(path);
        let config = dirs::config(env);
        let empty = Self {
            path,
            profile: None,
            base_url: None,
            forward_to: Vec::new(),
            routes: Vec::new(),
            digest,
            config,
        };
        Ok((parse::parse_members(empty, &text)?, access.is_trusted_owner))
    }

    /// Whether the user has trusted this file with this content.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub(crate) fn is_trusted(&self) -> Result<bool, ProfileStoreError> {
        match &self.config {
            Some(config) => trust::is_recorded(config, &self.path, &self.digest),
            None => Ok(false),
        }
    }

    /// Records that the user trusts this file with this content.
    ///
    /// # Errors
    /// When that cannot be written.
    pub(crate) fn trust(&self) -> Result<(), ProfileStoreError> {
        trust::record(self.config.as_deref().ok_or(ProfileStoreError::NoHome)?, &self.path, &self.digest)
    }

    /// For a value that is not harmless.
    ///
    /// # Errors
    /// When the file is not trusted; names what it wants, and `why` that needs trust.
    pub(crate) fn require_trust(
        &self,
        member: &'static str,
        value: &str,
        why: impl Into<String>,
    ) -> Result<(), ProjectError> {
        if self.is_trusted()? {
            return Ok(());
        }
        let (path, value) = (self.path.clone(), without_credentials(value));
        Err(ProjectError::Untrusted { path, member, value, why: why.into() })
    }

    /// What it asks for, each with the name of its member.
    pub(crate) fn settings(&self) -> Vec<(&'static str, &str)> {
        let singles = [("profile", &self.profile), ("base_url", &self.base_url)];
        let singles = singles.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let lists = [("forward_to", &self.forward_to), ("routes", &self.routes)];
        let lists =
            lists.into_iter().flat_map(|(name, values)| values.iter().map(move |v| (name, v.as_str())));
        singles.chain(lists).collect()
    }
}

/// The path of the nearest project file.
fn nearest(env: &Env) -> Option<PathBuf> {
    let current = dirs::current(env)?;
    let home = dirs::home(env).map(|home| home.canonicalize().unwrap_or_else(|_| home.to_owned()));
    let is_home = |directory: &&Path| home.as_deref() == Some(*directory);
    let below_home = current.ancestors().take_while(|directory| !is_home(directory));
    below_home.map(|directory| directory.join(FILE)).find(|path| path.symlink_metadata().is_ok())
}
