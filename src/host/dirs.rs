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

/// The directory in which programs keep their configuration, each in a folder of its own.
pub(crate) fn base(env: &Env) -> Option<&Path> {
    env.dirs.config.as_deref()
}

/// The user's home directory.
pub(crate) fn home(env: &Env) -> Option<&Path> {
    env.dirs.home.as_deref()
}

/// The working directory.
pub(crate) fn current(env: &Env) -> Option<&Path> {
    env.dirs.current.as_deref()
}

/// Whether our files are outside of the user's profile, to which Windows gives other users no access. Elsewhere, a mode
/// protects each file.
#[cfg(unix)]
pub(crate) fn is_outside_profile(_env: &Env) -> bool {
    false
}

/// Whether our files are outside of the user's profile, to which Windows gives other users no access. The rules of the
/// directory itself are not read, because the standard library cannot.
#[cfg(windows)]
pub(crate) fn is_outside_profile(env: &Env) -> bool {
    use super::paths::canonical;
    let Some(directory) = config(env).and_then(|directory| std::path::absolute(directory).ok()) else {
        return false;
    };
    // It may not exist yet.
    let place = directory.ancestors().find_map(|path| canonical(path).ok());
    match (place, home(env).and_then(|home| canonical(home).ok())) {
        (Some(place), Some(home)) => !place.starts_with(home),
        _ => true,
    }
}

/// Whether files can be created in `directory`.
#[cfg(unix)]
pub(crate) fn is_writable(directory: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(directory, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

/// Windows reports that only when a file is created.
#[cfg(windows)]
pub(crate) fn is_writable(directory: &Path) -> bool {
    let probe = directory.join("write-test.tmp");
    match super::private_fs::create_new(&probe) {
        Ok(_) => std::fs::remove_file(&probe).is_ok(),
        Err(error) => error.kind() == std::io::ErrorKind::AlreadyExists,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(windows)]
    #[test]
    fn only_the_profile_is_private() {
        let home = tempfile::tempdir().unwrap();
        let profile = home.path().join("me");
        std::fs::create_dir(&profile).unwrap();
        for (directory, is_outside) in
            [("me", false), (r"me\new\deeper", false), ("other", true), (r"me\..", true)]
        {
            let directory = home.path().join(directory);
            let env = Env::from([("CSTAR_HOME", directory.to_str().unwrap())]).at(home.path(), &profile);
            assert_eq!(is_outside_profile(&env), is_outside, "{directory:?}");
        }
    }

    #[test]
    fn cstar_home_has_precedence() {
        assert_eq!(config(&Env::from([("CSTAR_HOME", "/x")])), Some(PathBuf::from("/x")));
    }
}
