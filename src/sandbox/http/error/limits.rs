//! The errors of rate limits.

use axum::http::StatusCode;

use super::{ApiError, Companion, RATE_LIMIT};
use crate::numbers::plural;

impl ApiError {
    /// The hourly limit of the key is reached (documented; `retryAfter` in the body follows the prose of
    /// the reference, which no sample shows).
    pub(crate) fn rate_limit_exceeded(seconds: u64) -> Self {
        Self::rate_limited(seconds, format!("Rate limit exceeded. Try again in {}.", in_seconds(seconds)))
    }

    /// The limit that the sandbox was started with is reached, and can be lifted (message ours).
    pub(crate) fn own_limit_exceeded(limit: u32, seconds: u64) -> Self {
        let message = format!(
            "Rate limit exceeded. Try again in {}. This sandbox was started with --rate-limit {limit}; \
             start it with --rate-limit 0 for no limit.",
            in_seconds(seconds)
        );
        Self::rate_limited(seconds, message)
    }

    fn rate_limited(seconds: u64, message: String) -> Self {
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, RATE_LIMIT, "rate_limit_exceeded", message);
        // the one documented doc_url that ends in the type instead of the code
        error.anchor = Some(RATE_LIMIT);
        error.retry_after = Some(seconds);
        error.with(Companion::RetryAfter)
    }
}

/// Without commas, as in the documented message, which clients may read.
fn in_seconds(seconds: u64) -> String {
    format!("{seconds} {}", plural(seconds, "second"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_second_is_singular() {
        for (seconds, said) in [(1, "in 1 second."), (2, "in 2 seconds."), (3_600, "in 3600 seconds.")] {
            assert!(ApiError::rate_limit_exceeded(seconds).message.ends_with(said));
            assert!(ApiError::own_limit_exceeded(1, seconds).message.contains(said));
        }
    }
}
