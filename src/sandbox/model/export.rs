//! `POST …/export` (documented): up to 10,000 objects as JSON, or those of one resource as CSV.
//!
//! The objects are chosen at once (`choice`), newest first, and sent in small parts (`rows`), between which other
//! requests get the store: an object that is deleted meanwhile is left out, one that is changed has its new values. So
//! `totalRows` comes last.

pub(crate) mod choice;
pub(crate) mod rows;

use std::io;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;

use self::choice::{CSV, EXPORT, MOST_ROWS, chosen, selections};
use self::rows::{Export, MARKER};
use super::input;
use super::resource::text;
use crate::sandbox::http::body;
use crate::sandbox::http::envelope::Call;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::Shared;

pub(crate) async fn export(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let input = input::creation(&EXPORT, body::members(&bytes)?)?;
    let selections = selections(&input.body)?;
    let is_csv = text(&input.body, "format") == CSV;
    if is_csv && selections.len() != 1 {
        let message = "The 'csv' format takes exactly one resource.";
        return Err(ApiError::parameter_invalid("format", message));
    }
    let (parts, has_more) =
        state.store.read(call.caller.environment, |tables| chosen(tables, selections, MOST_ROWS))?;
    let name = parts.front().map_or(MARKER, |part| part.resource.path);
    let headers = if is_csv {
        let file = format!("attachment; filename=\"{name}.csv\"");
        vec![(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, file)]
    } else {
        vec![(CONTENT_TYPE, "application/json".to_owned())]
    };
    let export = Export::new((state, call), (parts, has_more), is_csv);
    let pieces = stream::try_unfold(export, |mut export| async move {
        // the connection sends what it has when the next piece is not ready; otherwise it gathers many first. And a
        // request that waits for the store gets it.
        tokio::task::yield_now().await;
        let piece = export.next().map_err(|error| io::Error::other(error.message))?;
        Ok::<_, io::Error>(piece.map(|piece| (piece, export)))
    });
    Ok((axum::response::AppendHeaders(headers), Body::from_stream(pieces)).into_response())
}
