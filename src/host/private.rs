//! Files and directories for their owner alone. Windows keeps a user's application data to that user by
//! itself.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes `directory`, and what is above it.
///
/// # Errors
/// As making it fails.
pub(crate) fn create_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Makes the file at `path`, to be written.
///
/// # Errors
/// As making it fails, which it also does when there is one.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
}

/// Makes the file at `path`, or empties it; it may have been there, open to others.
///
/// # Errors
/// As opening it fails, or taking it from others does.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let file = options().create(true).truncate(true).open(path)?;
    #[cfg(unix)]
    if file.metadata()?.is_file() {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    Ok(file)
}

/// Makes the file when missing. An existing one is taken from others, but never opened here: closing it
/// again would drop the locks that SQLite holds on it in this process. SQLite gives the log beside it the
/// same mode.
///
/// # Errors
/// As making it fails, or taking it from others does.
pub(crate) fn make(path: &Path) -> io::Result<()> {
    match create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => narrow(path),
        other => other.map(drop),
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn narrow(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(path)?;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn narrow(_: &Path) -> io::Result<()> {
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
    fn what_is_made_is_for_its_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("a/b");
        create_directory(&directory).unwrap();
        assert_eq!((mode(&directory), mode(&home.path().join("a"))), (0o700, 0o700));
        for (name, make) in
            [("new", create_new as fn(&Path) -> io::Result<File>), ("file", create), ("export", create)]
        {
            make(&directory.join(name)).unwrap();
            assert_eq!(mode(&directory.join(name)), 0o600, "{name}");
        }
        create_new(&directory.join("new")).unwrap_err();
    }

    #[test]
    fn what_was_open_to_others_is_taken_from_them() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        for make in [make as fn(&Path) -> io::Result<()>, |path| create(path).map(drop)] {
            fs::write(&path, "x").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            make(&path).unwrap();
            assert_eq!(mode(&path), 0o600);
        }
        assert_eq!(fs::read(&path).unwrap(), b"", "emptied by the second");
    }
}
