//! An API key: its syntax, and the part that may be shown.

use crate::Secret;
use crate::secret::{oddity, prefixes};

/// A key of one of the four documented kinds.
#[derive(Clone, Debug)]
pub(crate) struct ApiKey {
    secret: Secret,
    prefix: &'static str,
}

/// Why a text is not an API key. No message contains the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiKeyError {
    #[error("the API key is empty")]
    Empty,
    #[error("the API key must begin with sk_live_, sk_test_, pk_live_ or pk_test_")]
    Prefix,
    #[error("this is a webhook signing secret (whsec_…), not an API key")]
    SigningSecret,
    #[error("the API key ends after its prefix")]
    Truncated,
    /// Names the character.
    #[error("the API key has white space or a line break in it: it {0}")]
    WhiteSpace(String),
    /// Names the character.
    #[error("the API key has a character that is not allowed in an HTTP header: it {0}")]
    Character(String),
    /// Without this character it would have a valid prefix.
    #[error("the API key {0}")]
    Odd(String),
}

impl ApiKey {
    /// Checks the prefix, and that the key can be sent in a header. The length is not checked, because cStar's pages
    /// disagree about it.
    pub(crate) fn parse(secret: Secret) -> Result<Self, ApiKeyError> {
        let text = secret.expose();
        if text.is_empty() {
            return Err(ApiKeyError::Empty);
        }
        if text.starts_with(prefixes::SIGNING_SECRET) {
            return Err(ApiKeyError::SigningSecret);
        }
        let prefix = prefixes::API_KEY.into_iter().find(|prefix| text.starts_with(prefix));
        // A quote within the key is suspicious, but can be sent.
        let is_sendable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if let Some(odd) = oddity(text).filter(|_| prefix.is_none() || !is_sendable) {
            return Err(match prefix {
                _ if text.chars().any(char::is_whitespace) => ApiKeyError::WhiteSpace(odd),
                Some(_) => ApiKeyError::Character(odd),
                None => ApiKeyError::Odd(odd),
            });
        }
        let prefix = prefix.ok_or(ApiKeyError::Prefix)?;
        if text.len() == prefix.len() {
            return Err(ApiKeyError::Truncated);
        }
        Ok(Self { secret, prefix })
    }

    /// The key itself, for the `Authorization` header.
    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// `secret` or `publishable`, from the prefix.
    pub(crate) fn key_type(&self) -> &'static str {
        if self.prefix.starts_with("sk_") { "secret" } else { "publishable" }
    }

    /// `live` or `test`, from the prefix.
    pub(crate) fn environment(&self) -> &'static str {
        if self.prefix.ends_with("_live_") { "live" } else { "test" }
    }

    /// The prefix and the end of the key, enough to identify it for its owner: `sk_test_…ab12`. Of a short key the end
    /// is hidden too.
    pub(crate) fn masked(&self) -> String {
        let rest = self.secret.expose().strip_prefix(self.prefix).unwrap_or_default();
        let tail = rest.len().checked_sub(4).filter(|_| rest.len() >= 16);
        format!("{}…{}", self.prefix, tail.and_then(|at| rest.get(at..)).unwrap_or_default())
    }

    /// The documented prefix, such as `sk_test_`.
    pub(crate) fn prefix(&self) -> &'static str {
        self.prefix
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<&'static str, ApiKeyError> {
        ApiKey::parse(Secret::new(text)).map(|key| key.prefix())
    }

    #[test]
    fn four_kinds_are_accepted() {
        for prefix in prefixes::API_KEY {
            assert_eq!(parse(&format!("{prefix}a-b_C1")), Ok(prefix));
        }
    }

    #[test]
    fn masked_key_has_prefix_and_end() {
        let key = |text| ApiKey::parse(Secret::new(text)).unwrap();
        let live = key("sk_live_0123456789abcdefAB12");
        assert_eq!(live.masked(), "sk_live_…AB12");
        assert_eq!((live.key_type(), live.environment()), ("secret", "live"));
        let short = key("pk_test_short");
        assert_eq!(short.masked(), "pk_test_…");
        assert_eq!((short.key_type(), short.environment()), ("publishable", "test"));
    }

    #[test]
    fn other_texts_are_rejected() {
        assert_eq!(parse(""), Err(ApiKeyError::Empty));
        assert_eq!(parse("sk_abc"), Err(ApiKeyError::Prefix));
        assert_eq!(parse("whsec_abc"), Err(ApiKeyError::SigningSecret));
        assert_eq!(parse("sk_test_"), Err(ApiKeyError::Truncated));
        let space = |text: &str| Err(ApiKeyError::WhiteSpace(text.to_owned()));
        let character = |text: &str| Err(ApiKeyError::Character(text.to_owned()));
        let odd = |text: &str| Err(ApiKeyError::Odd(text.to_owned()));
        assert_eq!(parse("sk_test_a\nb"), space("has a line feed in it"));
        assert_eq!(parse(" sk_test_a"), space("begins with a space"));
        assert_eq!(parse("sk_test_é"), character("ends with the character U+00E9"));
        assert_eq!(parse("sk_test_a\u{7f}"), character("ends with the character U+007F"));
        assert_eq!(parse("\u{feff}sk_test_a"), odd("begins with a byte order mark (U+FEFF)"));
        assert_eq!(parse("'sk_test_a'"), odd("is in quotes (')"));
        assert_eq!(parse("sk_test_'a"), Ok("sk_test_"));
    }
}
