//! The signing secret that is used when neither the user nor the server has one. It is created once and stored, so that
//! the configuration of a receiver stays valid.

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

const FILE: &str = "signing-secret";

/// The stored secret could not be read or created.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GeneratedSecretError {
    #[error("no home directory found; set CSTAR_HOME, or pass a secret with --secret")]
    NoHome,
    #[error("the signing secret file `{}`: {}", path.display(), io_message(error))]
    File { path: PathBuf, error: io::Error },
    #[error("the signing secret file `{}` can be read by others; run: chmod 600 '{}'", .0.display(), .0.display())]
    ReadableByOthers(PathBuf),
    #[error("the signing secret file: {0}")]
    Refused(ProfileStoreError),
    #[error("could not create a signing secret: {0}")]
    Random(#[from] NoRandomness),
}

/// The secret in `config`, created on the first call. Only the owner can read the file.
pub(crate) fn generated_secret(config: Option<&Path>) -> Result<Secret, GeneratedSecretError> {
    let directory = config.ok_or(GeneratedSecretError::NoHome)?;
    let path = directory.join(FILE);
    let failed = |error| GeneratedSecretError::File { path: path.clone(), error };
    if let Some(secret) = read(&path)? {
        return Ok(secret);
    }
    let secret = format!("{}{}", prefixes::SIGNING_SECRET, random::secret::<32>()?);
    private_fs::create_directory(directory).map_err(failed)?;
    let _lock = private_file::lock(directory).map_err(GeneratedSecretError::Refused)?;
    match write_new(&path, &secret) {
        Ok(()) => Ok(Secret::new(secret)),
        // Another process was faster; use its secret.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(&path)?.ok_or_else(|| failed(io::ErrorKind::InvalidData.into()))
        }
        Err(error) => Err(failed(error)),
    }
}

fn read(path: &Path) -> Result<Option<Secret>, GeneratedSecretError> {
    let failed = |error| GeneratedSecretError::File { path: path.to_owned(), error };
    match private_file::read(path, PermissionCheck::Read) {
        Ok(Some(text)) if text.trim().is_empty() => {
            Err(failed(io::Error::new(io::ErrorKind::InvalidData, "it is empty; delete it")))
        }
        Ok(text) => Ok(text.map(|text| Secret::new(text.trim()))),
        Err(ProfileStoreError::Read { error, .. }) => Err(failed(error)),
        Err(ProfileStoreError::OpenToOthers { path, .. }) => {
            Err(GeneratedSecretError::ReadableByOthers(path))
        }
        Err(error) => Err(GeneratedSecretError::Refused(error)),
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
    }

    #[cfg(unix)]
    #[test]
    fn readable_secret_file_is_rejected() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(FILE);
        fs::write(&path, "whsec_x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let error = generated_secret(Some(home.path())).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
        assert!(!error.contains("whsec_x"), "{error}");
    }
}
