//! `/api-keys` of a team: list, create and revoke (ours: paths and shapes).

use reqwest::Method;
use serde_json::{Value, json};

use super::limits::is_valid_id;
use super::{ApiError, Client, Identity};

/// A shorter `prefix` does not identify a key: four characters after the documented prefix.
const MIN_DISTINCT: usize = 12;

/// An API key of the team. All members are optional.
#[derive(Clone)]
pub(crate) struct TeamKey {
    /// The object from the API, for `--json`. That of a new key contains the key.
    pub(crate) raw: Value,
}

// Does not print `raw`, which may contain a new key.
impl std::fmt::Debug for TeamKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TeamKey").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl TeamKey {
    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.raw.get(member).and_then(Value::as_str)
    }

    /// `key_…`; empty if missing.
    pub(crate) fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// The first characters of the key.
    pub(crate) fn prefix(&self) -> Option<&str> {
        self.text("prefix").filter(|prefix| !prefix.is_empty())
    }

    /// The key, only in the response that creates it.
    pub(crate) fn key(&self) -> Option<&str> {
        self.text("key")
    }

    /// Whether `key` begins with the prefix of this one. The API does not return more of a key.
    pub(crate) fn may_match(&self, key: &str) -> bool {
        self.prefix().is_some_and(|prefix| key.starts_with(prefix))
    }

    /// Whether `text` is a prefix of the id or of the key.
    pub(crate) fn begins_with(&self, text: &str) -> bool {
        let of_key = |prefix: &str| {
            prefix.starts_with(text) || (prefix.len() >= MIN_DISTINCT && text.starts_with(prefix))
        };
        self.id().starts_with(text) || self.prefix().is_some_and(of_key)
    }
}

/// The fields of a new key. The API has defaults for missing ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewKey<'a> {
    pub(crate) name: &'a str,
    /// `secret` or `publishable`.
    pub(crate) kind: Option<&'a str>,
    /// `live` or `test`.
    pub(crate) environment: Option<&'a str>,
}

impl Client {
    /// `GET /api-keys`: all keys of the team.
    pub(crate) async fn keys(&self, identity: &Identity) -> Result<Vec<TeamKey>, ApiError> {
        let keys: Vec<Value> = self.send(Method::GET, &path(identity), None).await?;
        Ok(keys.into_iter().map(|raw| TeamKey { raw }).collect())
    }

    /// `POST /api-keys`: only this response contains the key.
    pub(crate) async fn create_key(&self, identity: &Identity, new: NewKey<'_>) -> Result<TeamKey, ApiError> {
        let mut body = json!({ "name": new.name });
        for (member, value) in [("type", new.kind), ("environment", new.environment)] {
            if let (Some(value), Some(body)) = (value, body.as_object_mut()) {
                body.insert(member.to_owned(), value.into());
            }
        }
        let raw = self.send(Method::POST, &path(identity), Some(&body)).await?;
        Ok(TeamKey { raw })
    }

    /// `DELETE /api-keys/{id}`; returns the `data` of the response.
    pub(crate) async fn revoke_key(&self, identity: &Identity, id: &str) -> Result<Value, ApiError> {
        if !is_valid_id(id) {
            return Err(ApiError::InvalidKeyId);
        }
        self.send(Method::DELETE, &format!("{}/{id}", path(identity)), None).await
    }
}

fn path(identity: &Identity) -> String {
    format!("/api/v1/teams/{}/api-keys", identity.team_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, prefix: &str) -> TeamKey {
        TeamKey { raw: json!({ "id": id, "prefix": prefix, "key": "sk_test_hidden" }) }
    }

    #[test]
    fn keys_are_found_by_id_or_key_prefix() {
        let key = key("key_abcdefghijkl", "sk_test_ABCD");
        for text in ["key_abcdefghijkl", "key_abc", "sk_test_AB", "sk_test_ABCD", "sk_test_ABCDrest"] {
            assert!(key.begins_with(text), "{text}");
        }
        for text in ["key_b", "key_abcdefghijklm", "sk_test_B", "sk_test_ABCErest", "sk_live_ABCD"] {
            assert!(!key.begins_with(text), "{text}");
        }
        assert!(key.may_match("sk_test_ABCDrest") && !key.may_match("sk_test_ABCErest"));
    }

    #[test]
    fn short_prefixes_do_not_identify_a_key() {
        let key = key("key_abcdefghijkl", "sk_test_");
        assert!(key.begins_with("sk_test_") && !key.begins_with("sk_test_ABCDrest"));
        assert!(key.may_match("sk_test_ABCDrest"), "enough for a warning");
    }

    #[test]
    fn empty_objects_match_no_key() {
        let none = TeamKey { raw: json!([]) };
        assert!(!none.may_match("sk_test_ABCDrest") && !none.begins_with("sk_test_AB"));
        let empty = key("", "");
        assert!(!empty.may_match("sk_test_ABCDrest") && !empty.begins_with("sk_test_AB"));
        assert!(!format!("{empty:?}").contains("hidden"));
    }
}
