//! Authentication and permissions: API keys, teams, and the two kinds of key.

use axum::http::header::{AUTHORIZATION, HeaderMap};
use axum::http::{Method, Uri};

use super::error::ApiError;
use super::keys::Keys;
use crate::sandbox::caller::{Caller, Environment, KEY_PREFIXES, KeyKind};
use crate::sandbox::team::Team;

/// Everything below this path needs a key.
const API_ROOT: &str = "/api/v1";

/// Whether a path is part of the API. Without a key it answers 401, even where nothing is.
pub(crate) fn is_protected(uri: &Uri) -> bool {
    uri.path().strip_prefix(API_ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path can change the sandbox itself. `/_sandbox` only identifies it.
pub(crate) fn is_control(uri: &Uri) -> bool {
    uri.path().starts_with("/_sandbox/")
}

/// The caller of a request. The key itself goes no further than this function.
pub(crate) fn authenticate(keys: &Keys, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let key = bearer(headers).ok_or_else(ApiError::authentication_required)?;
    if !is_key(key) {
        return Err(ApiError::invalid_key_format());
    }
    keys.find(key).ok_or_else(ApiError::invalid_api_key)
}

/// Whether a token begins as API keys do.
pub(crate) fn is_key(token: &str) -> bool {
    KEY_PREFIXES.iter().any(|prefix| token.starts_with(prefix))
}

/// The token of `Authorization: Bearer <key>`, valid or not.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
    let key = key.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty() && !key.contains([' ', ','])).then_some(key)
}

/// Checks that hold for every path: the team is that of the key, and publishable keys only read.
pub(crate) fn authorize(team: &Team, caller: Caller, method: &Method, uri: &Uri) -> Result<(), ApiError> {
    if team_in(uri).is_some_and(|named| !team.has_id(named)) {
        return Err(ApiError::team_access_denied());
    }
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if caller.kind == KeyKind::Publishable && !reads {
        return Err(ApiError::publishable_key_write(caller.environment));
    }
    Ok(())
}

/// For endpoints that need a secret key even for reading.
pub(crate) fn require_secret(caller: Caller) -> Result<(), ApiError> {
    match caller.kind {
        KeyKind::Secret => Ok(()),
        KeyKind::Publishable => Err(ApiError::insufficient_permissions()),
    }
}

/// For actions that a key may do in its own environment only.
pub(crate) fn require_environment(caller: Caller, wanted: Environment) -> Result<(), ApiError> {
    if caller.environment == wanted { Ok(()) } else { Err(ApiError::other_environment(wanted)) }
}

/// The team segment, as sent: a percent-encoded id is a different team.
pub(crate) fn team_in(uri: &Uri) -> Option<&str> {
    uri.path().strip_prefix("/api/v1/teams/").and_then(|rest| rest.split('/').next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::http::keys::StartKeys;
    use crate::sandbox_info::{PUBLISHABLE_LIVE_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY, TEAM_ID};
    use axum::http::HeaderValue;

    fn keys() -> Keys {
        Keys::new(jiff::Timestamp::UNIX_EPOCH, &[], &StartKeys::Public)
    }

    fn code(value: Option<&str>) -> &'static str {
        let mut headers = HeaderMap::new();
        if let Some(value) = value {
            headers.insert(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        authenticate(&keys(), &headers).map_or_else(|error| error.code, |_| "ok")
    }

    #[test]
    fn authorization_header_forms_differ() {
        assert_eq!(code(None), "authentication_required");
        assert_eq!(code(Some("")), "authentication_required");
        assert_eq!(code(Some("Bearer")), "authentication_required");
        assert_eq!(code(Some("Bearer ")), "authentication_required");
        assert_eq!(code(Some(SECRET_TEST_KEY)), "authentication_required");
        assert_eq!(code(Some(&format!("Basic {SECRET_TEST_KEY}"))), "authentication_required");
        assert_eq!(code(Some(&format!("Bearer {SECRET_TEST_KEY} x"))), "authentication_required");
        assert_eq!(code(Some("Bearer sk_sandbox")), "invalid_key_format");
        assert_eq!(code(Some("Bearer SK_TEST_sandbox0000000000000000000000000")), "invalid_key_format");
        assert_eq!(code(Some("Bearer sk_test_x")), "invalid_api_key");
        assert_eq!(code(Some(&format!("Bearer {SECRET_TEST_KEY}0"))), "invalid_api_key");
        assert_eq!(code(Some(&format!("Bearer {SECRET_TEST_KEY}"))), "ok");
        assert_eq!(code(Some(&format!("bearer  {SECRET_LIVE_KEY}"))), "ok");
    }

    #[test]
    fn two_authorization_headers_are_malformed() {
        let value = HeaderValue::from_str(&format!("Bearer {SECRET_TEST_KEY}")).unwrap();
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, value.clone());
        headers.append(AUTHORIZATION, value);
        assert_eq!(authenticate(&keys(), &headers).unwrap_err().code, "authentication_required");
    }

    #[test]
    fn only_api_paths_are_protected() {
        let protected = |path: &str| is_protected(&path.parse().unwrap());
        assert!(protected("/api/v1"));
        assert!(protected("/api/v1/"));
        assert!(protected("/api/v1/teams/x/webhooks?types=a"));
        assert!(!protected("/api/v10"));
        assert!(!protected("/_sandbox"));
        assert!(!protected("/"));
    }

    #[test]
    fn publishable_keys_only_read() {
        let caller = Caller::from_key(PUBLISHABLE_LIVE_KEY).unwrap();
        let own: Uri = format!("/api/v1/teams/{TEAM_ID}/webhooks").parse().unwrap();
        assert!(authorize(&Team::main(), caller, &Method::GET, &own).is_ok());
        assert!(authorize(&Team::main(), caller, &Method::HEAD, &own).is_ok());
        assert_eq!(
            authorize(&Team::main(), caller, &Method::DELETE, &own).unwrap_err().code,
            "publishable_key_write"
        );
        for team in ["", "acme", "x", "550e8400-e29b-41d4-a716-446655440001"] {
            let uri: Uri = format!("/api/v1/teams/{team}/webhooks").parse().unwrap();
            assert_eq!(
                authorize(&Team::main(), caller, &Method::GET, &uri).unwrap_err().code,
                "team_access_denied",
                "{team}"
            );
        }
    }
}
