//! The names of members, parameters and headers whose values are secret.

/// Members and parameters whose values are always secret.
pub(super) const SECRET_NAMES: [&str; 20] = [
    "key",
    "secret",
    "token",
    "password",
    "passwd",
    "pass_word",
    "pass-word",
    "passphrase",
    "passcode",
    "pwd",
    "authorization",
    "signature",
    "cookie",
    "credential",
    "bearer",
    "passwort",
    "contraseña",
    "session_id",
    "session-id",
    "sessionid",
];
/// The same, if it is the last word of the name: `shipping`, `author` and `session_count` are not secret.
const SECRET_WORDS: [&str; 15] = [
    "otp", "totp", "mfa", "pin", "session", "sid", "auth", "jwt", "csrf", "xsrf", "pass", "pw", "cvv", "cvc",
    "sig",
];

/// Whether text, in lower case, has one of the [`SECRET_NAMES`] anywhere.
pub(super) fn contains(lower: &str) -> bool {
    SECRET_NAMES.iter().any(|name| lower.contains(name))
}

/// Compares the end of each part of the name, so that `api_key`, `apiKeys`, `X-Auth-Token`, `token[]`,
/// `user[password]` and `secret_2` match, and `keyword` does not.
pub(super) fn is_secret(name: &str) -> bool {
    if name.split(['[', ']', '.', ':', '/', ' ']).any(|part| {
        let part = part.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        SECRET_WORDS.contains(&last_word(part).to_ascii_lowercase().as_str())
    }) {
        return true;
    }
    let name = name.to_ascii_lowercase();
    name.split(['[', ']', '.', ':', '/', ' ']).any(|part| {
        let part = part.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        let one = part.strip_suffix('s').unwrap_or(part);
        SECRET_NAMES.iter().any(|secret| part.ends_with(secret) || one.ends_with(secret))
    })
}

/// Whether text that is not JSON assigns a value to one of the [`SECRET_WORDS`].
pub(super) fn assigns_word(text: &str) -> bool {
    text.match_indices(['=', ':', '>']).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let before = before.trim_end_matches(|c: char| c.is_ascii_digit() || "\"' []".contains(c));
        let name = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c))).next();
        SECRET_WORDS.contains(&last_word(name.unwrap_or_default()).to_ascii_lowercase().as_str())
    })
}

/// The part after the last separator, or from the last capital after a lower-case letter.
fn last_word(name: &str) -> &str {
    let word = name.rsplit(['_', '-']).next().unwrap_or(name);
    let pairs = word.char_indices().zip(word.chars().skip(1));
    let start = pairs.filter(|((_, a), b)| a.is_ascii_lowercase() && b.is_ascii_uppercase()).last();
    start.and_then(|((at, _), _)| word.get(at + 1..)).unwrap_or(word)
}
