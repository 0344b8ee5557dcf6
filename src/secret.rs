//! Secret strings: API keys and signing secrets.
//!
//! Only [`Secret::expose`] returns the value, so that every use can be found with one search. `Debug` prints a
//! placeholder, there is no `Display`, and the memory is wiped on drop. Command-line arguments, the environment block
//! of the process and request headers contain copies that are not wiped.

mod oddity;
pub(crate) mod prefixes;

use std::fmt;

pub(crate) use oddity::oddity;
use secrecy::{ExposeSecret, SecretString};

/// An API key or a signing secret.
#[derive(Clone)]
pub(crate) struct Secret(SecretString);

impl Secret {
    /// Wraps `value` without trimming or checking it.
    #[must_use]
    pub(crate) fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The plain value. For signing, for the `Authorization` header, and for commands that print a secret on purpose;
    /// never for logs or errors.
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
    fn debug_does_not_print_the_value() {
        let secret = Secret::new("whsec_abc");
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
        assert_eq!(secret.expose(), "whsec_abc");
    }

    #[test]
    fn types_with_a_key_do_not_print_it() {
        use crate::account::{Account, AccountOptions};
        use crate::host::env::Env;
        let options =
            AccountOptions { api_key: Some(Secret::new("sk_test_hunter2")), ..AccountOptions::default() };
        let account = Account::resolve(&options, &Env::default()).unwrap();
        for text in [format!("{account:?}"), format!("{:#?}", account.key), format!("{options:?}")] {
            assert!(text.contains("hidden") && !text.contains("hunter2"), "{text}");
        }
    }

    /// Checked at compile time: the wrapped type overwrites its memory on drop.
    #[test]
    fn memory_is_wiped_on_drop() {
        fn wiped<T: secrecy::zeroize::ZeroizeOnDrop>(_: &T) {}
        wiped(&Secret::new("whsec_abc").0);
    }
}
