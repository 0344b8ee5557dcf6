//! Files for their owner alone: read only if no other user can change them, written so that no reader ever sees
//! half of one and a failure leaves the old one as it was.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use super::ProfileStoreError;
use crate::host::draft::{self, Draft};
use crate::host::file_lock::FileLock;
use crate::host::{permissions, private_fs};

/// Nothing of ours grows to this.
const LARGEST: u64 = 1024 * 1024;
const LOCK: &str = "config.lock";
/// Who holds the lock may be waiting for a keychain, more than once.
const LOCK_TIMEOUT: Duration = Duration::from_secs(15);

/// What others must not be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PermissionCheck {
    /// Change it.
    Change,
    /// Change or read it.
    Read,
}

/// The text of the file at `path`; `None` when there is none.
///
/// # Errors
/// When it cannot be read, is no text or no file, is too large, is another user's, or `check` does not hold; or
/// when others may put another file in its place.
pub(super) fn read(path: &Path, check: PermissionCheck) -> Result<Option<String>, ProfileStoreError> {
    let failed = |error| ProfileStoreError::Read { path: path.to_owned(), error };
    let (file, access) = match permissions::open_followed(path) {
        Ok(opened) => opened,
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

/// Refuses a directory in which somebody else could put a file of theirs in the place of ours. One that is
/// not there yet is made for its owner alone.
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

/// Replaces the file at `path`, which ends up readable by its owner alone. A symbolic link stays one: what
/// it names is replaced.
///
/// # Errors
/// When it cannot be written; what was there is still there then.
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

/// As [`write()`], for a text from which something was removed that must not stay: where there is no room for a
/// draft, as on a full disk, the file is overwritten in place.
///
/// # Errors
/// When neither can be done.
pub(super) fn write_shorter(path: &Path, text: &str) -> Result<(), ProfileStoreError> {
    match write(path, text) {
        Err(ProfileStoreError::Write { path, error }) => {
            private_fs::overwrite(&path, text).map_err(|_| ProfileStoreError::Write { path, error })
        }
        other => other,
    }
}

/// Removes the drafts of `path` that killed processes left. To be called under the lock.
///
/// # Errors
/// When one of them stays.
pub(super) fn clear_drafts(path: &Path) -> Result<(), ProfileStoreError> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut all = draft::leftovers(path);
    all.extend(draft::leftovers(&target));
    for path in all {
        draft::clear(&path).map_err(|error| ProfileStoreError::Write { path, error })?;
    }
    Ok(())
}

/// Makes `directory`, and what is above it, for its owner alone.
///
/// # Errors
/// As making it fails.
pub(super) fn create_directory(directory: &Path) -> Result<(), ProfileStoreError> {
    private_fs::create_directory(directory)
        .map_err(|error| ProfileStoreError::Write { path: directory.to_owned(), error })
}

/// Waits until no other process changes the files in `directory`.
///
/// # Errors
/// When another process does not finish, or the lock cannot be made.
pub(super) fn lock(directory: &Path) -> Result<FileLock, ProfileStoreError> {
    let path = directory.join(LOCK);
    FileLock::acquire(&path, LOCK_TIMEOUT).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => ProfileStoreError::Busy(directory.to_owned()),
        _ => ProfileStoreError::Write { path, error },
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).map(|file| file.permissions().mode() & 0o777).unwrap_or_default()
    }

    #[test]
    fn a_written_file_is_private_whole_and_alone() {
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
    fn what_others_can_read_or_change_is_refused_with_the_way_out() {
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
    fn a_failure_leaves_the_old_one() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("d");
        fs::create_dir(&path).unwrap();
        assert!(matches!(write(&path, "x"), Err(ProfileStoreError::Write { .. })));
        assert!(matches!(read(&path, PermissionCheck::Read), Err(ProfileStoreError::Read { .. })));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn a_link_stays_a_link() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real"), home.path().join("link"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        write(&link, "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    }
}
