//! Sends the requests of all checks, and keeps the answers for the checks of their contents.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use reqwest::Url;

use super::result::Answer;
use super::sample::Sample;
use super::signing::SigningSecret;
use crate::event::EventMeta;
use crate::forward::{self, AttemptResult, CLI_WEBHOOK_ID, Endpoint};
use crate::host::clock::Clock;
use crate::net::TargetClient;
use crate::signature::{self, Signer};

/// The limit of cStar (documented).
pub(super) const DELIVERY_LIMIT: Duration = Duration::from_secs(10);
/// For all requests together.
const TIME_LIMIT: Duration = Duration::from_millis(18_500);

const SIGNATURES: [HeaderName; 2] =
    [HeaderName::from_static("x-signature"), HeaderName::from_static("cstar-signature")];

/// How a request is signed.
#[derive(Clone, Debug)]
pub(super) enum Signature {
    /// As cStar does it, now.
    Valid,
    /// Valid at a time that is this many seconds from now.
    Shifted(i64),
    /// As cStar does it, but not in the alias `cstar-signature`, which only `listen` adds.
    WithoutAlias,
    /// With another secret.
    With(String),
    /// Of another body.
    OfBody(Bytes),
    /// This value.
    Value(String),
    /// No header.
    Missing,
}

/// A POST to the endpoint.
#[derive(Clone, Debug)]
pub(super) struct Message<'a> {
    pub(super) sample: &'a Sample,
    pub(super) signature: Signature,
    pub(super) content_type: Option<&'static str>,
}

impl<'a> Message<'a> {
    pub(super) fn new(sample: &'a Sample, signature: Signature) -> Self {
        Self { sample, signature, content_type: None }
    }
}

/// An answer with what it must not contain.
#[derive(Clone, Debug)]
pub(super) struct SeenAnswer {
    pub(super) answer: Answer,
    /// The right signature of a forged request: with it the sender could forge the next one.
    pub(super) oracle: Option<String>,
}

#[derive(Debug)]
pub(super) struct Sender {
    post: Endpoint,
    get: Endpoint,
    secret: SigningSecret,
    signer: Signer,
    extra: HeaderMap,
    clock: Clock,
    until: Instant,
    seen: Mutex<Vec<SeenAnswer>>,
}

impl Sender {
    pub(super) fn new(client: &TargetClient, url: &Url, secret: &SigningSecret, extra: HeaderMap) -> Self {
        Self {
            post: client.endpoint(url).into(),
            get: client.endpoint(url).with_method(Method::GET).into(),
            secret: secret.clone(),
            signer: Signer::new(secret.secret.expose()),
            extra,
            clock: Clock::System,
            until: Instant::now() + TIME_LIMIT,
            seen: Mutex::default(),
        }
    }

    pub(super) fn secret(&self) -> &str {
        self.secret.secret.expose()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The answers so far.
    pub(super) fn seen(&self) -> Vec<SeenAnswer> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Posts an event. `None` if the time for all checks is over.
    pub(super) async fn send(&self, message: Message<'_>) -> Option<Answer> {
        let Message { sample, signature, content_type } = message;
        let now = self.now();
        let meta = EventMeta {
            id: sample.id.clone(),
            event_type: sample.event_type.clone(),
            request_id: None,
            webhook_id: Some(CLI_WEBHOOK_ID.into()),
            received_at: now,
        };
        let mut headers = forward::signed_headers(&meta, &sample.body, 1, &self.signer, now);
        if let Some(value) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(value));
        }
        let (values, is_forged) = self.signatures(&signature, &sample.body, now.as_second());
        let oracle = is_forged
            .then(|| signature::expected(&sample.body, self.secret(), Some(now.as_second())))
            .filter(|right| !values.iter().flatten().any(|value| value.contains(right)));
        for (name, value) in SIGNATURES.iter().zip(values) {
            match value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                Some(value) => headers.insert(name, value),
                None => headers.remove(name),
            };
        }
        for name in self.extra.keys() {
            headers.remove(name);
            for value in self.extra.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        self.exchange(&self.post, headers, sample.body.clone(), oracle).await
    }

    /// The values of both headers, and whether a receiver has to refuse them.
    fn signatures(&self, signature: &Signature, body: &[u8], now: i64) -> ([Option<String>; 2], bool) {
        let both = |value: String| [Some(value.clone()), Some(value)];
        match signature {
            Signature::Valid => (both(self.signer.header(body, now)), false),
            Signature::Shifted(seconds) => (both(self.signer.header(body, now + seconds)), false),
            Signature::WithoutAlias => ([Some(self.signer.header(body, now)), None], false),
            Signature::With(secret) => (both(signature::sign(body, secret, now)), true),
            Signature::OfBody(signed) => (both(self.signer.header(signed, now)), true),
            Signature::Value(value) => (both(value.clone()), true),
            Signature::Missing => ([None, None], true),
        }
    }

    /// A GET without a body, as a browser or a monitor sends it.
    pub(super) async fn get(&self) -> Option<Answer> {
        self.exchange(&self.get, self.extra.clone(), Bytes::new(), None).await
    }

    async fn exchange(
        &self,
        endpoint: &Endpoint,
        headers: HeaderMap,
        body: Bytes,
        oracle: Option<String>,
    ) -> Option<Answer> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        let limit = left.min(DELIVERY_LIMIT);
        let headers = || headers.clone();
        let work = forward::attempt(endpoint, &headers, body, Some(limit));
        // The limit is for each step of a request. This one is for all of them.
        let result = tokio::time::timeout(left, work).await.ok()?;
        let AttemptResult { outcome, answer, took } = result;
        let is_cut_short = outcome.status().is_none() && took < DELIVERY_LIMIT && took >= limit;
        if is_cut_short {
            return None;
        }
        let answer = Answer { outcome, response: answer, took };
        let seen = SeenAnswer { answer: answer.clone(), oracle };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
        Some(answer)
    }
}
