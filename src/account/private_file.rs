//! Files for their owner alone: read only if nobody else can meddle, written so that no reader ever sees
//! half of one and a failure leaves the old one as it was.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::StoreError;
use crate::host::file_lock::FileLock;
use crate::host::{owner, private, random};

/// Nothing of ours grows to this.
const LARGEST: u64 = 1024 * 1024;
const LOCK: &str = "config.lock";
/// Who holds the lock may be waiting for a keychain, more than once.
const PATIENCE: Duration = Duration::from_secs(15);

/// What others must not be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// Change it.
    Change,
    /// Change or read it.
    Read,
}

/// The text of the file at `path`; `None` when there is none.
///
/// # Errors
/// When it cannot be read, is no text, or `guard` does not hold.
pub(super) fn read(path: &Path, guard: Guard) -> Result<Option<String>, StoreError> {
    let failed = |error| StoreError::Read { path: path.to_owned(), error };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let facts = owner::facts(&file).map_err(failed)?;
    if !facts.is_plain {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file")));
    }
    let open_to = match guard {
        Guard::Read if facts.is_shared() => Some("read"),
        Guard::Change if facts.is_writable_by_others() => Some("changed"),
        _ => None,
    };
    if let Some(what) = open_to {
        return Err(StoreError::OpenToOthers { path: path.to_owned(), what });
    }
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// Replaces the file at `path`, which ends up readable by its owner alone. A symbolic link stays one: what
/// it names is replaced.
///
/// # Errors
/// When it cannot be written; what was there is still there then.
pub(super) fn write(path: &Path, text: &str) -> Result<(), StoreError> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let draft = draft_of(&target);
    let written = write_draft(&draft, text).and_then(|()| fs::rename(&draft, &target));
    if let Err(error) = written {
        let _ = fs::remove_file(&draft);
        return Err(StoreError::Write { path: path.to_owned(), error });
    }
    settle(&target);
    Ok(())
}

/// Makes `directory`, and what is above it, for its owner alone.
///
/// # Errors
/// As making it fails.
pub(super) fn create_directory(directory: &Path) -> Result<(), StoreError> {
    private::create_directory(directory)
        .map_err(|error| StoreError::Write { path: directory.to_owned(), error })
}

/// Waits until no other process changes the files in `directory`.
///
/// # Errors
/// When another process does not finish, or the lock cannot be made.
pub(super) fn lock(directory: &Path) -> Result<FileLock, StoreError> {
    let path = directory.join(LOCK);
    FileLock::take(&path, PATIENCE).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => StoreError::Busy(directory.to_owned()),
        _ => StoreError::Write { path, error },
    })
}

/// In the same directory, because only there renaming is one step.
fn draft_of(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", random::alphanumeric::<8>()));
    target.with_file_name(name)
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = private::create_new(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes the renaming last through a power cut. Not every file system can, and the file is there anyway.
#[cfg(unix)]
fn settle(target: &Path) {
    if let Some(directory) = target.parent()
        && let Ok(directory) = File::open(directory)
    {
        let _ = directory.sync_all();
    }
}

#[cfg(not(unix))]
fn settle(_target: &Path) {}

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
        assert_eq!(read(&path, Guard::Read).unwrap(), None);
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(read(&path, Guard::Read).unwrap().as_deref(), Some("two"));
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn what_others_can_read_or_change_is_refused_with_the_way_out() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f");
        fs::write(&path, "x").unwrap();
        for (bits, guard, refused) in [
            (0o640, Guard::Read, true),
            (0o604, Guard::Read, true),
            (0o644, Guard::Change, false),
            (0o620, Guard::Change, true),
            (0o602, Guard::Change, true),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(bits)).unwrap();
            let result = read(&path, guard);
            assert_eq!(matches!(result, Err(StoreError::OpenToOthers { .. })), refused, "{bits:o}");
        }
    }

    #[test]
    fn a_failure_leaves_the_old_one() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("d");
        fs::create_dir(&path).unwrap();
        assert!(matches!(write(&path, "x"), Err(StoreError::Write { .. })));
        assert!(matches!(read(&path, Guard::Read), Err(StoreError::Read { .. })));
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
