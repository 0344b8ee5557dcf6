//! Replaces files atomically: writes a draft beside the file, then renames it. A full disk or a killed process leaves
//! the old file unchanged.
//!
//! The draft has a fixed name, so that the draft of a killed process is found. It is locked while it is written.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{paths, private_fs};

const SUFFIX: &str = ".draft";

/// A draft of a file. Dropping it leaves the file unchanged.
#[derive(Debug)]
pub(crate) struct Draft {
    /// `None` once it is closed.
    file: Option<File>,
    /// `None` when the target is not a regular file, such as a pipe or a device.
    path: Option<PathBuf>,
    target: PathBuf,
}

impl Draft {
    /// Creates a private draft for the file at `target`. If `target` is a symbolic link, its target is replaced.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when another process is writing the same file; other errors of creating the draft.
    pub(crate) fn create(target: &Path) -> io::Result<Self> {
        let target = paths::canonical(target).unwrap_or_else(|_| target.to_owned());
        if target.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
        }
        let path = draft_path(&target);
        let file = platform::claim(&path)?;
        Ok(Self { file: Some(file), path: Some(path), target })
    }

    /// The same, but opens a target that is not a regular file directly, such as `/dev/stdout` or a pipe.
    pub(crate) fn create_or_open(target: &Path) -> io::Result<Self> {
        match fs::metadata(target) {
            Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => {
                let file = fs::OpenOptions::new().write(true).open(target)?;
                Ok(Self { file: Some(file), path: None, target: target.to_owned() })
            }
            _ => Self::create(target),
        }
    }

    /// Gives the draft the mode of the file that it replaces. Windows has none: a new file inherits the access rules of
    /// its directory.
    pub(crate) fn copy_mode(&self) -> io::Result<()> {
        match (fs::metadata(&self.target), &self.file) {
            (Ok(metadata), Some(file)) if cfg!(unix) => file.set_permissions(metadata.permissions()),
            _ => Ok(()),
        }
    }

    /// Lets other users read the new file. A file that is replaced keeps its mode.
    pub(crate) fn make_readable(&self) -> io::Result<()> {
        match (&self.file, &self.path) {
            (Some(file), Some(_)) if !self.target.exists() => platform::make_readable(file),
            (Some(_), Some(_)) => self.copy_mode(),
            _ => Ok(()),
        }
    }

    /// Replaces the file with the draft. Fails when it cannot be written or renamed. The old file is unchanged then.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        if let Some(path) = self.path.clone() {
            self.sync()?;
            platform::replace(&mut self.file, &path, &self.target)?;
            self.path = None;
            sync_directory(&self.target);
        }
        Ok(())
    }

    /// Creates the file from the draft, unless the file exists.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when the file exists; else as for [`Draft::finish`].
    pub(crate) fn finish_if_absent(mut self) -> io::Result<()> {
        self.flush()?;
        self.sync()?;
        if let Some(path) = &self.path {
            fs::hard_link(path, &self.target)?;
            sync_directory(&self.target);
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_all)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), File::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            platform::remove(&mut self.file, path);
        }
    }
}

/// The path of the draft. It is in the directory of `target`, because renaming is atomic only within a file system.
pub(crate) fn draft_path(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(SUFFIX);
    target.with_file_name(name)
}

/// The drafts of `target` that killed processes left, including those of older versions, whose names end with eight
/// letters and `.tmp`.
pub(crate) fn leftovers(target: &Path) -> Vec<PathBuf> {
    let names = [target.file_name(), target.file_stem()].map(Option::unwrap_or_default);
    let is_draft = |name: &OsString| {
        if *name == draft_path(target).file_name().unwrap_or_default() {
            return true;
        }
        let Some(middle) = name.to_str().and_then(|name| name.strip_suffix(".tmp")) else { return false };
        names
            .iter()
            .filter_map(|known| middle.strip_prefix(known.to_str()?)?.strip_prefix('.'))
            .any(|tail| tail.len() == 8 && tail.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    let Some(entries) = target.parent().and_then(|directory| fs::read_dir(directory).ok()) else {
        return Vec::new();
    };
    let names = entries.flatten().map(|entry| entry.file_name()).filter(is_draft);
    names.map(|name| target.with_file_name(name)).collect()
}

/// Makes a rename survive a power cut. Errors are ignored, because not every file system supports it.
fn sync_directory(target: &Path) {
    if let Some(Ok(directory)) = target.parent().map(File::open) {
        let _ = directory.sync_all();
    }
}

fn busy() -> io::Error {
    io::Error::new(io::ErrorKind::WouldBlock, "another process is writing it")
}

#[cfg(unix)]
mod platform {
    //! The draft is locked until it has its final name.
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    use rustix::fs::OFlags;

    use super::{File, Path, busy, fs, io, private_fs};

    /// Processes that race for the name need only a few.
    const TRIES: u32 = 100;

    /// As a new file has it under the usual umask.
    pub(super) fn make_readable(file: &File) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o644))
    }

    /// Creates and locks a new file at `path`, after removing the draft of a killed process.
    pub(super) fn claim(path: &Path) -> io::Result<File> {
        for _ in 0..TRIES {
            match private_fs::create_new(path) {
                Ok(file) => {
                    if file.try_lock().is_ok() && is_at(&file, path) {
                        return Ok(file);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => clear(path)?,
                Err(error) => return Err(error),
            }
        }
        Err(busy())
    }

    /// Removes a draft that is not being written.
    pub(super) fn clear(path: &Path) -> io::Result<()> {
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let opened = fs::OpenOptions::new().read(true).custom_flags(flags).open(path);
        if let Ok(file) = &opened
            && file.metadata().is_ok_and(|metadata| metadata.is_file())
        {
            file.try_lock().map_err(|_| busy())?;
            if !is_at(file, path) {
                return Ok(());
            }
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn is_at(file: &File, path: &Path) -> bool {
        let place = |metadata: io::Result<fs::Metadata>| metadata.ok().map(|of| (of.dev(), of.ino()));
        let identity = place(file.metadata());
        identity.is_some() && identity == place(path.symlink_metadata())
    }

    pub(super) fn replace(_locked: &mut Option<File>, path: &Path, target: &Path) -> io::Result<()> {
        fs::rename(path, target)
    }

    pub(super) fn remove(_locked: &mut Option<File>, path: &Path) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(windows)]
mod platform {
    //! The draft is open without permission to delete it, so that no other process can remove or rename it. That
    //! includes this one: the file is closed first. A process that takes the name in between has written nothing yet,
    //! or has a complete draft of its own.
    use super::{File, Path, busy, fs, io, private_fs};
    use crate::host::replace::{is_in_use, replace as replace_file};

    /// It has the access rules of its directory already.
    pub(super) fn make_readable(_file: &File) -> io::Result<()> {
        Ok(())
    }

    /// Creates a new file at `path`, after removing the draft of a killed process.
    pub(super) fn claim(path: &Path) -> io::Result<File> {
        clear(path)?;
        private_fs::create_new_undeletable(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => busy(),
            _ if is_in_use(&error) => busy(),
            _ => error,
        })
    }

    /// Removes a draft that is not being written.
    pub(super) fn clear(path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) if is_in_use(&error) => Err(busy()),
            other => other,
        }
    }

    pub(super) fn replace(open: &mut Option<File>, path: &Path, target: &Path) -> io::Result<()> {
        drop(open.take());
        replace_file(path, target).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => busy(),
            _ => error,
        })
    }

    pub(super) fn remove(open: &mut Option<File>, path: &Path) {
        // One that is closed may have been replaced by the draft of another process.
        if open.take().is_some() {
            let _ = fs::remove_file(path);
        }
    }
}

/// Removes a draft that a killed process left.
pub(crate) fn clear(draft: &Path) -> io::Result<()> {
    platform::clear(draft)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_draft_leaves_the_old_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f");
        fs::write(&path, "old").unwrap();
        let mut draft = Draft::create(&path).unwrap();
        draft.write_all(b"half").unwrap();
        assert_eq!(Draft::create(&path).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        drop(draft);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        let mut draft = Draft::create(&path).unwrap();
        draft.write_all(b"new").unwrap();
        draft.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn leftover_drafts_are_replaced() {
        let home = tempfile::tempdir().unwrap();
        let (path, other) = (home.path().join("f"), home.path().join("other"));
        fs::write(&other, "mine").unwrap();
        for plant in [
            (|_, draft| fs::write(draft, "left")) as fn(&Path, &Path) -> io::Result<()>,
            // On Windows a link needs a privilege.
            #[cfg(unix)]
            |other, draft| std::os::unix::fs::symlink(other, draft),
            |other, draft| fs::hard_link(other, draft),
        ] {
            plant(&other, &draft_path(&path)).unwrap();
            assert_eq!(leftovers(&path), [draft_path(&path)]);
            let mut draft = Draft::create(&path).unwrap();
            draft.write_all(b"new").unwrap();
            draft.finish().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "new");
            assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
        }
    }

    #[test]
    fn old_leftover_drafts_are_found() {
        let home = tempfile::tempdir().unwrap();
        for name in
            ["k.toml.AbCd1234.tmp", "s.AbCd1234.tmp", "k.toml.tmp", "k.toml.short.tmp", "x.AbCd1234.tmp"]
        {
            fs::write(home.path().join(name), "").unwrap();
        }
        assert_eq!(leftovers(&home.path().join("k.toml")), [home.path().join("k.toml.AbCd1234.tmp")]);
        assert_eq!(leftovers(&home.path().join("s")), [home.path().join("s.AbCd1234.tmp")]);
        assert!(leftovers(&home.path().join("none").join("s")).is_empty());
    }

    #[test]
    fn only_one_process_creates_the_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f");
        Draft::create(&path).unwrap().finish_if_absent().unwrap();
        let again = Draft::create(&path).unwrap().finish_if_absent().unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
