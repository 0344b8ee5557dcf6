//! The directory for our files: `CSTAR_HOME` or the platform's configuration directory.

use std::path::{Path, PathBuf};

use super::env::{Env, names};

/// The directory for configuration, or `None` when neither `CSTAR_HOME` nor a home directory is known.
/// XDG rules on Linux and macOS, the roaming application data folder on Windows.
pub(crate) fn config(env: &Env) -> Option<PathBuf> {
    if let Some(home) = env.get(names::HOME) {
        return Some(PathBuf::from(home));
    }
    env.dirs.config.as_ref().map(|directory| directory.join("cstar"))
}

/// The user's home directory.
pub(crate) fn home(env: &Env) -> Option<&Path> {
    env.dirs.home.as_deref()
}

/// The working directory.
pub(crate) fn current(env: &Env) -> Option<&Path> {
    env.dirs.current.as_deref()
}

/// Whether files can be created in `directory`.
#[cfg(unix)]
pub(crate) fn is_writable(directory: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(directory, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

/// Windows reports that only when a file is created.
#[cfg(not(unix))]
pub(crate) fn is_writable(_directory: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cstar_home_has_precedence() {
        assert_eq!(config(&Env::from([("CSTAR_HOME", "/x")])), Some(PathBuf::from("/x")));
    }
}
