//! The system's keychain, which may be missing, locked, or hang.
//!
//! Every call runs on a thread of its own with a time limit. A blocking task was rejected: the runtime waits for its
//! blocking tasks when it stops, and the Secret Service client must not start within a runtime.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use keyring::{Entry, Error};

use crate::Secret;
use crate::host::env::{Env, names};
use crate::host::paths;

/// The same for every profile, so that users find the entries in any keychain tool.
const SERVICE: &str = "cstar-cli";
/// A desktop that prompts for a password takes longer; the key is then stored in the file.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Whether a call has timed out. Further calls would too, so they fail immediately.
static TIMED_OUT: AtomicBool = AtomicBool::new(false);

/// Why the keychain cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeychainError {
    #[error("there is no keychain ({0})")]
    None(String),
    #[error("the keychain is locked ({0})")]
    Locked(String),
    #[error("the keychain did not respond within {} s", TIMEOUT.as_secs())]
    NoAnswer,
    #[error("the keychain failed ({0})")]
    Failed(String),
}

/// The entries of one configuration directory.
#[derive(Clone, Debug)]
pub(in crate::account) struct Keychain {
    /// Why there is no keychain, if that is known without a call.
    absent: Option<&'static str>,
    /// The configuration directory, unless it is the default one.
    custom_home: Option<PathBuf>,
}

impl Keychain {
    pub(in crate::account) fn new(env: &Env, directory: &Path) -> Self {
        let custom_home = env.get(names::HOME).map(|_| directory.to_owned());
        Self { absent: missing_reason(env), custom_home }
    }

    /// The name of an entry, which differs per configuration directory.
    fn user(&self, profile: &str) -> String {
        match &self.custom_home {
            Some(directory) => {
                let whole = paths::canonical(directory).unwrap_or_else(|_| directory.clone());
                format!("{profile} {}", whole.display())
            }
            None => profile.to_owned(),
        }
    }

    pub(in crate::account) fn get(&self, profile: &str) -> Result<Option<Secret>, KeychainError> {
        self.call(profile, |entry| entry.get_password().map(Secret::new))
    }

    /// Stores the key of a profile and replaces an existing one.
    pub(in crate::account) fn set(&self, profile: &str, key: &Secret) -> Result<(), KeychainError> {
        let key = key.clone();
        self.call(profile, move |entry| entry.set_password(key.expose())).map(drop)
    }

    /// Removes the key of a profile, if there is one.
    pub(in crate::account) fn delete(&self, profile: &str) -> Result<(), KeychainError> {
        self.call(profile, Entry::delete_credential).map(drop)
    }

    /// Checks that the keychain responds.
    pub(in crate::account) fn probe(&self) -> Result<(), KeychainError> {
        // No profile has this name, because names never begin with a dot.
        self.call(".probe", |entry| entry.get_password().map(drop)).map(drop)
    }

    /// Runs `work` on the entry of `profile`; `None` when there is no such entry.
    fn call<T: Send + 'static>(
        &self,
        profile: &str,
        work: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<Option<T>, KeychainError> {
        if let Some(reason) = self.absent {
            return Err(KeychainError::None(reason.to_owned()));
        }
        let user = self.user(profile);
        let done = with_timeout(TIMEOUT, move || Entry::new(SERVICE, &user).and_then(|entry| work(&entry)))?;
        match done {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error)),
        }
    }
}

fn with_timeout<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, KeychainError> {
    if TIMED_OUT.load(Ordering::Relaxed) {
        return Err(KeychainError::NoAnswer);
    }
    let (sender, receiver) = sync_channel(1);
    let thread = std::thread::Builder::new().name("keychain".to_owned());
    // Fails when the caller no longer waits.
    let started = thread.spawn(move || drop(sender.send(work())));
    started.map_err(|error| KeychainError::Failed(error.to_string()))?;
    receiver.recv_timeout(limit).map_err(|error| match error {
        RecvTimeoutError::Timeout => {
            TIMED_OUT.store(true, Ordering::Relaxed);
            KeychainError::NoAnswer
        }
        RecvTimeoutError::Disconnected => KeychainError::Failed("its client stopped early".to_owned()),
    })
}

fn explain(error: &Error) -> KeychainError {
    match error {
        Error::NoDefaultStore => {
            let reason = match Entry::store_status() {
                Err(Error::PlatformFailure(reason)) => reason.to_string(),
                _ => error.to_string(),
            };
            KeychainError::None(reason)
        }
        Error::PlatformFailure(reason) => KeychainError::Failed(reason.to_string()),
        Error::NoStorageAccess(reason) => KeychainError::Locked(reason.to_string()),
        // The texts of these errors may contain the stored value.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeychainError::Failed("the entry is not an API key".to_owned())
        }
        Error::Ambiguous(_) => KeychainError::Failed("it has several entries of this name".to_owned()),
        other => KeychainError::Failed(other.to_string()),
    }
}

/// Detects a missing keychain without a call, so that commands stay fast.
#[cfg(all(unix, not(target_os = "macos")))]
fn missing_reason(env: &Env) -> Option<&'static str> {
    let socket = || env.get("XDG_RUNTIME_DIR").is_some_and(|run| Path::new(run).join("bus").exists());
    (env.get("DBUS_SESSION_BUS_ADDRESS").is_none() && !socket()).then_some("no D-Bus session")
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn missing_reason(_env: &Env) -> Option<&'static str> {
    None
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn no_call_without_a_d_bus_session() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_str().unwrap();
        let env = Env::from([("CSTAR_HOME", path), ("XDG_RUNTIME_DIR", path)]);
        let none = Err(KeychainError::None("no D-Bus session".to_owned()));
        assert_eq!(Keychain::new(&env, directory.path()).delete("default"), none);
        std::fs::write(directory.path().join("bus"), "").unwrap();
        assert_eq!(missing_reason(&env), None);
        assert_eq!(missing_reason(&Env::from([("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x")])), None);
    }

    #[test]
    fn no_call_after_a_timeout() {
        let (sender, waits) = sync_channel::<()>(0);
        let work = move || waits.recv().is_ok();
        assert_eq!(with_timeout(Duration::from_millis(10), work), Err(KeychainError::NoAnswer));
        assert_eq!(with_timeout(Duration::from_secs(9), || ()), Err(KeychainError::NoAnswer));
        drop(sender);
    }

    #[test]
    fn entries_differ_per_home() {
        let user = |vars| Keychain::new(&vars, Path::new("/no/such")).user("a");
        assert_eq!(user(Env::default()), "a");
        assert_eq!(user(Env::from([("CSTAR_HOME", "/no/such")])), "a /no/such");
    }
}
