//! Replaces a file by renaming another one to its name.

use std::fs;
use std::io;
use std::path::Path;

/// Renames `from` to `to`, which may exist.
#[cfg(unix)]
pub(crate) fn replace(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Renames `from` to `to`, which may exist. Windows refuses that while another program has one of them open, as a virus
/// scanner or an indexer does for a moment. So this tries again, for a second.
#[cfg(windows)]
pub(crate) fn replace(from: &Path, to: &Path) -> io::Result<()> {
    use std::time::Duration;
    const TRIES: u32 = 50;
    const PAUSE: Duration = Duration::from_millis(20);
    for _ in 1..TRIES {
        match fs::rename(from, to) {
            // A directory or a file that may not be changed is refused with the same error.
            Err(error) if is_in_use(&error) && is_replaceable(to) => std::thread::sleep(PAUSE),
            other => return other,
        }
    }
    fs::rename(from, to)
}

#[cfg(windows)]
fn is_replaceable(to: &Path) -> bool {
    to.metadata().is_ok_and(|file| file.is_file() && !file.permissions().readonly()) || !to.exists()
}

/// Whether another program has the file open, or it is being removed.
#[cfg(windows)]
pub(crate) fn is_in_use(error: &io::Error) -> bool {
    const ACCESS_DENIED: i32 = 5;
    const SHARING_VIOLATION: i32 = 32;
    const DELETE_PENDING: i32 = 303;
    matches!(error.raw_os_error(), Some(ACCESS_DENIED | SHARING_VIOLATION | DELETE_PENDING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_file_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (home.path().join("from"), home.path().join("to"));
        for text in ["one", "two"] {
            fs::write(&from, text).unwrap();
            let open = fs::File::open(&to);
            replace(&from, &to).unwrap();
            drop(open);
            assert_eq!(fs::read_to_string(&to).unwrap(), text);
        }
        assert!(replace(&from, &to).is_err());
    }

    /// As a virus scanner has it, for a moment.
    #[cfg(windows)]
    #[test]
    fn a_file_in_use_is_replaced_later() {
        use std::os::windows::fs::OpenOptionsExt;
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (home.path().join("from"), home.path().join("to"));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "old").unwrap();
        let open = fs::OpenOptions::new().read(true).share_mode(1).open(&to).unwrap();
        assert!(is_in_use(&fs::rename(&from, &to).unwrap_err()));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(std::time::Duration::from_millis(100));
                drop(open);
            });
            replace(&from, &to).unwrap();
        });
        assert_eq!(fs::read_to_string(&to).unwrap(), "new");
    }
}
