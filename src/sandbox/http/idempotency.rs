//! `Idempotency-Key`: a write that is sent twice happens once (documented), so that a client can
//! retry if it did not receive the response.
//!
//! Not documented, so ours: a key belongs to the API key that sent it; a different request with
//! the same key is a conflict; only successes are stored, because a failed request changed nothing; a
//! replay returns the original body, with a header that marks it.

use axum::RequestExt;
use axum::extract::{FromRequest, Request};
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::envelope::{Call, Rendered};
use super::error::ApiError;
use crate::sandbox::caller::Caller;
use crate::sandbox::store::Store;
use crate::sandbox::store::answers::{Answer, Memory};
use crate::sandbox::store::batch::Fate;
use crate::sandbox::store::change::Change;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Marks a replayed response (ours).
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Responses are kept for 24 hours (documented), within a bound on number and bytes (ours).
const MEMORY: Memory = Memory { entries: 10_000, bytes: 16 * 1024 * 1024, milliseconds: 24 * 60 * 60 * 1000 };
/// The longest key, in characters.
pub(crate) const MAX_KEY: usize = 255;

/// Two requests with equal fingerprints are the same request.
type Print = [u8; 32];

/// A write, with its body in memory and possibly an idempotency key.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) call: Call,
    pub(crate) body: Bytes,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl<S: Send + Sync> FromRequest<S> for Write {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        // only a route without authentication lacks it
        let call = request.extensions().get::<Call>().cloned().ok_or_else(ApiError::internal)?;
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let headers = request.headers().clone();
        let body = request.extract().await.map_err(|_| ApiError::unreadable_body())?;
        Ok(Self { call, body, method, uri, headers })
    }
}

/// Runs `work` as one change, unless the same write was answered before: then returns that response again. The
/// response is stored with the change, so that a retry finds both or neither.
///
/// The change may share a transaction with others, and `work` runs again if one of them fails: it must have no effects
/// but those on the store.
pub(crate) async fn once(
    store: &Store,
    write: &Write,
    mut work: impl FnMut(&mut Change<'_>) -> Result<Rendered, ApiError>,
) -> Result<Response, ApiError> {
    let key = key_of(&write.headers)?;
    let (environment, meta) = (write.call.caller.environment, &write.call.meta);
    loop {
        let (response, change) =
            store.join(environment, meta, |change| answered(change, write, key, &mut work))?;
        if change.committed().await? == Fate::Committed {
            return Ok(response);
        }
    }
}

/// [`once`] in a transaction of its own, for a change that counts listeners or has other effects.
pub(crate) fn once_alone(
    store: &Store,
    write: &Write,
    work: impl FnOnce(&mut Change<'_>) -> Result<Rendered, ApiError>,
) -> Result<Response, ApiError> {
    let key = key_of(&write.headers)?;
    store.write(write.call.caller.environment, &write.call.meta, |change| answered(change, write, key, work))
}

fn answered(
    change: &mut Change<'_>,
    write: &Write,
    key: Option<&str>,
    work: impl FnOnce(&mut Change<'_>) -> Result<Rendered, ApiError>,
) -> Result<Response, ApiError> {
    let Some(key) = key else { return Ok(work(change)?.into_response()) };
    let scope = scope_of(write.call.caller);
    let fingerprint = fingerprint(write);
    if let Some(answer) = change.answer(&scope, key, MEMORY)? {
        return if answer.fingerprint == fingerprint {
            Ok(replay(answer))
        } else {
            Err(ApiError::idempotency_conflict())
        };
    }
    let rendered = work(change)?;
    let (status, body) = (rendered.status.as_u16(), rendered.body.to_vec());
    change.remember(&scope, key, &Answer { fingerprint, status, body })?;
    change.forget(MEMORY)?;
    Ok(rendered.into_response())
}

/// Replaces the response that [`once`] stored, if the full one is only known after the transaction.
pub(crate) fn complete(store: &Store, write: &Write, rendered: &Rendered) -> Result<(), ApiError> {
    let Some(key) = key_of(&write.headers)? else { return Ok(()) };
    store.write(write.call.caller.environment, &write.call.meta, |change| {
        let (status, body) = (rendered.status.as_u16(), rendered.body.to_vec());
        let answer = Answer { fingerprint: fingerprint(write), status, body };
        Ok(change.remember(&scope_of(write.call.caller), key, &answer)?)
    })
}

fn replay(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let replayed = [(REPLAYED, HeaderValue::from_static("true"))];
    (replayed, Rendered { status, body: answer.body.into() }).into_response()
}

fn scope_of(caller: Caller) -> String {
    caller.key.bare()
}

fn key_of(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    match value.to_str() {
        // `to_str` also accepts tabs.
        Ok(key) if (1..=MAX_KEY).contains(&key.len()) && !key.contains('\t') => Ok(Some(key)),
        _ => Err(ApiError::parameter_invalid(
            "Idempotency-Key",
            "An Idempotency-Key has 1 to 255 printable ASCII characters.",
        )),
    }
}

fn fingerprint(write: &Write) -> Print {
    let mut hash = Sha256::new();
    hash.update(write.method.as_str());
    hash.update([0]);
    hash.update(write.uri.path());
    hash.update([0]);
    hash.update(&write.body);
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
