//! Owner and permissions of files. Checks the open file, not its path, which could be replaced in between.

use std::fs::File;
use std::io;
use std::path::Path;

/// Owner and permissions of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent property")]
pub(crate) struct FileAccess {
    /// Neither a directory nor a device.
    pub(crate) is_regular_file: bool,
    pub(crate) is_owned: bool,
    /// Owned by this user or the administrator.
    pub(crate) is_trusted_owner: bool,
    /// Sticky bit of a directory: users cannot rename or remove files of others.
    pub(crate) is_sticky: bool,
    pub(crate) world_readable: bool,
    pub(crate) group_readable: bool,
    pub(crate) world_writable: bool,
    pub(crate) group_writable: bool,
}

impl FileAccess {
    /// Whether other users may read or change it.
    pub(crate) fn is_open_to_others(self) -> bool {
        self.world_readable || self.group_readable || self.is_writable_by_others()
    }

    /// For a directory: whether other users may replace our files.
    pub(crate) fn others_can_replace(self) -> bool {
        self.is_writable_by_others() && !(self.is_owned && self.is_sticky)
    }

    /// Whether other users may change it.
    pub(crate) fn is_writable_by_others(self) -> bool {
        self.world_writable || self.group_writable
    }
}

/// Opens `path` for reading, without following a symbolic link and without blocking on a pipe.
pub(crate) fn open(path: &Path) -> io::Result<(File, FileAccess)> {
    platform::open(path)
}

/// Opens `path` for reading. Follows a symbolic link, and does not block on a pipe.
pub(crate) fn open_followed(path: &Path) -> io::Result<(File, FileAccess)> {
    platform::open_followed(path)
}

/// Owner and permissions of the file at `path`. Follows symbolic links.
pub(crate) fn access_at(path: &Path) -> io::Result<FileAccess> {
    Ok(platform::of(&path.metadata()?))
}

/// The mode, if it gives access to other users.
#[cfg(unix)]
pub(crate) fn mode_for_others(metadata: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// On Windows, application data is private by default.
#[cfg(not(unix))]
pub(crate) fn mode_for_others(_metadata: &std::fs::Metadata) -> Option<u32> {
    None
}

#[cfg(unix)]
mod platform {
    use std::fs::{Metadata, OpenOptions};
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    use rustix::fs::OFlags;
    use rustix::io::Errno;
    use rustix::process::geteuid;

    use super::{File, FileAccess, Path, io};

    pub(super) fn open(path: &Path) -> io::Result<(File, FileAccess)> {
        with(path, OFlags::NOFOLLOW | OFlags::NONBLOCK)
    }

    pub(super) fn open_followed(path: &Path) -> io::Result<(File, FileAccess)> {
        with(path, OFlags::NONBLOCK)
    }

    fn with(path: &Path, flags: OFlags) -> io::Result<(File, FileAccess)> {
        let opened = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
        let file = opened.map_err(|error| match Errno::from_io_error(&error) {
            // A socket cannot be opened at all: the first on Linux, the second on macOS.
            Some(Errno::NXIO | Errno::OPNOTSUPP) => {
                io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")
            }
            _ => error,
        })?;
        let access = access(&file)?;
        Ok((file, access))
    }

    pub(super) fn access(file: &File) -> io::Result<FileAccess> {
        Ok(of(&file.metadata()?))
    }

    pub(super) fn of(metadata: &Metadata) -> FileAccess {
        let may = |bits| metadata.mode() & bits != 0;
        let is_owned = metadata.uid() == geteuid().as_raw();
        FileAccess {
            is_regular_file: metadata.is_file(),
            is_owned,
            is_trusted_owner: is_owned || metadata.uid() == 0,
            is_sticky: may(0o1000),
            world_readable: may(0o004),
            group_readable: may(0o040),
            world_writable: may(0o002),
            group_writable: may(0o020),
        }
    }
}

#[cfg(not(unix))]
mod platform {
    //! On Windows, the files of a user are private by default.
    use super::{File, FileAccess, Path, io};

    pub(super) fn open(path: &Path) -> io::Result<(File, FileAccess)> {
        if path.symlink_metadata()?.is_symlink() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a symbolic link"));
        }
        open_followed(path)
    }

    pub(super) fn open_followed(path: &Path) -> io::Result<(File, FileAccess)> {
        use std::os::windows::fs::OpenOptionsExt;
        /// Otherwise a directory would be reported as a missing permission.
        const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
        let file =
            std::fs::OpenOptions::new().read(true).custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(path)?;
        let access = access(&file)?;
        Ok((file, access))
    }

    pub(super) fn access(file: &File) -> io::Result<FileAccess> {
        Ok(of(&file.metadata()?))
    }

    pub(super) fn of(metadata: &std::fs::Metadata) -> FileAccess {
        FileAccess {
            is_regular_file: metadata.is_file(),
            is_owned: true,
            is_trusted_owner: true,
            is_sticky: false,
            world_readable: false,
            group_readable: false,
            world_writable: false,
            group_writable: false,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn modes_are_read_without_following_links() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        fs::write(&path, "").unwrap();
        for (mode, shared, writable) in
            [(0o600, false, false), (0o640, true, false), (0o604, true, false), (0o620, true, true)]
        {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let (_, access) = open(&path).unwrap();
            assert!(access.is_regular_file && access.is_trusted_owner, "{mode:o}");
            assert_eq!(
                (access.is_open_to_others(), access.is_writable_by_others()),
                (shared, writable),
                "{mode:o}"
            );
        }
        let link = directory.path().join("l");
        symlink(&path, &link).unwrap();
        assert!(open(&link).is_err());
        assert!(!open(directory.path()).unwrap().1.is_regular_file);
    }
}
