//! One signed delivery outside the engine, for `trigger`, `replay`, `doctor` and `demo`. It neither queues nor retries.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;

use super::attempt::{AttemptResult, attempt};
use super::endpoint::Endpoint;
use super::request::{DeliveryHeaders, Signature};
use crate::event::{EventMeta, ReceivedEvent};
use crate::net::RequestHeaders as _;
use crate::signature::Signer;

/// The webhook named in deliveries that no session asked for.
pub(crate) const CLI_WEBHOOK_ID: &str = "whk_cli";

/// How to make one delivery.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeliverOptions<'a> {
    pub(crate) signer: &'a Signer,
    /// The time of the signature.
    pub(crate) now: Timestamp,
    /// From 1.
    pub(crate) attempt: u32,
    /// Headers of the user, which may replace ours.
    pub(crate) extra: &'a HeaderMap,
    /// `None` waits forever.
    pub(crate) timeout: Option<Duration>,
}

/// The headers of one delivery that another program sends.
pub(crate) fn signed_headers(
    event: &EventMeta,
    body: &[u8],
    attempt: u32,
    signer: &Signer,
    now: Timestamp,
) -> HeaderMap {
    let signature = &Signature::new(signer, body, now);
    DeliveryHeaders { event, attempt, signature, extra: &HeaderMap::new() }.map()
}

/// Signs the event and sends it once. Returns the headers of the request, too.
pub(crate) async fn deliver(
    endpoint: &Endpoint,
    event: &ReceivedEvent,
    options: DeliverOptions<'_>,
) -> (AttemptResult, HeaderMap) {
    let DeliverOptions { signer, now, extra, timeout, .. } = options;
    let signature = &Signature::new(signer, &event.body, now);
    let headers = DeliveryHeaders { event, attempt: options.attempt, signature, extra };
    let result = attempt(endpoint, &headers, event.body.clone(), timeout).await;
    (result, headers.map())
}
