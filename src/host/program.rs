//! Finds programs as a shell does.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::env::Env;

/// The program that `name` starts: a path, or a name to be searched in PATH. `None` if there is none.
pub(crate) fn find(name: &OsStr, env: &Env) -> Option<PathBuf> {
    let path = Path::new(name);
    if name.is_empty() {
        return None;
    }
    if path.components().count() > 1 || path.is_absolute() {
        return with_ending(path);
    }
    let directories = env.get("PATH").unwrap_or_default();
    std::env::split_paths(directories).find_map(|directory| with_ending(&directory.join(name)))
}

/// Windows starts `npm` only as `npm.cmd`.
fn with_ending(path: &Path) -> Option<PathBuf> {
    /// In the order of PATHEXT.
    const ENDINGS: [&str; 4] = ["com", "exe", "bat", "cmd"];
    if cfg!(windows) && path.extension().is_none() {
        let mut all = ENDINGS.into_iter().map(|ending| path.with_extension(ending));
        return all.find(|path| path.is_file());
    }
    is_program(path).then(|| path.to_owned())
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(windows)]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_is_found_by_name_and_by_path() {
        let own = std::env::current_exe().unwrap();
        let directory = own.parent().unwrap().to_str().unwrap();
        let env = Env::from([("PATH", directory)]);
        let name = own.file_name().unwrap();
        assert_eq!(find(name, &env).as_deref(), Some(own.as_path()));
        assert_eq!(find(own.as_os_str(), &Env::default()).as_deref(), Some(own.as_path()));
        for missing in ["", "no-such-program", "./no-such-program", directory] {
            assert_eq!(find(OsStr::new(missing), &env), None, "{missing}");
        }
        assert_eq!(find(name, &Env::default()), None);
    }
}
