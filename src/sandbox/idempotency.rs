//! `Idempotency-Key`: the same write sent twice happens once (documented), so that a client may
//! retry when it did not see the answer.
//!
//! Ours where the pages are silent: a key belongs to the API key that sent it; another request under
//! the same key is a conflict; only successes are kept, since a refused request changed nothing; a
//! replay carries the original body, with a header that says so.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::envelope::{Call, Rendered};
use super::error::ApiError;
use super::locked;
use super::team::Caller;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Marks an answer that was given before (ours).
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// How long an answer is remembered (documented).
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How many answers are remembered at most; the oldest go first.
const MAX_ENTRIES: usize = 10_000;
/// How many bytes of answers are remembered at most.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// The longest key, in characters.
const MAX_KEY: usize = 255;

/// What a request is, apart from its key: two requests with equal prints are the same request.
type Print = [u8; 32];

/// Remembers the answers to keyed writes.
#[derive(Debug, Default)]
pub(crate) struct Idempotency {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    answers: HashMap<(Caller, String), Answer>,
    /// In order of age, which is also the order of expiry.
    order: VecDeque<(Timestamp, (Caller, String))>,
    bytes: usize,
}

#[derive(Debug)]
struct Answer {
    print: Print,
    rendered: Rendered,
}

/// A write that may carry an idempotency key.
#[derive(Debug)]
pub(crate) struct Write<'r> {
    pub(crate) call: &'r Call,
    pub(crate) method: &'r Method,
    pub(crate) uri: &'r Uri,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) body: &'r Bytes,
}

impl Idempotency {
    /// Runs `work` unless the same write was answered before, in which case that answer comes back.
    /// `work` runs under the lock, so that a retry that overtakes its original waits for it; it must
    /// therefore be quick.
    pub(crate) fn once(
        &self,
        write: &Write<'_>,
        work: impl FnOnce() -> Result<Rendered, ApiError>,
    ) -> Result<Response, ApiError> {
        let Some(key) = key_of(write.headers)? else { return Ok(work()?.into_response()) };
        let id = (write.call.caller, key.to_owned());
        let print = fingerprint(write);
        let mut memory = locked(&self.memory);
        memory.expire(write.call.stamp.time);
        if let Some(answer) = memory.answers.get(&id) {
            if answer.print != print {
                return Err(ApiError::idempotency_conflict());
            }
            let replayed = [(REPLAYED, HeaderValue::from_static("true"))];
            return Ok((replayed, answer.rendered.clone()).into_response());
        }
        let rendered = work()?;
        memory.remember(id, write.call.stamp.time, Answer { print, rendered: rendered.clone() });
        Ok(rendered.into_response())
    }
}

impl Memory {
    fn remember(&mut self, id: (Caller, String), now: Timestamp, answer: Answer) {
        self.bytes += answer.rendered.body.len();
        self.order.push_back((now, id.clone()));
        self.answers.insert(id, answer);
        while self.answers.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            self.forget_oldest();
        }
    }

    fn expire(&mut self, now: Timestamp) {
        while self.order.front().is_some_and(|(born, _)| now.duration_since(*born) >= LIFETIME) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let gone = self.order.pop_front().and_then(|(_, id)| self.answers.remove(&id));
        self.bytes = self.bytes.saturating_sub(gone.map_or(0, |answer| answer.rendered.body.len()));
    }
}

fn key_of(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=MAX_KEY).contains(&key.len()) => Ok(Some(key)),
        _ => Err(ApiError::parameter_invalid(
            "Idempotency-Key",
            "An Idempotency-Key has 1 to 255 printable ASCII characters.",
        )),
    }
}

fn fingerprint(write: &Write<'_>) -> Print {
    let mut hash = Sha256::new();
    hash.update(write.method.as_str());
    hash.update([0]);
    hash.update(write.uri.path());
    hash.update([0]);
    hash.update(write.body);
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
