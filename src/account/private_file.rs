//! Reads and writes private files. A file is read only if no other user can change it, and is replaced atomically, so
//! that a failure leaves the old content.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use super::ProfileStoreError;
use crate::host::draft::{self, Draft};
use crate::host::file_lock::FileLock;
use crate::host::{paths, permissions, private_fs};

/// No file of ours gets this large.
const LARGEST: u64 = 1024 * 1024;
const LOCK: &str = "config.lock";
/// The process with the lock may wait for a keychain, several times.
const LOCK_TIMEOUT: Duration = Duration::from_secs(15);

/// What other users must not be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PermissionCheck {
    /// Change it.
    Change,
    /// Change or read it.
    Read,
}

/// The text of the file at `path`; `None` when there is none. Fails when the file cannot be read, is not text or not a
/// file, is too large, belongs to another user, or fails `check`; or when others could replace it.
pub(super) fn read(path: &Path, check: PermissionCheck) -> Result<Option<String>, ProfileStoreError> {
    let failed = |error| ProfileStoreError::Read { path: path.to_owned(), error };
    let (file, access) = match permissions::open_followed(path) {
        Ok(opened) => opened,
        // Windows reports that too when the directory is a file.
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.parent().is_some_and(Path::is_file) => {
            return Err(failed(private_fs::not_a_directory()));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if !access.is_regular_file {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")));
    }
    if let Some(directory) = path.parent() {
        check_directory(directory)?;
    }
    if !access.is_trusted_owner {
        return Err(ProfileStoreError::Foreign(path.to_owned()));
    }
    let open_to = match check {
        PermissionCheck::Read if access.is_open_to_others() => Some("read"),
        PermissionCheck::Change if access.is_writable_by_others() => Some("changed"),
        _ => None,
    };
    if let Some(what) = open_to {
        return Err(ProfileStoreError::OpenToOthers { path: path.to_owned(), what });
    }
    private_fs::read_text(file, LARGEST).map(Some).map_err(failed)
}

/// Rejects a directory in which other users could replace our files. A missing one is accepted, because it will be
/// created as private.
fn check_directory(directory: &Path) -> Result<(), ProfileStoreError> {
    let Ok(access) = permissions::access_at(directory) else { return Ok(()) };
    if !access.is_trusted_owner {
        return Err(ProfileStoreError::Foreign(directory.to_owned()));
    }
    if access.others_can_replace() {
        return Err(ProfileStoreError::OpenDirectory(directory.to_owned()));
    }
    Ok(())
}

/// Replaces the file at `path`. Only its owner can read the new one. If `path` is a symbolic link, its target is
/// replaced. Fails when it cannot be written. The old file is unchanged then.
pub(super) fn write(path: &Path, text: &str) -> Result<(), ProfileStoreError> {
    if let Some(directory) = path.parent() {
        check_directory(directory)?;
    }
    let written = Draft::create(path).and_then(|mut draft| {
        draft.write_all(text.as_bytes())?;
        draft.finish()
    });
    written.map_err(|error| ProfileStoreError::Write { path: path.to_owned(), error })
}

/// Like [`write()`], for a text from which a secret was removed: if no draft can be written, as on a full disk, the
/// file is overwritten in place. A stored key is worse than a file that a crash may damage. Fails when both fail.
pub(super) fn write_shorter(path: &Path, text: &str) -> Result<(), ProfileStoreError> {
    match write(path, text) {
        Err(ProfileStoreError::Write { path, error }) => {
            private_fs::overwrite(&path, text).map_err(|_| ProfileStoreError::Write { path, error })
        }
        other => other,
    }
}

/// Removes the drafts of `path` that killed processes left. Call it with the lock.
pub(super) fn clear_drafts(path: &Path) -> Result<(), ProfileStoreError> {
    let target = paths::canonical(path).unwrap_or_else(|_| path.to_owned());
    let mut all = draft::leftovers(path);
    all.extend(draft::leftovers(&target));
    for path in all {
        draft::clear(&path).map_err(|error| ProfileStoreError::Write { path, error })?;
    }
    Ok(())
}

/// Creates `directory` and its parents as private directories.
pub(super) fn create_directory(directory: &Path) -> Result<(), ProfileStoreError> {
    private_fs::create_directory(directory)
        .map_err(|error| ProfileStoreError::Write { path: directory.to_owned(), error })
}

/// Waits until no other process changes the files in `directory`.
pub(super) fn lock(directory: &Path) -> Result<FileLock, ProfileStoreError> {
    let path = directory.join(LOCK);
    FileLock::acquire(&path, LOCK_TIMEOUT).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => ProfileStoreError::Busy(directory.to_owned()),
        _ => ProfileStoreError::Write { path, error },
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).map(|file| file.permissions().mode() & 0o777).unwrap_or_default()
    }

    #[test]
    fn written_file_is_private_and_complete() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("a").join("b");
        create_directory(&directory).unwrap();
        assert_eq!(mode(&directory), 0o700);
        let path = directory.join("f");
        assert_eq!(read(&path, PermissionCheck::Read).unwrap(), None);
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(read(&path, PermissionCheck::Read).unwrap().as_deref(), Some("two"));
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn shared_files_are_rejected() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f");
        fs::write(&path, "x").unwrap();
        for (bits, check, refused) in [
            (0o640, PermissionCheck::Read, true),
            (0o604, PermissionCheck::Read, true),
            (0o644, PermissionCheck::Change, false),
            (0o620, PermissionCheck::Change, true),
            (0o602, PermissionCheck::Change, true),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(bits)).unwrap();
            let result = read(&path, check);
            assert_eq!(matches!(result, Err(ProfileStoreError::OpenToOthers { .. })), refused, "{bits:o}");
        }
    }

    #[test]
    fn failed_write_leaves_the_old_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("d");
        fs::create_dir(&path).unwrap();
        assert!(matches!(write(&path, "x"), Err(ProfileStoreError::Write { .. })));
        assert!(matches!(read(&path, PermissionCheck::Read), Err(ProfileStoreError::Read { .. })));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn symbolic_link_is_preserved() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real"), home.path().join("link"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        write(&link, "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    }
}
