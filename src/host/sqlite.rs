//! Opens SQLite files.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// Opens the file at `path`.
pub(crate) fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    #[cfg(windows)]
    if let Some(path) = long::verbatim(path) {
        return Connection::open_with_flags_and_vfs(path, flags, long::VFS);
    }
    Connection::open_with_flags(path, flags)
}

/// Opens the file at `path` to read it, without a lock and without the files that SQLite keeps beside it; `None` if that
/// is not possible. It must not change while it is open.
pub(crate) fn open_immutable(path: &Path) -> Option<Connection> {
    let mut uri = "file:".to_owned();
    for byte in path.to_str()?.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(byte.into()),
            _ => uri = format!("{uri}%{byte:02X}"),
        }
    }
    uri.push_str("?immutable=1");
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags).ok()
}

#[cfg(windows)]
mod long {
    //! Windows accepts a path of more than 260 characters only in the form `\\?\C:\dir\file`, and SQLite only with another
    //! one of its file systems.
    use std::path::{Path, PathBuf};

    pub(super) const VFS: &str = "win32-longpath";
    /// SQLite adds suffixes such as `-journal`.
    const LONG: usize = 240;

    /// The other form of a path that is too long for the usual one.
    pub(super) fn verbatim(path: &Path) -> Option<PathBuf> {
        let full = std::path::absolute(path).ok()?;
        if full.as_os_str().len() < LONG {
            return None;
        }
        let directory = full.parent()?.canonicalize().ok()?;
        Some(directory.join(full.file_name()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_at_long_paths_are_opened() {
        let home = tempfile::tempdir().unwrap();
        let directory = (0..6).fold(home.path().to_owned(), |path, _| path.join("d".repeat(50)));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("a file");
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let conn = open(&path, flags).unwrap();
        conn.pragma_update(None, "journal_mode", "wal").unwrap();
        conn.execute_batch("CREATE TABLE t (a)").unwrap();
        drop(conn);
        assert!(path.metadata().unwrap().len() > 0);
        open(&path, flags).unwrap().execute_batch("INSERT INTO t VALUES (1)").unwrap();
    }
}
