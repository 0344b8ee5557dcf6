//! A profile: a stored key's name and metadata.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{ApiKey, Backend};
use crate::net::BaseUrl;

pub(super) const DEFAULT: &str = "default";
const LONGEST_NAME: usize = 64;

/// The metadata of a stored key. The key itself is in the [`Backend`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// The only address that the key may be sent to.
    pub(crate) base: BaseUrl,
    pub(crate) team: Team,
    /// `secret` or `publishable`.
    pub(crate) key_type: String,
    /// `live` or `test`.
    pub(crate) environment: String,
    /// Such as `sk_test_…ab12`.
    pub(crate) masked_key: String,
    pub(crate) backend: Backend,
    pub(crate) saved_at: Option<Timestamp>,
    /// Detects that the backend has another key than the one that was saved.
    pub(super) fingerprint: String,
}

/// The team of a key, as reported by `whoami`. Names are untrusted text.
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

    /// Whether the key can access test data only. Checks the prefix too, because the user may have edited the file.
    pub(crate) fn is_test(&self) -> bool {
        self.environment == "test" && !self.masked_key.contains("_live_")
    }

    /// Whether the key is read-only.
    pub(crate) fn is_publishable(&self) -> bool {
        self.key_type == "publishable"
    }
}

/// A key to store, with its metadata from the API.
#[derive(Clone, Debug)]
pub(crate) struct NewCredential {
    pub(crate) key: ApiKey,
    /// The address that accepted the key.
    pub(crate) base: BaseUrl,
    pub(crate) team_id: String,
    pub(crate) team_name: Option<String>,
    pub(crate) team_slug: Option<String>,
    /// As reported by the API; if missing, the prefix decides.
    pub(crate) key_type: Option<String>,
    /// As for `key_type`.
    pub(crate) environment: Option<String>,
    pub(crate) saved_at: Timestamp,
}

impl NewCredential {
    pub(super) fn profile(&self, name: &str, backend: Backend) -> Profile {
        let reported_or =
            |reported: &Option<String>, default: &str| reported.clone().unwrap_or_else(|| default.to_owned());
        Profile {
            name: name.to_owned(),
            base: self.base.clone(),
            team: Team {
                id: self.team_id.clone(),
                name: self.team_name.clone(),
                slug: self.team_slug.clone(),
            },
            key_type: reported_or(&self.key_type, self.key.key_type()),
            environment: reported_or(&self.environment, self.key.environment()),
            masked_key: self.key.masked(),
            backend,
            saved_at: Some(self.saved_at),
            fingerprint: fingerprint(self.key.secret().expose()),
        }
    }
}

/// A short hash: long enough to distinguish keys, too short to recover one.
pub(super) fn fingerprint(key: &str) -> String {
    let hash = Sha256::digest(key.as_bytes());
    hex::encode(hash.iter().take(8).copied().collect::<Vec<u8>>())
}

/// Whether `name` is a valid profile name, safe in shells, files and keychains.
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
    fn names_are_safe_in_shells() {
        for good in ["default", "acme-live", "a.b_c", "Me@work", "9"] {
            assert!(is_valid_name(good), "{good}");
        }
        for bad in ["", "-x", ".x", "a b", "a/b", "a\nb", "ü", "\u{1b}", &"x".repeat(65)] {
            assert!(!is_valid_name(bad), "{bad}");
        }
    }

    #[test]
    fn fingerprints_distinguish_keys() {
        assert_eq!(fingerprint("sk_test_a").len(), 16);
        assert_ne!(fingerprint("sk_test_a"), fingerprint("sk_test_b"));
    }
}
