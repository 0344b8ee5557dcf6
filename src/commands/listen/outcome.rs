//! What the end of `listen` means: the failure to tell and the exit code.

use http::HeaderMap;

use crate::account::Account;
use crate::api::ApiError;
use crate::api::error::Detail;
use crate::forward::{End, Ended};
use crate::output::{Exit, Failure};
use crate::stream::answer::{Refusal, Refused};
use crate::stream::frame::StreamError;

/// cStar refused the stream.
pub(super) fn refused(refused: Refused, account: &Account) -> Failure {
    match refused.reason {
        Refusal::Status => {
            ApiError::from_answer(refused.status, &HeaderMap::new(), refused.body.as_bytes(), &account.base)
                .into()
        }
        _ => Failure::failed(format!("could not open the event stream: {refused}"))
            .hint("is the base URL that of cStar's API, or of a sandbox?"),
    }
}

/// The stream's own error frame, which carries the API's error object.
pub(super) fn stream_error(error: StreamError) -> Failure {
    let detail = Detail {
        error_type: error.error_type,
        code: error.code,
        message: error.message,
        request_id: error.request_id,
        ..Detail::default()
    };
    ApiError::Refused { status: 401, detail: Box::new(detail) }.into()
}

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
