//! A profile: the name under which a key is stored, and what is known about that key.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{ApiKey, Backend};
use crate::net::BaseUrl;

/// The profile when none is named.
pub(super) const DEFAULT: &str = "default";
/// Longer names are refused.
const LONGEST_NAME: usize = 64;

/// What is kept about a stored key. The key itself is with the [`Backend`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// The one address that the key may be sent to.
    pub(crate) base: BaseUrl,
    pub(crate) team: Team,
    /// `secret` or `publishable`.
    pub(crate) key_type: String,
    /// `live` or `test`.
    pub(crate) environment: String,
    /// Such as `sk_test_…ab12`.
    pub(crate) masked_key: String,
    /// Where the key is.
    pub(crate) backend: Backend,
    pub(crate) saved_at: Option<Timestamp>,
    /// Tells whether the key that the backend has is the one that all this is about.
    pub(super) fingerprint: String,
}

/// The team that a key belongs to, as `whoami` reported it. Names are written by people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Team {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) slug: Option<String>,
}

impl Profile {
    /// The team's name, or else its id.
    pub(crate) fn team_label(&self) -> &str {
        self.team.name.as_deref().unwrap_or(&self.team.id)
    }

    /// Whether the key reaches test data only. By its prefix too: the rest of the file may have been edited.
    pub(crate) fn is_test(&self) -> bool {
        self.environment == "test" && !self.masked_key.contains("_live_")
    }

    /// Whether the key only reads.
    pub(crate) fn is_publishable(&self) -> bool {
        self.key_type == "publishable"
    }
}

/// A key to store, with what the API said about it.
#[derive(Clone, Debug)]
pub(crate) struct NewCredential {
    pub(crate) key: ApiKey,
    /// The address that knows the key.
    pub(crate) base: BaseUrl,
    pub(crate) team_id: String,
    pub(crate) team_name: Option<String>,
    pub(crate) team_slug: Option<String>,
    /// As the API says; else the key's prefix tells.
    pub(crate) key_type: Option<String>,
    /// Likewise.
    pub(crate) environment: Option<String>,
    pub(crate) saved_at: Timestamp,
}

impl NewCredential {
    /// The profile that it becomes.
    pub(super) fn profile(&self, name: &str, backend: Backend) -> Profile {
        let said = |said: &Option<String>, else_: &str| said.clone().unwrap_or_else(|| else_.to_owned());
        Profile {
            name: name.to_owned(),
            base: self.base.clone(),
            team: Team {
                id: self.team_id.clone(),
                name: self.team_name.clone(),
                slug: self.team_slug.clone(),
            },
            key_type: said(&self.key_type, self.key.key_type()),
            environment: said(&self.environment, self.key.environment()),
            masked_key: self.key.masked(),
            backend,
            saved_at: Some(self.saved_at),
            fingerprint: fingerprint(self.key.secret().expose()),
        }
    }
}

/// Enough of a hash to tell keys apart, and far too little to find one.
pub(super) fn fingerprint(key: &str) -> String {
    let hash = Sha256::digest(key.as_bytes());
    hex::encode(hash.iter().take(8).copied().collect::<Vec<u8>>())
}

/// Whether `name` can be a profile's: fit for a shell, a file and a keychain.
pub(super) fn is_valid_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '+');
    name.len() <= LONGEST_NAME
        && name.chars().all(plain)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_fit_for_a_shell() {
        for good in ["default", "acme-live", "a.b_c", "Me@work", "9"] {
            assert!(is_valid_name(good), "{good}");
        }
        for bad in ["", "-x", ".x", "a b", "a/b", "a\nb", "ü", "\u{1b}", &"x".repeat(65)] {
            assert!(!is_valid_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_fingerprint_tells_keys_apart() {
        assert_eq!(fingerprint("sk_test_a").len(), 16);
        assert_ne!(fingerprint("sk_test_a"), fingerprint("sk_test_b"));
    }
}
