//! `.cstar.toml`: the settings of a project, in the working directory or above it.
//!
//! It comes with a repository, which may be malicious, so it is not trusted: without trust it can select a profile of
//! test data, set a loopback server for the sandbox's public keys, and deliver to the default path on this machine.
//! Everything else is rejected until the user has trusted exactly this content.

mod error;
mod parse;
mod trust;

use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ProfileStoreError;
use crate::host::env::Env;
use crate::host::{dirs, paths, permissions, text};
use crate::net::without_credentials;
pub(crate) use error::ProjectError;
use parse::ProjectMembers;

pub(crate) const FILE: &str = ".cstar.toml";
/// A larger file is not a project file.
const LARGEST: u64 = 64 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct ProjectFile {
    pub(crate) path: PathBuf,
    pub(crate) members: ProjectMembers,
    /// SHA-256 of the file, in hexadecimal.
    pub(crate) digest: String,
    /// The configuration directory, where trust is recorded.
    config: Option<PathBuf>,
}

impl ProjectFile {
    /// The nearest project file, from the working directory upwards, but below the home directory. `None` when there is
    /// none. Fails when there is one that must not be used.
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

    /// Reads the project file at `path`, or the nearest one, to show it, also if another user owns it. `None` when
    /// there is none.
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
        // A directory can have several names; trust is recorded for the canonical one.
        let path = paths::canonical(&path).unwrap_or(path);
        let members = ProjectMembers::parse(&path, &text)?;
        Ok((Self { path, members, digest, config: dirs::config(env) }, access.is_trusted_owner))
    }

    /// Whether the user has trusted this file with this content.
    pub(crate) fn is_trusted(&self) -> Result<bool, ProfileStoreError> {
        match &self.config {
            Some(config) => trust::is_recorded(config, &self.path, &self.digest),
            None => Ok(false),
        }
    }

    /// Records that the user trusts this file with this content.
    pub(crate) fn trust(&self) -> Result<(), ProfileStoreError> {
        trust::record(self.config.as_deref().ok_or(ProfileStoreError::NoHome)?, &self.path, &self.digest)
    }

    /// Rejects a value that is not harmless, unless the file is trusted. Fails when the file is not trusted. Names the
    /// value, and `why` it needs trust.
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
}

/// The path of the nearest project file.
fn nearest(env: &Env) -> Option<PathBuf> {
    let current = dirs::current(env)?;
    let real = |path: &Path| paths::canonical(path).unwrap_or_else(|_| path.to_owned());
    let (current, home) = (real(current), dirs::home(env).map(real));
    let is_home = |directory: &&Path| home.as_deref() == Some(*directory);
    let below_home = current.ancestors().take_while(|directory| !is_home(directory));
    below_home.map(|directory| directory.join(FILE)).find(|path| path.symlink_metadata().is_ok())
}
