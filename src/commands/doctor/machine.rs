//! Checks of this machine: version, configuration directory, permissions, keychain, history.

use std::fs;
use std::io;
use std::path::Path;

use super::check::Check;
use crate::account::{KeychainError, ProfileStore, probe_keychain};
use crate::history::{self, EventFilter, HistoryReader};
use crate::host::dirs;
use crate::host::env::Env;
use crate::host::io_error::io_message;
use crate::host::permissions;
use crate::host::shell::{set_variable, show_access};

/// Files that hold a key or a secret; the commands refuse those that others can read.
const SECRET_FILES: [&str; 2] = ["credentials.toml", "signing-secret"];

/// All checks of this group. Blocks on files and the keychain.
pub(super) fn checks(env: &Env) -> Vec<Check> {
    let directory = dirs::config(env);
    let mut checks = vec![version()];
    match directory.as_deref() {
        Some(directory) => {
            let keychain = keychain(probe_keychain(env, directory));
            checks.extend([config(directory, env), credentials(directory, env), keychain]);
        }
        None => checks.push(Check::fail(
            "config",
            "no home directory found",
            set_variable("CSTAR_HOME", "$HOME/.cstar"),
        )),
    }
    checks.push(history(env));
    checks
}

fn version() -> Check {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    Check::ok("version", format!("cstar {} on {os} {arch}", env!("CARGO_PKG_VERSION")))
}

fn config(directory: &Path, env: &Env) -> Check {
    let shown = directory.display();
    let metadata = match fs::metadata(directory) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !dirs::is_outside_profile(env) => {
            return Check::ok("config", format!("{shown} is created when needed"));
        }
        Err(error) => {
            return Check::fail("config", format!("{shown}: {}", io_message(&error)), show_access(directory));
        }
    };
    if !metadata.is_dir() {
        let fix = format!("{}, or move the file away", set_variable("CSTAR_HOME", "DIRECTORY"));
        return Check::fail("config", format!("{shown} is not a directory"), fix);
    }
    if !dirs::is_writable(directory) {
        let other = set_variable("CSTAR_HOME", "DIRECTORY");
        let fix = if cfg!(windows) { other } else { format!("chmod 700 '{shown}', or {other}") };
        return Check::fail("config", format!("{shown} cannot be written to"), fix);
    }
    if dirs::is_outside_profile(env) {
        return outside_profile(directory);
    }
    match permissions::mode_for_others(&metadata) {
        Some(mode) => Check::warn(
            "config",
            format!("{shown} is open to other users (mode {mode:o})"),
            format!("chmod 700 '{shown}'"),
        ),
        None => Check::ok("config", shown.to_string()),
    }
}

/// On Windows the profile is what protects the files.
fn outside_profile(directory: &Path) -> Check {
    let message =
        format!("{} is outside of your user profile: other users may have access", directory.display());
    Check::warn("config", message, set_variable("CSTAR_HOME", "$HOME/.cstar"))
}

fn credentials(directory: &Path, env: &Env) -> Check {
    if let Some(path) = ProfileStore::leftover_drafts(directory).first() {
        let shown = path.display();
        let message = format!("{shown} was left by a cstar that was killed, and may hold a key");
        return Check::warn("credentials", message, format!("rm '{shown}'"));
    }
    let mut kept = Vec::new();
    for name in SECRET_FILES {
        let path = directory.join(name);
        let shown = path.display();
        match fs::metadata(&path) {
            Ok(metadata) => {
                if let Some(mode) = permissions::mode_for_others(&metadata) {
                    let message = format!("{shown} can be read by others (mode {mode:o}), so it is refused");
                    return Check::fail("credentials", message, format!("chmod 600 '{shown}'"));
                }
                if permissions::access_at(&path).is_ok_and(|access| !access.is_trusted_owner) {
                    let message = format!("{shown} belongs to another user, so it is refused");
                    return Check::fail("credentials", message, format!("rm -i '{shown}'; cstar login"));
                }
                kept.push(name);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Check::fail(
                    "credentials",
                    format!("{shown}: {}", io_message(&error)),
                    show_access(&path),
                );
            }
        }
    }
    match kept.as_slice() {
        [] => Check::skip("credentials", "no key or secret is kept in a file"),
        kept if dirs::is_outside_profile(env) => {
            let message = format!("other users may be able to read {}", kept.join(" and "));
            Check::warn("credentials", message, format!("icacls '{}'", directory.display()))
        }
        kept => Check::ok("credentials", format!("only you can read {}", kept.join(" and "))),
    }
}

fn keychain(answer: Result<(), KeychainError>) -> Check {
    const FIX: &str = "cstar login --store file, or keep the key in CSTAR_API_KEY";
    match answer {
        Ok(()) => Check::ok("keychain", "it answers"),
        // Normal on a server.
        Err(none @ KeychainError::None(_)) => {
            Check::skip("keychain", format!("{none}: keys go to the credentials file"))
        }
        Err(error) => Check::warn("keychain", error.to_string(), FIX),
    }
}

fn history(env: &Env) -> Check {
    let Some(path) = history::default_path(env) else {
        return Check::skip("history", "there is no place for one");
    };
    let shown = path.display();
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Check::ok("history", "empty: `cstar listen` writes it");
        }
        Err(error) => {
            return Check::fail("history", format!("{shown}: {}", io_message(&error)), show_access(&path));
        }
    };
    let read = HistoryReader::open(&path).and_then(|reader| {
        reader.list(&EventFilter { limit: Some(1), ..EventFilter::default() }).map(|_| ())
    });
    if let Err(error) = read {
        return Check::fail("history", error.to_string(), format!("mv '{shown}' '{shown}.old'"));
    }
    match permissions::mode_for_others(&metadata) {
        Some(mode) => Check::warn(
            "history",
            format!("{shown} can be read by others (mode {mode:o})"),
            format!("chmod 600 '{shown}'"),
        ),
        None => Check::ok("history", format!("{} in {shown}", size(metadata.len()))),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::Status;
    use super::*;

    #[test]
    fn unusable_keychain_is_a_warning() {
        assert_eq!(keychain(Ok(())), Check::ok("keychain", "it answers"));
        assert_eq!(keychain(Err(KeychainError::None("no D-Bus session".into()))).status, Status::Skip);
        let silent = keychain(Err(KeychainError::NoAnswer));
        assert!(silent.status == Status::Warn && silent.message.contains("within 3 s"), "{silent:?}");
    }

    #[test]
    fn sizes_have_readable_units() {
        assert_eq!(
            (size(1), size(999_001), size(1_250_000)),
            ("1 kB".into(), "1000 kB".into(), "1.2 MB".into())
        );
    }
}
