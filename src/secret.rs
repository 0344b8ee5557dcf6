//! A string that must not be shown: API keys and signing secrets.
//!
//! The value is reachable only through [`Secret::expose`], so that every place that uses it can be
//! found by one search; `Debug` prints a placeholder, there is no `Display`, and the memory is
//! wiped on drop. Arguments, the environment that the system keeps for the process, and the headers
//! of requests hold copies that are not wiped.

mod oddity;
pub(crate) mod prefixes;

use std::fmt;

pub(crate) use oddity::oddity;
use secrecy::{ExposeSecret, SecretString};

/// An API key or a signing secret.
#[derive(Clone)]
pub(crate) struct Secret(SecretString);

impl Secret {
    /// Wraps `value`. Nothing is trimmed or checked: a secret is used exactly as given.
    #[must_use]
    pub(crate) fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The plain value. For signing, for the `Authorization` header, and for the few places where
    /// a secret is shown on purpose; never for logs or errors.
    #[must_use]
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_does_not_hold_the_value() {
        let secret = Secret::new("whsec_abc");
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
        assert_eq!(secret.expose(), "whsec_abc");
    }

    #[test]
    fn what_holds_a_key_does_not_print_it() {
        use crate::account::{Account, AccountOptions};
        use crate::host::env::Env;
        let options =
            AccountOptions { api_key: Some(Secret::new("sk_test_hunter2")), ..AccountOptions::default() };
        let account = Account::resolve(&options, &Env::default()).unwrap();
        for shown in [format!("{account:?}"), format!("{:#?}", account.key), format!("{options:?}")] {
            assert!(shown.contains("hidden") && !shown.contains("hunter2"), "{shown}");
        }
    }

    /// A compile-time fact: the value that [`Secret`] wraps overwrites its memory when it is dropped.
    #[test]
    fn the_memory_is_wiped_on_drop() {
        fn wiped<T: secrecy::zeroize::ZeroizeOnDrop>(_: &T) {}
        wiped(&Secret::new("whsec_abc").0);
    }
}
