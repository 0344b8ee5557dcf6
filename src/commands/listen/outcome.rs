//! What the end of `listen` means: the failure to tell and the exit code.

use crate::account::Account;
use crate::forward::{End, Ended};
use crate::ops::stream_end::{refused, stream_error};
use crate::output::{Exit, Failure};

/// What the end of the run means for the exit code. Everything else was shown when it happened.
pub(super) fn verdict(ended: Ended, count: Option<u64>, account: &Account) -> Result<(), Failure> {
    let Ended { end, summary } = ended;
    if !summary.balanced {
        return Err(Failure::new(
            Exit::Bug,
            format!("the account of deliveries does not balance: {summary:?}"),
        ));
    }
    match end {
        End::Interrupted | End::OutputClosed => Ok(()),
        End::Aborted => Err(Failure::shown(Exit::Interrupted)),
        End::Refused(reason) => Err(refused(reason, account)),
        End::StreamError(error) => Err(stream_error(error)),
        End::StreamGone => Err(Failure::new(Exit::Bug, "the event stream ended without a reason")),
        End::NoSecret(reason) => {
            Err(Failure::failed(format!("could not find a secret to sign with: {reason}")))
        }
        End::TimeUp if count.is_some() => Err(Failure::failed("the time was up before --count was reached")),
        End::CountReached | End::TimeUp if summary.failed + summary.waiting > 0 => {
            let (failed, waiting) = (summary.failed, summary.waiting);
            Err(Failure::failed(format!("{failed} deliveries failed and {waiting} were not made")))
        }
        End::CountReached | End::TimeUp => Ok(()),
    }
}
