//! Converts the errors of other modules to failures: the only place that assigns exit codes and hints.

mod api;

use std::io::{self, ErrorKind};

use crate::account::{KeychainError, Origin, ProfileStoreError, ProjectError, ResolveError};
use crate::event::{self, EventType};
use crate::history::HistoryError;
use crate::host::shell::show_access;
use crate::net::SetupError;

use super::failure::{Exit, Failure};
pub(crate) use api::{certificate, hint, protocol};

pub(crate) const LOGIN: &str =
    "log in: cstar login; or set CSTAR_API_KEY, or try without an account: --sandbox";
const KEYS: &str = "keys look like sk_test_… or sk_live_…; copy it whole from Settings → Team → API Keys";
const PROFILES: &str = "list profiles: cstar profiles list";

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        let message = error.to_string();
        match error {
            ResolveError::NoKey => Self::new(Exit::Auth, message).hint(LOGIN),
            ResolveError::Key { .. } => Self::new(Exit::Auth, message).hint(KEYS),
            ResolveError::Base { .. } | ResolveError::CaCert { .. } => Self::usage(message),
            ResolveError::SandboxIsRemote { by, origin, .. } => {
                Self::usage(message).hint(sandbox_is_remote(by, origin))
            }
            ResolveError::SandboxValue(_) => {
                Self::usage(message).hint("set it to 1, or to the address of a sandbox: http://127.0.0.1:4747")
            }
            ResolveError::SandboxAndProfile(_) => {
                Self::usage(message).hint("leave out --profile, or unset CSTAR_SANDBOX")
            }
            ResolveError::SandboxLogin => Self::usage(message)
                .hint("to log in to cStar, unset CSTAR_SANDBOX; to store the sandbox's key, add --sandbox"),
            ResolveError::LiveKeyOverHttp(_) => Self::usage(message).hint("use https, or a test key"),
            ResolveError::SandboxKeyToRemote(_) => Self::usage(message).hint("add --sandbox"),
            ResolveError::InsecureHost { .. } => Self::usage(message),
            ResolveError::NoProfile { name, .. } => {
                Self::usage(message).hint(format!("{PROFILES}; to make it: cstar login --profile {name}"))
            }
            ResolveError::WrongAddress { asked, .. } => Self::usage(message).hint(format!(
                "give a key for {asked} with CSTAR_API_KEY, or log in there: cstar login --base-url {asked} --profile NAME"
            )),
            ResolveError::KeyGone(profile) => {
                Self::new(Exit::Auth, message).hint(format!("log in again: cstar login --profile {profile}"))
            }
            ResolveError::Unreadable { profile, error } => unreadable(message, &profile, &error),
            ResolveError::Store(error) => error.into(),
            ResolveError::Project(error) => error.into(),
        }
    }
}

fn sandbox_is_remote(by: Origin, origin: Origin) -> String {
    match (by, origin) {
        (Origin::Flag(flag), Origin::Environment(name)) => format!("leave out {flag}, or unset {name}"),
        (Origin::Flag(flag), _) => format!("leave out {flag}, or name a loopback address"),
        (_, Origin::Environment(name)) => format!("unset {name}, or set it to a loopback address"),
        _ => "name a loopback address".to_owned(),
    }
}

/// The profile exists, but its key cannot be read.
fn unreadable(message: String, profile: &str, error: &ProfileStoreError) -> Failure {
    let again = format!("cstar login --profile {profile}");
    match error {
        ProfileStoreError::Keychain(KeychainError::Locked(_)) => {
            Failure::new(Exit::Auth, message).hint("unlock the keychain, or set CSTAR_API_KEY")
        }
        ProfileStoreError::Keychain(_) => Failure::new(Exit::Auth, message)
            .hint(format!("set CSTAR_API_KEY, or log in again: {again} --store file")),
        ProfileStoreError::OtherKey { .. } => {
            Failure::new(Exit::Auth, message).hint(format!("log in again: {again}"))
        }
        other => with_hint(Failure::failed(message), other),
    }
}

impl From<ProfileStoreError> for Failure {
    fn from(error: ProfileStoreError) -> Self {
        let message = error.to_string();
        let failure = match error {
            ProfileStoreError::NoProfile(_) | ProfileStoreError::BadName(_) => Self::usage(message),
            _ => Self::failed(message),
        };
        with_hint(failure, &error)
    }
}

pub(crate) fn profile_not_removed(name: &str, error: ProfileStoreError) -> Failure {
    match error {
        ProfileStoreError::Keychain(error) => {
            Failure::failed(format!("could not remove the key of profile `{name}`, which is still stored: {error}"))
                .hint("try again where the keychain answers, or remove its entry `cstar-cli` with the keychain's own tool")
        }
        other => other.into(),
    }
}

/// The failure for an id whose beginning several things share.
pub(crate) fn ambiguous_id<T: AsRef<str>>(things: &str, id: &str, candidates: &[T]) -> Failure {
    let candidates: Vec<&str> = candidates.iter().map(AsRef::as_ref).collect();
    Failure::usage(format!("several {things} begin with `{id}`"))
        .hint(format!("name one of them: {}", candidates.join(", ")))
}

/// The one of `found` with the id `wanted`, or else the only one that `matches`, by the beginning of its id or by what
/// a terminal shows of it.
pub(crate) fn find_by_id<'t, T>(
    things: &str,
    found: &'t [T],
    wanted: &str,
    id: impl Fn(&T) -> &str,
    matches: impl Fn(&T) -> bool,
) -> Result<Option<&'t T>, Failure> {
    if let Some(exact) = found.iter().find(|one| id(one) == wanted) {
        return Ok(Some(exact));
    }
    let matching: Vec<&T> = found.iter().filter(|one| matches(one)).collect();
    match matching.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        several => {
            let ids: Vec<&str> = several.iter().take(10).map(|one| id(one)).collect();
            Err(ambiguous_id(things, wanted, &ids))
        }
    }
}

/// The event type called `name`; the failure suggests similar names.
pub(crate) fn find_event_type(name: &str) -> Result<&'static EventType, Failure> {
    event::find(name).ok_or_else(|| {
        let near: Vec<_> = event::suggest(name).iter().map(|name| format!("`{name}`")).collect();
        let failure = Failure::usage(format!("there is no event type `{name}`"));
        let failure = match near.is_empty() {
            true => failure,
            false => failure.hint(format!("did you mean {}?", near.join(" or "))),
        };
        failure.hint("all types: cstar events")
    })
}

/// A hint for a file of cstar that cannot be used.
fn place_hint(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Some("set CSTAR_HOME to a directory that you can write to")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Some("free some space, or set CSTAR_HOME to a directory on another disk")
        }
        // A directory, a pipe or a device where a file should be.
        ErrorKind::InvalidInput | ErrorKind::IsADirectory | ErrorKind::NotADirectory => {
            Some("move it away, or set CSTAR_HOME to another directory")
        }
        _ => None,
    }
}

fn with_hint(failure: Failure, error: &ProfileStoreError) -> Failure {
    match error {
        ProfileStoreError::NoHome => failure.hint("set CSTAR_HOME to a directory"),
        ProfileStoreError::OpenToOthers { path, .. } => {
            failure.hint(format!("restrict its permissions: chmod 600 '{}'", path.display()))
        }
        ProfileStoreError::Foreign(path) => failure.hint(format!(
            "check its owner: {}; remove it, or set CSTAR_HOME to a directory of your own",
            show_access(path)
        )),
        ProfileStoreError::OpenDirectory(path) => failure.hint(format!(
            "restrict its permissions: chmod go-w '{}'; or set CSTAR_HOME to a directory of your own",
            path.display()
        )),
        ProfileStoreError::Corrupt { path, .. } => failure.hint(format!(
            "nothing was changed; fix the file, or remove it and log in again: '{}'",
            path.display()
        )),
        ProfileStoreError::Newer(_) => failure.hint("update cstar"),
        ProfileStoreError::Read { error, .. } | ProfileStoreError::Write { error, .. } => {
            match place_hint(error) {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        }
        ProfileStoreError::Keychain(KeychainError::Locked(_)) => failure.hint("unlock the keychain"),
        ProfileStoreError::Keychain(_) => {
            failure.hint("a desktop session has one; a key can be kept in a file: cstar login --store file")
        }
        ProfileStoreError::NoProfile(_) => failure.hint(PROFILES),
        _ => failure,
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        let failure = Self::usage(error.to_string());
        match error {
            ProjectError::Store(error) => error.into(),
            ProjectError::Untrusted { .. } | ProjectError::Foreign(_) => {
                failure.hint("read it, and if that is what you want: cstar profiles trust")
            }
            ProjectError::WritableByAll(path) => failure.hint(format!("run: chmod o-w '{}'", path.display())),
            ProjectError::Secret { .. } => failure
                .hint("take it out, and revoke it if others have seen it; keys are stored by: cstar login"),
            _ => failure,
        }
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        Self::failed(format!("could not read the history: {error}"))
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        let message = format!("could not {error}");
        match error {
            SetupError::Proxy(problem) => Self::usage(message).hint(problem.fix()),
            SetupError::Tls(_) => Self::failed(message),
        }
    }
}
