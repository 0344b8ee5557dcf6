//! What to do after an attempt: nothing, retry, wait for the target, or give up.

use std::time::Duration;

use super::attempt::AttemptOutcome;
use super::command::{CommandEnd, exit_code_in};
use crate::history::RecordedOutcome;

/// Waits before the second, third … attempt; the last one repeats.
const WAITS: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
/// A longer `Retry-After` is shortened to this.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// A command asks for another attempt later, as with mail servers.
pub(super) const EX_TEMPFAIL: i32 = 75;
/// A command rejects the event: `EX_DATAERR`, and the permanent failure of qmail's deliveries. All other codes are
/// retried, because an interpreter or a shell also fails with 1, 2 or 127.
const REJECTED: [i32; 2] = [65, 100];

/// Whether a reason from the history is that a command rejected the event.
pub(crate) fn is_rejection(reason: &str) -> bool {
    exit_code_in(reason).is_some_and(|code| REJECTED.contains(&code))
}

/// What to do with a delivery after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    Delivered,
    Retry {
        after: Duration,
    },
    /// The target was not reached: the attempt does not count, and the deliveries to the target wait.
    MarkDown,
    GiveUp,
}

impl RetryDecision {
    /// The outcome in the history.
    pub(crate) const fn recorded(&self) -> RecordedOutcome {
        match self {
            Self::Delivered => RecordedOutcome::Delivered,
            Self::Retry { .. } => RecordedOutcome::Retry,
            Self::MarkDown => RecordedOutcome::Refused,
            Self::GiveUp => RecordedOutcome::Failed,
        }
    }
}

/// Decides after attempt number `attempt` (from 1) when `retries` more than the first are allowed.
pub(crate) fn decide(outcome: &AttemptOutcome, attempt: u32, retries: u32) -> RetryDecision {
    let (is_temporary, requested) = match outcome {
        outcome if outcome.is_success() => return RetryDecision::Delivered,
        AttemptOutcome::NotReached(_) => return RetryDecision::MarkDown,
        // Redirects are not followed, and other client errors are permanent.
        AttemptOutcome::Answered { status, retry_after, .. } => {
            (*status == 429 || *status >= 500, *retry_after)
        }
        AttemptOutcome::Exited(exit) => {
            (!matches!(exit.end, CommandEnd::Code(code) if REJECTED.contains(&code)), None)
        }
        AttemptOutcome::TimedOut { .. } | AttemptOutcome::Broken(_) => (true, None),
        AttemptOutcome::Impossible { .. } => (false, None),
    };
    if !is_temporary || attempt > retries {
        return RetryDecision::GiveUp;
    }
    let step = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    let wait = WAITS.get(step).copied().unwrap_or(Duration::from_secs(8));
    RetryDecision::Retry {
        after: requested.map_or(wait, |requested| wait.max(requested.min(LONGEST_RETRY_AFTER))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::command::CommandExit;
    use crate::net::FailureCause;

    #[test]
    fn only_2xx_counts_as_success() {
        assert_eq!(decide(&AttemptOutcome::answered(204), 1, 5), RetryDecision::Delivered);
        for cause in [
            FailureCause::Refused,
            FailureCause::NameNotFound,
            FailureCause::NoRoute,
            FailureCause::CertificateExpired,
        ] {
            assert_eq!(decide(&AttemptOutcome::NotReached(cause.into()), 99, 0), RetryDecision::MarkDown);
        }
    }

    #[test]
    fn exit_code_decides_about_retries() {
        let ends = |end| AttemptOutcome::Exited(Box::new(CommandExit { end, excerpt: None }));
        assert_eq!(decide(&ends(CommandEnd::Code(0)), 1, 5), RetryDecision::Delivered);
        for code in [65, 100] {
            assert_eq!(decide(&ends(CommandEnd::Code(code)), 1, 5), RetryDecision::GiveUp, "{code}");
        }
        let temporary = [1, 2, 64, 75, 111, 126, 127, 255, -1].map(CommandEnd::Code);
        let killed = [CommandEnd::Signal(9), CommandEnd::TimedOut(Duration::from_secs(10))];
        for end in temporary.into_iter().chain(killed) {
            assert!(matches!(decide(&ends(end), 1, 5), RetryDecision::Retry { .. }), "{end:?}");
            assert_eq!(decide(&ends(end), 6, 5), RetryDecision::GiveUp, "{end:?}");
        }
        let missing = AttemptOutcome::NotReached(FailureCause::CommandNotFound.into());
        assert_eq!(decide(&missing, 1, 0), RetryDecision::MarkDown);
    }

    #[test]
    fn client_errors_are_final_except_429() {
        for status in [301, 302, 307, 400, 401, 404, 410] {
            assert_eq!(decide(&AttemptOutcome::answered(status), 1, 5), RetryDecision::GiveUp, "{status}");
        }
        for status in [429, 500, 502, 503] {
            assert!(
                matches!(decide(&AttemptOutcome::answered(status), 1, 5), RetryDecision::Retry { .. }),
                "{status}"
            );
        }
    }

    #[test]
    fn retry_waits_double_up_to_eight_seconds() {
        let timed_out = AttemptOutcome::TimedOut { after: Duration::from_secs(10) };
        let waits: Vec<_> = (1..=7)
            .map(|attempt| match decide(&timed_out, attempt, 6) {
                RetryDecision::Retry { after } => after.as_millis(),
                _ => 0,
            })
            .collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000, 0]);
        assert_eq!(decide(&timed_out, 1, 0), RetryDecision::GiveUp);
    }

    #[test]
    fn retry_after_lengthens_the_wait_to_a_bound() {
        let asks = |seconds| AttemptOutcome::Answered {
            status: 503,
            retry_after: Some(Duration::from_secs(seconds)),
            details: None,
        };
        assert_eq!(decide(&asks(3), 1, 5), RetryDecision::Retry { after: Duration::from_secs(3) });
        assert_eq!(decide(&asks(0), 1, 5), RetryDecision::Retry { after: Duration::from_millis(500) });
        assert_eq!(decide(&asks(86_400), 1, 5), RetryDecision::Retry { after: Duration::from_secs(60) });
    }
}
