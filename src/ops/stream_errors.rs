//! The failures for streams that cStar refused or ended.

use http::HeaderMap;

use crate::account::Account;
use crate::api::ApiError;
use crate::api::error::ErrorDetail;
use crate::output::Failure;
use crate::stream::frame::StreamError;
use crate::stream::response::{Refusal, StreamRefusal};

/// cStar refused the stream.
pub(crate) fn refused(refused: StreamRefusal, account: &Account) -> Failure {
    match refused.reason {
        Refusal::Status => {
            ApiError::from_response(refused.status, &HeaderMap::new(), refused.body.as_bytes(), &account.base)
                .into()
        }
        _ => Failure::failed(format!("could not open the event stream: {refused}"))
            .hint("is the base URL that of cStar's API, or of a sandbox?"),
    }
}

/// The stream's own error frame, which carries the API's error object.
pub(crate) fn stream_error(error: StreamError) -> Failure {
    let detail = ErrorDetail {
        error_type: error.error_type,
        code: error.code,
        message: error.message,
        request_id: error.request_id,
        ..ErrorDetail::default()
    };
    ApiError::Refused { status: 401, detail: Box::new(detail) }.into()
}
