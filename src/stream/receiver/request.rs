//! Checks one request: method, host, size, signature, event. Then hands the event over and waits until it is stored.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::body::BodyBudget;
use super::delivery::WebhookDelivery;
use super::refusal::{Refusal, RefusalReports, RefusedRequest};
use crate::Secret;
use crate::event::{EventMeta, ReceivedEvent};
use crate::host::clock::Clock;
use crate::net::{AllowedHost, is_allowed_host};
use crate::signature::{ConstructError, SIGNATURE_HEADER, Verifier};
use crate::stream::frame::{Rejection, is_header_safe};
use crate::stream::response::holds_key;
use crate::stream::subscription::StreamItem;

/// How long an event may take to be stored. cStar waits 10 s for an answer (documented).
const STORE_TIMEOUT: Duration = Duration::from_secs(8);
/// The API request that caused the event (documented).
const REQUEST_ID: &str = "x-cstar-request-id";

/// What all connections share.
#[derive(Debug)]
pub(super) struct Handler {
    items: mpsc::Sender<StreamItem>,
    hosts: [AllowedHost; 1],
    webhook_id: Arc<str>,
    verifier: Verifier,
    api_headers: HeaderMap,
    clock: Clock,
    bodies: BodyBudget,
    reports: Mutex<RefusalReports>,
}

impl Handler {
    pub(super) fn new(
        items: mpsc::Sender<StreamItem>,
        host: AllowedHost,
        (webhook_id, secret): (&str, &Secret),
        api_headers: HeaderMap,
        clock: Clock,
    ) -> Self {
        Self {
            items,
            hosts: [host],
            webhook_id: webhook_id.into(),
            // The old form of signatures has no time, so anybody who saw a request could repeat it.
            verifier: Verifier::new(secret.expose()).strict(true),
            api_headers,
            clock,
            bodies: BodyBudget::default(),
            reports: Mutex::default(),
        }
    }

    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        match self.receive(request).await {
            Ok(()) => Response::new(Body::empty()),
            Err(refusal) => {
                let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
                let report = reports.add(&refusal, Instant::now());
                drop(reports);
                self.report(report);
                refusal.response()
            }
        }
    }

    /// Reports refusals that were not reported when they happened.
    pub(super) fn report_hidden(&self) {
        let due = self.reports.lock().unwrap_or_else(PoisonError::into_inner).due(Instant::now());
        self.report(due);
    }

    /// Never waits: while the consumer is busy, events are more important.
    fn report(&self, reports: impl IntoIterator<Item = RefusedRequest>) {
        for report in reports {
            let _ = self.items.try_send(StreamItem::RequestRefused(report));
        }
    }

    async fn receive(&self, request: Request<Incoming>) -> Result<(), Refusal> {
        let (head, body) = request.into_parts();
        if head.method != Method::POST {
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "only POST is allowed"));
        }
        self.check_host(&head)?;
        let (body, memory) = self.bodies.read(body).await?;
        let event = self.verified(&head.headers, body)?;
        let (stored, is_stored) = oneshot::channel();
        let delivery = StreamItem::Delivery(WebhookDelivery { event, stored });
        // An event that is stored later is a duplicate when cStar repeats it.
        let storing = async {
            self.items.send(delivery).await.ok()?;
            is_stored.await.ok()
        };
        let outcome = timeout(STORE_TIMEOUT, storing).await;
        drop(memory);
        match outcome {
            Ok(Some(())) => Ok(()),
            Ok(None) => Err(Refusal::unavailable("the event is not stored; deliver it again later")),
            Err(_) => Err(Refusal::unavailable("the event was not stored in time; deliver it again later")),
        }
    }

    /// A page in a browser of this machine could reach the receiver under a name of its own (DNS rebinding).
    fn check_host(&self, head: &http::request::Parts) -> Result<(), Refusal> {
        let mut hosts = head.headers.get_all(HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok()).unwrap_or_default();
        // A full URI in the request line takes precedence over the Host header, so both have to pass.
        let authority = head.uri.authority().map_or(host, |authority| authority.as_str());
        let is_one = hosts.next().is_none();
        if is_one && is_allowed_host(host, &self.hosts) && is_allowed_host(authority, &self.hosts) {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "its Host header names neither --public-url nor this machine",
        ))
    }

    fn verified(&self, headers: &HeaderMap, body: Bytes) -> Result<ReceivedEvent, Refusal> {
        let mut signatures = headers.get_all(SIGNATURE_HEADER).iter();
        let signature = signatures.next().and_then(|value| value.to_str().ok());
        if signatures.next().is_some() {
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, "it has several signatures"));
        }
        let bad = |reason: String| Refusal::new(StatusCode::BAD_REQUEST, reason);
        let event = self.verifier.construct_event(body, signature).map_err(|error| match error {
            ConstructError::Signature(error) => Refusal::unsigned(&error),
            ConstructError::Event(_) => bad("it is signed, but its body is not an event".to_owned()),
        })?;
        let is_key = |text: &str| holds_key(text, &self.api_headers);
        let flaw = match (event.id(), event.event_type()) {
            (id, _) if !is_header_safe(id) => Some(Rejection::UnsafeId),
            (_, event_type) if !is_header_safe(event_type) => Some(Rejection::UnsafeType),
            (id, event_type) if is_key(id) || is_key(event_type) => Some(Rejection::HoldsKey),
            _ => None,
        };
        if let Some(flaw) = flaw {
            return Err(bad(flaw.to_string()));
        }
        let request_id = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
        let meta = EventMeta {
            id: event.id().to_owned(),
            event_type: event.event_type().to_owned(),
            request_id: request_id.filter(|id| is_header_safe(id) && !is_key(id)).map(str::to_owned),
            webhook_id: Some(Arc::clone(&self.webhook_id)),
            received_at: self.clock.now(),
        };
        Ok(ReceivedEvent { meta: Arc::new(meta), body: event.body().clone() })
    }
}
