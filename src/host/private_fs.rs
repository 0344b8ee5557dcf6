//! Creates files and directories that only their owner can access. On Windows, application data is private by default.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use super::{permissions, text};

/// Creates `directory` and its missing parents.
pub(crate) fn create_directory(directory: &Path) -> io::Result<()> {
    if directory.as_os_str().is_empty() {
        return Ok(());
    }
    match make_directory(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let Some(above) = directory.parent() else { return Err(error) };
            create_directory(above)?;
            make_directory(directory)
        }
        other => other,
    }
}

/// Creates one directory, unless it exists. Sets the mode again, because with a umask such as 0177 the owner could
/// not enter the directory.
fn make_directory(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    let builder = {
        let mut builder = fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
    };
    #[cfg(windows)]
    let builder = fs::DirBuilder::new();
    match builder.create(directory) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if directory.is_dir() {
                Ok(())
            } else {
                Err(not_a_directory())
            }
        }
        #[cfg(unix)]
        Ok(()) => {
            use std::os::unix::fs::PermissionsExt;
            // Some file systems have no modes.
            let _ = fs::set_permissions(directory, fs::Permissions::from_mode(0o700));
            Ok(())
        }
        other => other,
    }
}

/// The error for a path that is not a directory.
pub(crate) fn not_a_directory() -> io::Error {
    io::Error::new(io::ErrorKind::NotADirectory, "it is not a directory")
}

pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let file = options().create_new(true).open(path)?;
    // With a umask such as 0277 the file could not be opened again.
    let _ = restrict(&file);
    Ok(file)
}

/// The same, and no process can remove or rename the file while it is open.
///
/// # Errors
/// When it exists or cannot be created.
#[cfg(windows)]
pub(crate) fn create_new_undeletable(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    const READ_AND_WRITE: u32 = 0x1 | 0x2;
    options().create_new(true).share_mode(READ_AND_WRITE).open(path)
}

/// Reads the text of an open file, in any supported encoding.
pub(crate) fn read_text(file: File, largest: u64) -> io::Result<String> {
    // It may be a key.
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(largest + 1).read_to_end(&mut bytes)?;
    let invalid = |reason| io::Error::new(io::ErrorKind::InvalidData, reason);
    if bytes.len() as u64 > largest {
        return Err(invalid(format!("it is larger than {} KiB", largest / 1024)));
    }
    text::decode(&bytes).map_err(|error| invalid(format!("it {error}")))
}

/// Overwrites a file in place with a text that is not longer, which needs no disk space. A crash may leave a broken
/// file, so this is only for removing secrets when no draft can be written. Fails when `text` is longer, or the file
/// cannot be written.
pub(crate) fn overwrite(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let metadata = file.metadata()?;
    let missing = metadata.len().checked_sub(text.len() as u64);
    let (true, Some(missing)) = (metadata.is_file(), missing) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    file.write_all(text.as_bytes())?;
    // Overwrites the rest before truncating, because truncated bytes may stay on the disk.
    file.write_all(&vec![b'\n'; usize::try_from(missing).unwrap_or_default()])?;
    file.sync_all()?;
    file.set_len(text.len() as u64)?;
    file.sync_all()
}

/// The header of a database file, and the position of the application id, which marks our files.
const SQLITE: &[u8] = b"SQLite format 3\0";
const APPLICATION_ID: std::ops::Range<usize> = 68..72;

/// Creates the file of a database, or checks an existing one with [`check_store`]. Fails when it cannot be created, or
/// the check fails.
pub(crate) fn create_store(path: &Path, application_id: i64) -> io::Result<()> {
    match create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check_store(path, application_id),
        other => other.map(drop),
    }
}

/// Checks a file before it is opened as a database. An empty file is accepted only if we created it: this user owns it,
/// and others have no access. If others have access to a file that is ours, not a link, and has our application id, the
/// access is removed.
///
/// The file is opened here only to remove access, because closing it releases the locks that SQLite holds on it in this
/// process. After the first time nothing has to be removed. SQLite creates its log with the same mode. Fails when it is
/// not a regular file, is empty and not ours, or cannot be inspected.
pub(crate) fn check_store(path: &Path, application_id: i64) -> io::Result<()> {
    let odd = |what| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    let link = path.symlink_metadata()?.is_symlink();
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        return odd("it is not a regular file");
    }
    let access = permissions::access_at(path)?;
    if metadata.len() == 0 && (link || !access.is_owned || access.is_open_to_others()) {
        return odd("it is empty, and cstar did not make it; move it away");
    }
    if link || !access.is_owned || !access.is_open_to_others() {
        return Ok(());
    }
    let (mut file, access) = permissions::open(path)?;
    let mut header = [0; 100];
    let is_store = file.read_exact(&mut header).is_ok()
        && header.starts_with(SQLITE)
        && header
            .get(APPLICATION_ID)
            .is_some_and(|id| id.iter().fold(0, |id, byte| id << 8 | i64::from(*byte)) == application_id);
    if is_store && access.is_regular_file && access.is_owned { restrict(&file) } else { Ok(()) }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn restrict(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn restrict(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn created_files_are_private() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("a/b");
        create_directory(&directory).unwrap();
        assert_eq!((mode(&directory), mode(&home.path().join("a"))), (0o700, 0o700));
        create_new(&directory.join("new")).unwrap();
        assert_eq!(mode(&directory.join("new")), 0o600);
        create_new(&directory.join("new")).unwrap_err();
    }

    /// "cSta" in the place of the application id.
    const ID: i64 = 0x6353_7461;

    fn store(id: &[u8]) -> Vec<u8> {
        let mut bytes = [SQLITE, &[0; 84]].concat();
        bytes[APPLICATION_ID].copy_from_slice(id);
        bytes
    }

    #[test]
    fn only_our_own_database_is_restricted() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        let open = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        };
        open(&store(b"cSta"));
        create_store(&path, ID).unwrap();
        assert_eq!(mode(&path), 0o600);
        for other in [store(b"cSsb"), b"text".to_vec()] {
            open(&other);
            create_store(&path, ID).unwrap();
            assert_eq!(mode(&path), 0o644);
        }
        let link = home.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        open(&store(b"cSta"));
        create_store(&link, ID).unwrap();
        assert_eq!(mode(&path), 0o644);
    }

    #[test]
    fn foreign_empty_file_is_rejected() {
        let home = tempfile::tempdir().unwrap();
        let (path, link) = (home.path().join("file"), home.path().join("link"));
        create_store(&path, ID).unwrap();
        create_store(&path, ID).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        create_store(&link, ID).unwrap_err();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        create_store(&path, ID).unwrap_err();
        create_store(home.path(), ID).unwrap_err();
    }

    #[test]
    fn large_texts_are_rejected() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        for (size, fits) in [(1024, true), (1025, false)] {
            fs::write(&path, vec![b'a'; size]).unwrap();
            assert_eq!(read_text(File::open(&path).unwrap(), 1024).is_ok(), fits, "{size}");
        }
    }

    #[test]
    fn files_are_overwritten_in_place() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        fs::write(&path, "abcdef").unwrap();
        overwrite(&path, "xy").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "xy");
        overwrite(&path, "longer").unwrap_err();
        assert_eq!(fs::read_to_string(&path).unwrap(), "xy");
    }
}
