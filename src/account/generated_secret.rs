//! Secrets that this program makes. They are created once and stored: the signing secret that is used when neither the
//! user nor the server has one, so that the configuration of a receiver stays valid, and the token of the inspector, so
//! that a page that is open survives a restart.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Secret;
use crate::host::draft::Draft;
use crate::host::io_error::io_message;
use crate::host::random::NoRandomness;
use crate::host::{private_fs, random};
use crate::secret::prefixes;

use super::ProfileStoreError;
use super::private_file::{self, PermissionCheck};

/// One stored secret: the name of its file, what it is, and how it begins.
struct Kind {
    file: &'static str,
    what: &'static str,
    prefix: &'static str,
}

const SIGNING_SECRET: Kind =
    Kind { file: "signing-secret", what: "signing secret", prefix: prefixes::SIGNING_SECRET };
const INSPECTOR_TOKEN: Kind = Kind { file: "inspector-token", what: "inspector token", prefix: "" };

/// The stored secret could not be read or created.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GeneratedSecretError {
    #[error("no home directory found; set CSTAR_HOME, or pass a secret with --secret")]
    NoHome,
    #[error("the {what} file `{}`: {}", path.display(), io_message(error))]
    File { what: &'static str, path: PathBuf, error: io::Error },
    #[error("the {what} file `{}` can be read by others; run: chmod 600 '{}'", path.display(), path.display())]
    ReadableByOthers { what: &'static str, path: PathBuf },
    #[error("the {what} file: {error}")]
    Refused { what: &'static str, error: ProfileStoreError },
    #[error("could not create a secret: {0}")]
    Random(#[from] NoRandomness),
}

/// The signing secret in `config`, created on the first call. Only the owner can read the file.
pub(crate) fn generated_secret(config: Option<&Path>) -> Result<Secret, GeneratedSecretError> {
    SIGNING_SECRET.get(config)
}

/// The signing secret in `config`, if there is one.
pub(crate) fn stored_secret(config: Option<&Path>) -> Result<Option<Secret>, GeneratedSecretError> {
    let path = config.map(|directory| directory.join(SIGNING_SECRET.file));
    path.map_or(Ok(None), |path| SIGNING_SECRET.read(&path))
}

/// The token of the inspector in `config`, if there is one.
pub(crate) fn stored_inspector_token(config: Option<&Path>) -> Result<Option<Secret>, GeneratedSecretError> {
    let path = config.map(|directory| directory.join(INSPECTOR_TOKEN.file));
    path.map_or(Ok(None), |path| INSPECTOR_TOKEN.read(&path))
}

/// The token of the inspector in `config`, created on the first call. Only the owner can read the file.
pub(crate) fn inspector_token(config: Option<&Path>) -> Result<Secret, GeneratedSecretError> {
    INSPECTOR_TOKEN.get(config)
}

impl Kind {
    fn get(&self, config: Option<&Path>) -> Result<Secret, GeneratedSecretError> {
        let directory = config.ok_or(GeneratedSecretError::NoHome)?;
        let path = directory.join(self.file);
        if let Some(secret) = self.read(&path)? {
            return Ok(secret);
        }
        let secret = format!("{}{}", self.prefix, random::secret::<32>()?);
        private_fs::create_directory(directory).map_err(|error| self.failed(&path, error))?;
        let _lock = private_file::lock(directory).map_err(|error| self.refused(error))?;
        match write_new(&path, &secret) {
            Ok(()) => Ok(Secret::new(secret)),
            // Another process was faster; use its secret.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.read(&path)?.ok_or_else(|| self.failed(&path, io::ErrorKind::InvalidData.into()))
            }
            Err(error) => Err(self.failed(&path, error)),
        }
    }

    fn read(&self, path: &Path) -> Result<Option<Secret>, GeneratedSecretError> {
        match private_file::read(path, PermissionCheck::Read) {
            Ok(Some(text)) if text.trim().is_empty() => {
                let error = io::Error::new(io::ErrorKind::InvalidData, "it is empty; delete it");
                Err(self.failed(path, error))
            }
            Ok(text) => Ok(text.map(|text| Secret::new(text.trim()))),
            Err(ProfileStoreError::Read { error, .. }) => Err(self.failed(path, error)),
            Err(ProfileStoreError::OpenToOthers { path, .. }) => {
                Err(GeneratedSecretError::ReadableByOthers { what: self.what, path })
            }
            Err(error) => Err(self.refused(error)),
        }
    }

    fn failed(&self, path: &Path, error: io::Error) -> GeneratedSecretError {
        GeneratedSecretError::File { what: self.what, path: path.to_owned(), error }
    }

    fn refused(&self, error: ProfileStoreError) -> GeneratedSecretError {
        GeneratedSecretError::Refused { what: self.what, error }
    }
}

/// Writes a draft and links it to its final name, so that no reader ever sees half a secret.
fn write_new(path: &Path, secret: &str) -> io::Result<()> {
    let mut draft = Draft::create(path)?;
    writeln!(draft, "{secret}")?;
    draft.finish_if_absent()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn secret_is_created_once_and_private() {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("new");
        let first = generated_secret(Some(&config)).unwrap();
        assert!(first.expose().starts_with("whsec_"));
        assert_eq!(first.expose(), generated_secret(Some(&config)).unwrap().expose());
        assert_eq!(fs::read_dir(&config).unwrap().count(), 2, "it and the lock, no draft");
        let token = inspector_token(Some(&config)).unwrap();
        assert_eq!(token.expose().len(), 32);
        assert_eq!(token.expose(), inspector_token(Some(&config)).unwrap().expose());
    }

    #[cfg(unix)]
    #[test]
    fn readable_secret_file_is_rejected() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(SIGNING_SECRET.file);
        fs::write(&path, "whsec_x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let error = generated_secret(Some(home.path())).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
        assert!(!error.contains("whsec_x"), "{error}");
    }
}
