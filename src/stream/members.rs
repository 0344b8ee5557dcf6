//! Limits the texts from a server: members of a session, ids and types of events, and errors. Pure.
//!
//! The texts are used in headers, in the history and on the terminal. They have their own limits, because the limit of
//! a frame would allow a session id of 16 MiB.

use std::fmt;

use super::frame::{Session, StreamError, is_header_safe};
use crate::net::truncate_text;
use crate::secret::prefixes;

/// Characters of a code, or of a rejected id or type, that are kept.
const EXCERPT: usize = 200;
/// Characters of a message that are kept.
const LONGEST_MESSAGE: usize = 4096;
/// Bytes of a signing secret.
const LONGEST_SECRET: usize = 512;
/// The prefixes of API keys, which signing secrets do not have.
const KEY_PREFIXES: [&str; 2] = ["sk_", "pk_"];

/// A member of a session that is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IgnoredMember {
    pub(crate) member: &'static str,
    pub(crate) flaw: MemberFlaw,
}

/// Why a member of a session is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberFlaw {
    /// It is too long, or has characters that an HTTP header must not have.
    Malformed,
    /// It contains the API key.
    HoldsKey,
    LooksLikeKey,
}

impl fmt::Display for MemberFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is too long or has characters that it must not have",
            Self::HoldsKey => "it contains the API key",
            Self::LooksLikeKey => "it looks like an API key",
        })
    }
}

/// Removes members of `session` that must not be printed, recorded and sent, and returns them too. `holds_key` returns
/// whether a text contains the API key.
pub(super) fn validate_session(
    session: Session,
    holds_key: impl Fn(&str) -> bool,
) -> (Session, Vec<IgnoredMember>) {
    let mut ignored = Vec::new();
    let mut keep = |member, flaw: Option<MemberFlaw>| {
        ignored.extend(flaw.map(|flaw| IgnoredMember { member, flaw }));
        flaw.is_none()
    };
    let id_flaw = |id: &String| match id {
        id if holds_key(id) => Some(MemberFlaw::HoldsKey),
        id if !is_header_safe(id) => Some(MemberFlaw::Malformed),
        _ => None,
    };
    let session_id = session.session_id.filter(|id| keep("session_id", id_flaw(id)));
    let webhook_id = session.webhook_id.filter(|id| keep("webhook_id", id_flaw(id)));
    let secret = session.secret.filter(|secret| keep("secret", secret_flaw(secret.expose(), &holds_key)));
    // The cursor is still sent unchanged, but one that contains the key is not recorded.
    let cursor = session.cursor.filter(|id| !holds_key(id));
    (Session { session_id, webhook_id, secret, cursor, ..session }, ignored)
}

fn secret_flaw(secret: &str, holds_key: impl Fn(&str) -> bool) -> Option<MemberFlaw> {
    let lower = secret.trim_start().to_ascii_lowercase();
    if holds_key(secret) {
        Some(MemberFlaw::HoldsKey)
    } else if KEY_PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
        || prefixes::API_KEY.iter().any(|prefix| lower.contains(prefix))
    {
        Some(MemberFlaw::LooksLikeKey)
    } else if secret.len() > LONGEST_SECRET || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        Some(MemberFlaw::Malformed)
    } else {
        None
    }
}

/// The first characters of a rejected id or type, and its length if it is longer.
pub(super) fn excerpt(text: String) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => {
            let length = text.chars().count();
            format!("{}… ({length} characters)", text.get(..end).unwrap_or_default())
        }
        None => text,
    }
}

/// Truncates the texts of `error`, after redacting them with `redact`.
pub(super) fn limit_lengths(error: StreamError, redact: impl Fn(String) -> String) -> StreamError {
    let bound = |text: Option<String>, most| text.map(|text| truncate_text(redact(text), most));
    StreamError {
        error_type: bound(error.error_type, EXCERPT),
        code: bound(error.code, EXCERPT),
        message: bound(error.message, LONGEST_MESSAGE),
        request_id: bound(error.request_id, EXCERPT),
        retry_after: error.retry_after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    const KEY: &str = "sk_test_1";

    fn flaw_of_secret(secret: &str) -> Option<MemberFlaw> {
        secret_flaw(secret, |text| text.contains(KEY))
    }

    #[test]
    fn usual_secrets_are_accepted() {
        for secret in ["whsec_1", "a+/=", "task_1", "!\"#~", &"x".repeat(512)] {
            assert_eq!(flaw_of_secret(secret), None, "{secret}");
        }
    }

    #[test]
    fn keys_as_secrets_are_rejected() {
        for secret in ["sk_test_1", "whsec_sk_test_1", "xsk_test_1x"] {
            assert_eq!(flaw_of_secret(secret), Some(MemberFlaw::HoldsKey), "{secret}");
        }
        for secret in ["sk_", "SK_live_9", "Pk_x", "pK_TEST_x", " sk_live_1", "whsec_SK_LIVE_2"] {
            assert_eq!(flaw_of_secret(secret), Some(MemberFlaw::LooksLikeKey), "{secret}");
        }
    }

    #[test]
    fn cursor_with_the_key_is_not_recorded() {
        let cursor_of = |id: &str| {
            let session = Session { cursor: Some(id.to_owned()), ..Session::default() };
            validate_session(session, |text| text.contains(KEY)).0.cursor
        };
        assert_eq!(cursor_of("evt_1").as_deref(), Some("evt_1"));
        assert_eq!(cursor_of("evt_sk_test_1"), None);
    }

    #[test]
    fn malformed_secrets_are_rejected() {
        for secret in ["a b", "a\r\nb", "é", "\u{1b}[2J", &"x".repeat(513), &"x".repeat(10_000_000)] {
            assert_eq!(flaw_of_secret(secret), Some(MemberFlaw::Malformed));
        }
    }

    #[test]
    fn malformed_session_members_are_omitted() {
        let session = Session {
            session_id: Some("x".repeat(1_000_000)),
            webhook_id: Some("whk_1\r\nX: y".to_owned()),
            secret: Some(Secret::new("whsec_1".to_owned())),
            ..Session::default()
        };
        let (kept, ignored) = validate_session(session, |_| false);
        assert!(kept.session_id.is_none() && kept.webhook_id.is_none() && kept.secret.is_some());
        let malformed = |member| IgnoredMember { member, flaw: MemberFlaw::Malformed };
        assert_eq!(ignored, [malformed("session_id"), malformed("webhook_id")]);
    }

    #[test]
    fn excerpts_have_the_full_length() {
        assert_eq!(excerpt("é".repeat(200)), "é".repeat(200));
        assert_eq!(excerpt("é".repeat(10_000)), format!("{}… (10000 characters)", "é".repeat(200)));
    }

    #[test]
    fn errors_are_redacted_before_truncation() {
        let long = format!("{}{KEY}{}", "x".repeat(4090), "y".repeat(100_000));
        let error = StreamError {
            message: Some(long),
            code: Some(KEY.to_owned() + &"c".repeat(1_000)),
            ..StreamError::default()
        };
        let error = limit_lengths(error, |text| text.replace(KEY, "[key]"));
        assert_eq!(error.message, Some(format!("{}[key]y…", "x".repeat(4090))));
        assert_eq!(error.code.map(|code| code.chars().count()), Some(201));
    }
}
