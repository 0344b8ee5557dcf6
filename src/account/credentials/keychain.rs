//! The system's keychain, which may be missing, locked, or never answer.
//!
//! Every call runs on a thread of its own with a time limit. A thread, not a task: the end of a runtime
//! waits for its blocking tasks, and the client of the Secret Service must not start inside of one.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use keyring::{Entry, Error};

use crate::Secret;
use crate::host::env::{Env, names};

/// The same for every profile; what is stored is found by it in any tool for keychains.
const SERVICE: &str = "cstar-cli";
/// A desktop that asks for a password takes longer, and then the file has to do.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Whether a call was not answered in time. The next one would not be either.
static TIMED_OUT: AtomicBool = AtomicBool::new(false);

/// Why the keychain cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeychainError {
    #[error("there is no keychain here ({0})")]
    None(String),
    #[error("the keychain is locked ({0})")]
    Locked(String),
    #[error("the keychain did not answer within {} s", TIMEOUT.as_secs())]
    NoAnswer,
    #[error("the keychain failed ({0})")]
    Failed(String),
}

/// The entries of one configuration directory.
#[derive(Clone, Debug)]
pub(in crate::account) struct Keychain {
    /// Why not even to try.
    absent: Option<&'static str>,
    /// The configuration directory, when it is not the usual one.
    custom_home: Option<PathBuf>,
}

impl Keychain {
    /// The keychain for the configuration in `directory`.
    pub(in crate::account) fn new(env: &Env, directory: &Path) -> Self {
        let custom_home = env.get(names::HOME).map(|_| directory.to_owned());
        Self { absent: missing_reason(env), custom_home }
    }

    /// The name of an entry, which keeps configuration directories apart.
    fn user(&self, profile: &str) -> String {
        match &self.custom_home {
            Some(directory) => {
                let whole = directory.canonicalize().unwrap_or_else(|_| directory.clone());
                format!("{profile} {}", whole.display())
            }
            None => profile.to_owned(),
        }
    }

    /// The key of a profile, if there is one.
    pub(in crate::account) fn get(&self, profile: &str) -> Result<Option<Secret>, KeychainError> {
        self.call(profile, |entry| entry.get_password().map(Secret::new))
    }

    /// Stores the key of a profile, in the place of one that is there.
    pub(in crate::account) fn set(&self, profile: &str, key: &Secret) -> Result<(), KeychainError> {
        let key = key.clone();
        self.call(profile, move |entry| entry.set_password(key.expose())).map(drop)
    }

    /// Removes the key of a profile, if there is one.
    pub(in crate::account) fn delete(&self, profile: &str) -> Result<(), KeychainError> {
        self.call(profile, Entry::delete_credential).map(drop)
    }

    /// Whether it answers.
    pub(in crate::account) fn probe(&self) -> Result<(), KeychainError> {
        // What is asked for is no profile: a name never begins with a dot.
        self.call(".probe", |entry| entry.get_password().map(drop)).map(drop)
    }

    /// Does `work` with the entry of `profile`; `None` when there is no such entry.
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
    // When the caller no longer waits, the answer is of no use.
    let started = thread.spawn(move || drop(sender.send(work())));
    started.map_err(|error| KeychainError::Failed(error.to_string()))?;
    receiver.recv_timeout(limit).map_err(|error| match error {
        RecvTimeoutError::Timeout => {
            TIMED_OUT.store(true, Ordering::Relaxed);
            KeychainError::NoAnswer
        }
        RecvTimeoutError::Disconnected => KeychainError::Failed("its client ended early".to_owned()),
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
        // The others may hold what is stored.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeychainError::Failed("what it holds is no API key".to_owned())
        }
        Error::Ambiguous(_) => KeychainError::Failed("it holds several keys of this name".to_owned()),
        other => KeychainError::Failed(other.to_string()),
    }
}

/// Whether it is plain, without asking anybody, that there is none. Commands stay fast then.
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
    fn without_a_session_nothing_is_asked() {
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
    fn what_does_not_answer_in_time_is_not_asked_again() {
        let (sender, waits) = sync_channel::<()>(0);
        let work = move || waits.recv().is_ok();
        assert_eq!(with_timeout(Duration::from_millis(10), work), Err(KeychainError::NoAnswer));
        assert_eq!(with_timeout(Duration::from_secs(9), || ()), Err(KeychainError::NoAnswer));
        drop(sender);
    }

    #[test]
    fn homes_are_kept_apart() {
        let user = |vars| Keychain::new(&vars, Path::new("/no/such")).user("a");
        assert_eq!(user(Env::default()), "a");
        assert_eq!(user(Env::from([("CSTAR_HOME", "/no/such")])), "a /no/such");
    }
}
