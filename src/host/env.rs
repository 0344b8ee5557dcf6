//! The process environment, read once into a snapshot so that the rest of the program is testable.

use std::collections::BTreeMap;
use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::Secret;

/// The names this program reads. Each is documented in `--help` and the man page.
pub(crate) mod names {
    /// API key, used when `--api-key` is absent.
    pub(crate) const API_KEY: &str = "CSTAR_API_KEY";
    /// API base URL, used when `--base-url` is absent.
    pub(crate) const BASE_URL: &str = "CSTAR_BASE_URL";
    /// The profile to use, when `--profile` is absent.
    pub(crate) const PROFILE: &str = "CSTAR_PROFILE";
    /// Hosts that a test key may be sent to over plain http, besides those of `--insecure-http-host`.
    pub(crate) const INSECURE_HTTP_HOSTS: &str = "CSTAR_INSECURE_HTTP_HOSTS";
    /// Signing secret, used when `--secret` is absent.
    pub(crate) const WEBHOOK_SECRET: &str = "CSTAR_WEBHOOK_SECRET";
    /// Directory for configuration and state, instead of the platform's own.
    pub(crate) const HOME: &str = "CSTAR_HOME";
}

/// What the names of our own variables begin with.
const OURS: &str = "CSTAR_";

/// The variables that hold secrets. They are reached by [`Env::secret`] only.
const SECRETS: [&str; 2] = [names::API_KEY, names::WEBHOOK_SECRET];

/// A snapshot of the environment variables, and of the directories that go with them. It needs no randomness,
/// as a hash table would: that the system has none is reported with what is here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env {
    vars: BTreeMap<String, String>,
    secrets: BTreeMap<String, Secret>,
    /// The names of our variables whose values are no text.
    unreadable: Vec<String>,
    pub(super) dirs: Dirs,
}

/// Directories that the platform names.
#[derive(Clone, Debug, Default)]
pub(super) struct Dirs {
    /// The user's home directory.
    pub(super) home: Option<PathBuf>,
    /// Where programs keep their configuration.
    pub(super) config: Option<PathBuf>,
    /// The working directory.
    pub(super) current: Option<PathBuf>,
}

impl Env {
    /// The variables of this process. A value that is not Unicode is kept with its odd bytes replaced; of our
    /// own variables it is refused, see [`Env::unreadable`].
    pub(crate) fn from_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let vars = std::env::vars_os();
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        let base = etcetera::choose_base_strategy().ok();
        let dirs = Dirs {
            home: base.as_ref().map(|base| base.home_dir().to_owned()),
            config: base.as_ref().map(BaseStrategy::config_dir),
            current: std::env::current_dir().ok(),
        };
        let mut env = Self { dirs, ..Self::default() };
        for (name, value) in vars {
            let name = text(name);
            // The text takes over the memory of a value: no copy of a secret is left behind.
            let value = value.into_string().unwrap_or_else(|value| {
                if name.starts_with(OURS) {
                    env.unreadable.push(name.clone());
                }
                text(value)
            });
            env.add(name, value);
        }
        env
    }

    fn add(&mut self, name: String, value: String) {
        if SECRETS.contains(&name.as_str()) {
            self.secrets.insert(name, Secret::new(value));
        } else {
            self.vars.insert(name, value);
        }
    }

    /// The first of our own variables with bytes that are no UTF-8. Replaced, they would be another secret,
    /// key or directory.
    pub(crate) fn unreadable(&self) -> Option<&str> {
        self.unreadable.iter().min().map(String::as_str)
    }

    /// The secret in `name`, one of [`names::API_KEY`] and [`names::WEBHOOK_SECRET`]; an empty value counts as
    /// unset.
    pub(crate) fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name).filter(|secret| !secret.expose().is_empty())
    }

    /// The value of `name`, which is no secret; an empty value counts as unset.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Env {
    fn from(pairs: [(&str, &str); N]) -> Self {
        let mut env = Self::default();
        pairs.iter().for_each(|(name, value)| env.add((*name).to_owned(), (*value).to_owned()));
        env
    }
}

#[cfg(test)]
impl Env {
    /// The same in another working directory and home.
    pub(crate) fn at(self, current: &std::path::Path, home: &std::path::Path) -> Self {
        let dirs = Dirs { home: Some(home.to_owned()), config: None, current: Some(current.to_owned()) };
        Self { dirs, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_counts_as_unset() {
        let env = Env::from([("A", ""), ("B", "x")]);
        assert_eq!(env.get("A"), None);
        assert_eq!(env.get("B"), Some("x"));
        assert_eq!(env.get("C"), None);
    }

    #[test]
    fn secrets_are_kept_apart_and_are_not_shown() {
        let env =
            Env::from([("CSTAR_API_KEY", "sk_test_hunter2"), ("CSTAR_WEBHOOK_SECRET", "whsec_hunter2")]);
        for name in SECRETS {
            assert!(env.secret(name).is_some_and(|secret| secret.expose().ends_with("hunter2")), "{name}");
            assert_eq!(env.get(name), None, "no plain copy of {name}");
        }
        assert!(!format!("{env:?}").contains("hunter2"), "{env:?}");
        assert!(Env::from([("CSTAR_API_KEY", "")]).secret(names::API_KEY).is_none(), "empty is unset");
    }
}
