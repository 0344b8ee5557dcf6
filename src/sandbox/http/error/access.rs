//! The errors of API keys: missing, invalid, or not permitted to do this.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::{AUTHENTICATION, ApiError, Companion};
use crate::sandbox::caller::Environment;

impl ApiError {
    fn unauthorized(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, AUTHENTICATION, code, message)
            .documented()
            .with(Companion::Challenge)
    }

    /// No usable `Authorization` header (documented).
    pub(crate) fn authentication_required() -> Self {
        Self::unauthorized("authentication_required", "Missing or invalid Authorization header.")
    }

    /// The key has none of the four prefixes (code documented, message ours).
    pub(crate) fn invalid_key_format() -> Self {
        Self::unauthorized(
            "invalid_key_format",
            "API keys start with sk_live_, sk_test_, pk_live_ or pk_test_.",
        )
    }

    /// A well-formed key that does not exist (documented).
    pub(crate) fn invalid_api_key() -> Self {
        Self::unauthorized("invalid_api_key", "The API key provided is invalid or has been revoked.")
    }

    fn forbidden(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, AUTHENTICATION, code, message).documented()
    }

    /// The endpoint needs a secret key, even for reading (documented).
    pub(crate) fn insufficient_permissions() -> Self {
        Self::forbidden("insufficient_permissions", "Secret key required for this endpoint")
    }

    /// A write with a publishable key. Documented for live keys; the same for test keys.
    pub(crate) fn publishable_key_write(environment: Environment) -> Self {
        let env = environment.as_str();
        Self::forbidden(
            "publishable_key_write",
            format!(
                "Publishable keys (pk_{env}_) are read-only. Use a secret key (sk_{env}_) for write operations"
            ),
        )
    }

    /// A test key used on live keys, or the other way round (code documented, message ours).
    pub(crate) fn other_environment(wanted: Environment) -> Self {
        let name = wanted.as_str();
        let message = format!("API keys of the {name} environment need a {name} key (sk_{name}_).");
        Self::forbidden("insufficient_permissions", message)
    }

    /// The key does not belong to the team in the path (code documented, message ours).
    pub(crate) fn team_access_denied() -> Self {
        Self::forbidden("team_access_denied", "This API key does not belong to the requested team.")
    }
}
