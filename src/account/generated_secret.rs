//! The signing secret of last resort: made once and kept, so that a receiver's configuration stays
//! valid when neither the user nor the server names one.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Secret;
use crate::host::{private, random};

const FILE: &str = "signing-secret";

/// The kept secret could not be read or made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GeneratedSecretError {
    #[error("no home directory is known; set CSTAR_HOME, or name a secret with --secret")]
    NoHome,
    #[error("the signing secret file `{}`: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("the signing secret file `{}` can be read by others; run: chmod 600 '{}'", .0.display(), .0.display())]
    ReadableByOthers(PathBuf),
}

/// The secret kept in `config`, made on the first call. The file is readable by its owner alone.
pub(crate) fn generated_secret(config: Option<&Path>) -> Result<Secret, GeneratedSecretError> {
    let directory = config.ok_or(GeneratedSecretError::NoHome)?;
    let path = directory.join(FILE);
    let failed = |error| GeneratedSecretError::File { path: path.clone(), error };
    if let Some(secret) = read(&path).map_err(failed)? {
        if readable_by_others(&path).map_err(failed)? {
            return Err(GeneratedSecretError::ReadableByOthers(path));
        }
        return Ok(secret);
    }
    private::create_directory(directory).map_err(failed)?;
    let secret = format!("whsec_{}", random::alphanumeric::<32>());
    match write_new(&path, &secret) {
        Ok(()) => Ok(Secret::new(secret)),
        // Another process was faster: its secret counts.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(&path).map_err(failed)?.ok_or_else(|| failed(io::ErrorKind::InvalidData.into()))
        }
        Err(error) => Err(failed(error)),
    }
}

fn read(path: &Path) -> io::Result<Option<Secret>> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "it is empty; delete it"))
        }
        Ok(text) => Ok(Some(Secret::new(text.trim()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes beside the final name and links it there, so that no reader ever sees half a secret.
fn write_new(path: &Path, secret: &str) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.tmp", random::alphanumeric::<8>()));
    let result = write_draft(&draft, secret).and_then(|()| fs::hard_link(&draft, path));
    let _ = fs::remove_file(&draft);
    result
}

fn write_draft(draft: &Path, secret: &str) -> io::Result<()> {
    let mut file = private::create_new(draft)?;
    writeln!(file, "{secret}")?;
    file.sync_all()
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// Windows keeps a user's application data to that user by itself.
#[cfg(not(unix))]
fn readable_by_others(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_kept_private() {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("new");
        let first = generated_secret(Some(&config)).unwrap();
        assert!(first.expose().starts_with("whsec_"));
        assert_eq!(first.expose(), generated_secret(Some(&config)).unwrap().expose());
        assert_eq!(fs::read_dir(&config).unwrap().count(), 1, "no draft is left behind");
        assert!(!readable_by_others(&config.join(FILE)).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
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
