//! A snapshot of the process environment, which tests can replace.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::Secret;

/// The variables that this program reads. Each is documented in `--help` and the man page.
pub(crate) mod names {
    /// The API key, without `--api-key`.
    pub(crate) const API_KEY: &str = "CSTAR_API_KEY";
    /// The base URL of the API, without `--base-url`.
    pub(crate) const BASE_URL: &str = "CSTAR_BASE_URL";
    /// The version of the API, without `--api-version`.
    pub(crate) const API_VERSION: &str = "CSTAR_API_VERSION";
    /// The profile, without `--profile`.
    pub(crate) const PROFILE: &str = "CSTAR_PROFILE";
    /// The sandbox instead of cStar, without `--sandbox`: 1, 0 or its base URL.
    pub(crate) const SANDBOX: &str = "CSTAR_SANDBOX";
    /// Hosts that a test key may be sent to over plain http, besides those of `--insecure-http-host`.
    pub(crate) const INSECURE_HTTP_HOSTS: &str = "CSTAR_INSECURE_HTTP_HOSTS";
    /// The signing secret, without `--secret`.
    pub(crate) const WEBHOOK_SECRET: &str = "CSTAR_WEBHOOK_SECRET";
    /// The key of the chat widget, for `identity`.
    pub(crate) const IDENTITY_KEY: &str = "CSTAR_IDENTITY_KEY";
    /// The directory for configuration and state, instead of the platform's.
    pub(crate) const HOME: &str = "CSTAR_HOME";
}

const OURS: &str = "CSTAR_";

/// The variables with secrets, which only [`Env::secret`] returns.
const SECRETS: [&str; 3] = [names::API_KEY, names::WEBHOOK_SECRET, names::IDENTITY_KEY];

/// A snapshot of the environment variables and the platform's directories. Not a hash table, which needs randomness:
/// missing randomness is reported with the settings in here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env {
    vars: BTreeMap<String, String>,
    secrets: BTreeMap<String, Secret>,
    /// The names of our variables whose values are not UTF-8.
    unreadable: Vec<String>,
    pub(super) dirs: Dirs,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Dirs {
    pub(super) home: Option<PathBuf>,
    /// The platform's configuration directory.
    pub(super) config: Option<PathBuf>,
    pub(super) current: Option<PathBuf>,
}

impl Env {
    /// The environment of this process. Invalid bytes are replaced; in our own variables they are an error, see
    /// [`Env::unreadable`].
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
            let name = spelled(&text(name)).into_owned();
            // Reuses the memory of the value, so that no copy of a secret remains.
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

    /// The first of our own variables that is not UTF-8. With replaced bytes it would be another secret, key or
    /// directory.
    pub(crate) fn unreadable(&self) -> Option<&str> {
        self.unreadable.iter().min().map(String::as_str)
    }

    /// The secret in [`names::API_KEY`], [`names::WEBHOOK_SECRET`] or [`names::IDENTITY_KEY`]; an empty value counts as
    /// unset.
    pub(crate) fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name).filter(|secret| !secret.expose().is_empty())
    }

    /// The value of a variable that is not secret; an empty value counts as unset.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(&*spelled(name)).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// The name of a variable as it is stored. For Windows, `Path` and `PATH` are the same.
fn spelled(name: &str) -> Cow<'_, str> {
    if cfg!(windows) { Cow::Owned(name.to_ascii_uppercase()) } else { Cow::Borrowed(name) }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Env {
    fn from(pairs: [(&str, &str); N]) -> Self {
        let mut env = Self::default();
        pairs.iter().for_each(|(name, value)| env.add(spelled(name).into_owned(), (*value).to_owned()));
        env
    }
}

#[cfg(test)]
impl Env {
    /// The same with another working directory and home.
    pub(crate) fn at(self, current: &std::path::Path, home: &std::path::Path) -> Self {
        let dirs = Dirs { home: Some(home.to_owned()), config: None, current: Some(current.to_owned()) };
        Self { dirs, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_values_count_as_unset() {
        let env = Env::from([("A", ""), ("B", "x")]);
        assert_eq!(env.get("A"), None);
        assert_eq!(env.get("B"), Some("x"));
        assert_eq!(env.get("C"), None);
    }

    #[test]
    fn case_of_names_counts_except_on_windows() {
        let env = Env::from([("Cstar_Home", "x")]);
        let expected = cfg!(windows).then_some("x");
        assert_eq!((env.get("Cstar_Home"), env.get("CSTAR_HOME")), (Some("x"), expected));
    }

    #[test]
    fn secrets_are_stored_separately() {
        let env = Env::from([
            ("CSTAR_API_KEY", "sk_test_hunter2"),
            ("CSTAR_WEBHOOK_SECRET", "whsec_hunter2"),
            ("CSTAR_IDENTITY_KEY", "sk_live_hunter2"),
        ]);
        for name in SECRETS {
            assert!(env.secret(name).is_some_and(|secret| secret.expose().ends_with("hunter2")), "{name}");
            assert_eq!(env.get(name), None, "no plain copy of {name}");
        }
        assert!(!format!("{env:?}").contains("hunter2"), "{env:?}");
        assert!(Env::from([("CSTAR_API_KEY", "")]).secret(names::API_KEY).is_none(), "empty counts as unset");
    }
}
