//! `/api-keys` of a team: list, create and revoke (paths and shapes ours: no public page shows them).

use reqwest::Method;
use serde_json::{Value, json};

use super::limits::is_valid_id;
use super::{ApiError, Client, Identity};

/// A `prefix` shorter than this tells little about one key: four characters after the documented beginning.
const MIN_DISTINCT: usize = 12;

/// A key as the API tells of it. Read tolerantly: only what is asked for has to be there.
#[derive(Clone)]
pub(crate) struct TeamKey {
    /// The object as it came, for `--json`. That of a new key holds the key itself.
    pub(crate) raw: Value,
}

/// A new key may be in it.
impl std::fmt::Debug for TeamKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TeamKey").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl TeamKey {
    /// A member that is a text.
    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.raw.get(member).and_then(Value::as_str)
    }

    /// `key_…`; empty if there is none.
    pub(crate) fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// How the key begins.
    pub(crate) fn prefix(&self) -> Option<&str> {
        self.text("prefix").filter(|prefix| !prefix.is_empty())
    }

    /// The key itself, in the answer that made it and nowhere else.
    pub(crate) fn key(&self) -> Option<&str> {
        self.text("key")
    }

    /// Whether `key` begins as this one does. Only the beginning is known, so this is as sure as it gets.
    pub(crate) fn may_match(&self, key: &str) -> bool {
        self.prefix().is_some_and(|prefix| key.starts_with(prefix))
    }

    /// Whether `text` is the beginning of the id or of the key, or the whole key.
    pub(crate) fn begins_with(&self, text: &str) -> bool {
        let of_key = |prefix: &str| {
            prefix.starts_with(text) || (prefix.len() >= MIN_DISTINCT && text.starts_with(prefix))
        };
        self.id().starts_with(text) || self.prefix().is_some_and(of_key)
    }
}

/// What a new key is to be. What is left out is up to the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewKey<'a> {
    pub(crate) name: &'a str,
    /// `secret` or `publishable`.
    pub(crate) kind: Option<&'a str>,
    /// `live` or `test`.
    pub(crate) environment: Option<&'a str>,
}

impl Client {
    /// `GET /api-keys`: every key of the team.
    pub(crate) async fn keys(&self, identity: &Identity) -> Result<Vec<TeamKey>, ApiError> {
        let keys: Vec<Value> = self.send(Method::GET, &path(identity), None).await?;
        Ok(keys.into_iter().map(|raw| TeamKey { raw }).collect())
    }

    /// `POST /api-keys`: the answer holds the key, this once.
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

    /// `DELETE /api-keys/{id}`; gives the answer's `data`.
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
    fn a_key_is_found_by_the_beginning_of_its_id_or_of_itself() {
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
    fn a_short_prefix_is_not_enough_to_choose_a_key() {
        let key = key("key_abcdefghijkl", "sk_test_");
        assert!(key.begins_with("sk_test_") && !key.begins_with("sk_test_ABCDrest"));
        assert!(key.may_match("sk_test_ABCDrest"), "it is enough to take care");
    }

    #[test]
    fn an_object_that_says_nothing_is_no_key_in_particular() {
        let none = TeamKey { raw: json!([]) };
        assert!(!none.may_match("sk_test_ABCDrest") && !none.begins_with("sk_test_AB"));
        let empty = key("", "");
        assert!(!empty.may_match("sk_test_ABCDrest") && !empty.begins_with("sk_test_AB"));
        assert!(!format!("{empty:?}").contains("hidden"));
    }
}
