//! A lock between processes: held on an empty file beside the one that is changed.
//!
//! The operating system releases it when the process ends in whatever way.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long to sleep before looking again. Who holds the lock writes a small file.
const PAUSE: Duration = Duration::from_millis(5);

/// The lock; it is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Waits up to `timeout` for the lock on `path`, which is made if need be, for its owner alone.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when another process still has it; else as opening fails.
    pub(crate) fn acquire(path: &Path, timeout: Duration) -> io::Result<Self> {
        let deadline = Instant::now() + timeout;
        loop {
            match platform::try_acquire(path) {
                Ok(file) => return Ok(Self { _file: file }),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                Err(error) if Instant::now() >= deadline => return Err(error),
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    options
}

#[cfg(unix)]
mod platform {
    use std::fs::Metadata;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    use rustix::fs::{FlockOperation, OFlags, flock};

    use super::{File, Path, io, not_a_file, options};

    pub(super) fn try_acquire(path: &Path) -> io::Result<File> {
        // A pipe would be waited for.
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        let file =
            options().mode(0o600).custom_flags(flags).open(path).map_err(|error| match path.metadata() {
                Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => not_a_file(),
                _ => error,
            })?;
        if !file.metadata()?.is_file() {
            return Err(not_a_file());
        }
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        // Whoever had it before may have removed the file: then a lock on it excludes no other process.
        match path.metadata() {
            Ok(named) if is_same(&named, &file.metadata()?) => Ok(file),
            _ => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    fn is_same(one: &Metadata, other: &Metadata) -> bool {
        (one.dev(), one.ino()) == (other.dev(), other.ino())
    }
}

#[cfg(unix)]
fn not_a_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")
}

#[cfg(windows)]
mod platform {
    use std::os::windows::fs::OpenOptionsExt;

    use super::{File, Path, io, options};

    /// What opening says while another process has a file for itself alone.
    const SHARING_VIOLATION: i32 = 32;

    pub(super) fn try_acquire(path: &Path) -> io::Result<File> {
        options().share_mode(0).open(path).map_err(|error| match error.raw_os_error() {
            Some(SHARING_VIOLATION) => io::ErrorKind::WouldBlock.into(),
            _ => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let held = FileLock::acquire(&path, Duration::ZERO).unwrap();
        let error = FileLock::acquire(&path, Duration::from_millis(20)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        drop(held);
        FileLock::acquire(&path, Duration::ZERO).unwrap();
        assert!(FileLock::acquire(&directory.path().join("none").join("lock"), Duration::ZERO).is_err());
    }
}
