//! Decides whether a request is retried, and after what delay.

use std::time::Duration;

use super::ApiError;

/// Retries after the first attempt (documented for the JavaScript SDK).
const MAX_RETRIES: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
const JITTER: Duration = Duration::from_millis(200);
/// If the server asks for a longer wait, there is no retry, and the error reports the requested wait.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Counts the attempts of one request.
#[derive(Debug, Default)]
pub(super) struct Retry {
    done: u32,
}

impl Retry {
    /// The delay before the next attempt, or `None` when `error` is final. `random` is in `0..1`.
    pub(super) fn next(&mut self, error: &ApiError, random: f64) -> Option<Duration> {
        if self.done >= MAX_RETRIES {
            return None;
        }
        let wait = match error {
            ApiError::RateLimited { retry_after: Some(wait), .. } if *wait > LONGEST_RETRY_AFTER => {
                return None;
            }
            ApiError::RateLimited { retry_after: Some(wait), .. } => *wait,
            ApiError::RateLimited { .. } | ApiError::Server { .. } => self.step(),
            ApiError::Unreachable { retryable: true, .. } => self.step(),
            _ => return None,
        };
        self.done += 1;
        Some(wait + JITTER.mul_f64(random))
    }

    fn step(&self) -> Duration {
        FIRST_WAIT.saturating_mul(1 << self.done).min(LONGEST_WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> ApiError {
        ApiError::Server { status: 500, detail: Box::default() }
    }

    #[test]
    fn server_errors_are_retried_three_times() {
        let mut retry = Retry::default();
        let waits: Vec<_> =
            std::iter::from_fn(|| retry.next(&server(), 0.0)).map(|w| w.as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000]);
        assert_eq!(Retry::default().next(&server(), 0.5), Some(Duration::from_millis(600)));
    }

    #[test]
    fn rate_limit_waits_are_bounded() {
        let limited = |seconds| ApiError::RateLimited {
            retry_after: Some(Duration::from_secs(seconds)),
            detail: Box::default(),
        };
        assert_eq!(Retry::default().next(&limited(7), 0.0), Some(Duration::from_secs(7)));
        assert_eq!(Retry::default().next(&limited(3600), 0.0), None);
    }

    #[test]
    fn rejected_key_is_final() {
        assert_eq!(
            Retry::default().next(&ApiError::Refused { status: 401, detail: Box::default() }, 0.0),
            None
        );
    }
}
