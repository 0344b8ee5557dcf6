//! The errors of customer accounts, and of what cStar has without a published shape (both ours).

use axum::http::StatusCode;

use super::{AUTHENTICATION, ApiError, Companion, NOT_FOUND};

impl ApiError {
    /// Wrong credentials of a customer, without a hint which of the two (ours).
    pub(crate) fn wrong_password() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            AUTHENTICATION,
            "invalid_credentials",
            "Invalid email or password.",
        )
        .with(Companion::Challenge)
    }

    /// The token of a customer is not valid, expired or revoked (ours).
    pub(crate) fn session_ended() -> Self {
        let message = "The session has ended. Log in again.";
        Self::new(StatusCode::UNAUTHORIZED, AUTHENTICATION, "session_ended", message)
            .with(Companion::Challenge)
    }

    /// The account is not confirmed yet (ours).
    pub(crate) fn confirmation_pending() -> Self {
        let message = "Confirm the email address before the first login.";
        Self::new(StatusCode::FORBIDDEN, AUTHENTICATION, "confirmation_pending", message)
    }

    /// cStar has this, but no page shows its answer (ours).
    pub(crate) fn unpublished(what: &str) -> Self {
        let message = format!(
            "cStar has {what}, but its shape is published nowhere, so the sandbox does not answer in its place."
        );
        Self::new(StatusCode::NOT_FOUND, NOT_FOUND, "RESOURCE_MISSING", message)
    }
}
