//! The process environment, read once into a snapshot so that the rest of the program is testable.

use std::collections::HashMap;

/// The names this program reads. Each is documented in `--help` and the man page.
pub(crate) mod names {
    /// API key, used when `--api-key` is absent.
    pub(crate) const API_KEY: &str = "CSTAR_API_KEY";
    /// API base URL, used when `--base-url` is absent.
    pub(crate) const BASE_URL: &str = "CSTAR_BASE_URL";
    /// Signing secret, used when `--secret` is absent.
    pub(crate) const WEBHOOK_SECRET: &str = "CSTAR_WEBHOOK_SECRET";
    /// Directory for configuration and state, instead of the platform's own.
    pub(crate) const HOME: &str = "CSTAR_HOME";
}

/// A snapshot of the environment variables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env(HashMap<String, String>);

impl Env {
    /// The variables of this process. A value that is not Unicode is kept with its odd bytes replaced,
    /// which every reader then refuses by its own rules.
    pub(crate) fn of_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let vars = std::env::vars_os();
        Self(
            vars.map(|(k, v)| (k.to_string_lossy().into_owned(), v.to_string_lossy().into_owned())).collect(),
        )
    }

    /// The value of `name`; an empty value counts as unset.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Env {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
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
}
