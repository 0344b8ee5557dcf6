//! A lock between processes, on an empty file. The operating system releases it when the process ends.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// The pause between attempts. The lock is held only while a small file is written.
const PAUSE: Duration = Duration::from_millis(5);

/// The lock, released on drop.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Waits up to `timeout` for the lock on `path`. Creates a missing file, accessible only to its owner.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when another process still holds it; other errors of opening the file.
    pub(crate) fn acquire(path: &Path, timeout: Duration) -> io::Result<Self> {
        let deadline = Instant::now() + timeout;
        loop {
            match try_acquire(path) {
                Ok(file) => return Ok(Self { _file: file }),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                Err(error) if Instant::now() >= deadline => return Err(error),
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
    }
}

fn try_acquire(path: &Path) -> io::Result<File> {
    let file = open(path).map_err(|error| match path.metadata() {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => not_a_file(),
        _ => error,
    })?;
    if !file.metadata()?.is_file() {
        return Err(not_a_file());
    }
    file.try_lock()?;
    // The previous holder may have removed the file. Then this lock does not exclude other processes.
    if is_at(&file, path) { Ok(file) } else { Err(io::ErrorKind::WouldBlock.into()) }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Otherwise, opening a pipe would block.
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        // Share reading and writing, but not deleting, so that the file keeps its name while it is open.
        options.share_mode(0x1 | 0x2);
    }
    options.open(path)
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    let opened = file.metadata().map(identity).ok();
    opened.is_some() && opened == path.metadata().map(identity).ok()
}

/// See the share mode in [`open`].
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

fn not_a_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_has_one_holder_at_a_time() {
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
