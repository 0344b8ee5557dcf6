//! Paths that are compared, stored and shown.

use std::io;
use std::path::{Path, PathBuf};

/// The absolute path without links.
#[cfg(unix)]
pub(crate) fn canonical(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}

/// The absolute path without links, as `C:\dir\file`. The standard library returns `\\?\C:\dir\file`, which is equal to
/// no path that a user or another program writes. It remains only where it is needed, such as for a long path.
#[cfg(windows)]
pub(crate) fn canonical(path: &Path) -> io::Result<PathBuf> {
    dunce::canonicalize(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_paths_are_plain_ones() {
        let home = tempfile::tempdir().unwrap();
        let path = canonical(&home.path().join(".")).unwrap();
        assert!(path.is_absolute() && !path.to_str().unwrap().contains('?'), "{path:?}");
        assert_eq!(canonical(&path).unwrap(), path);
        assert!(canonical(&path.join("none")).is_err());
    }
}
