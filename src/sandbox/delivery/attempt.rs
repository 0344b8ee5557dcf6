//! One attempt: the request with its documented headers and signature, and the outcome.
//!
//! It does not use `forward::deliver` on purpose: a sandbox that shares code with the client could not test it.

use std::time::{Duration, Instant};

use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use crate::net::{BodyEnd, TargetResponse};
use crate::sandbox::endpoint_clients::EndpointClients;
use crate::sandbox::settings::Settings;
use crate::sandbox::store::attempts::{Attempt, Headers};
use crate::sandbox::store::outbox::Outgoing;
use crate::signature::{SIGNATURE_HEADER, Signer};

/// Sent with every delivery (documented).
const AGENT: HeaderValue = HeaderValue::from_static("cStar-Webhooks/1.0");
/// How many bytes of a response body are kept (ours).
const KEPT_BODY: usize = 4 * 1024;
/// How many bytes of response headers are kept (ours).
const KEPT_HEADERS: usize = 8 * 1024;
/// Sends `outgoing` once.
pub(crate) async fn make(
    clients: Option<&EndpointClients>,
    settings: &Settings,
    outgoing: &Outgoing,
) -> Attempt {
    let now = settings.clock.now();
    let number = outgoing.delivery.attempts + 1;
    // receivers compare it with their own clock, so not with one that a test has moved
    let headers = headers(outgoing, number, settings.clock.real());
    let request_headers = listed(&headers);
    // a monotonic clock: the clock of the sandbox may be fixed
    let started = Instant::now();
    let result = post(clients, settings.delivery_timeout, outgoing, headers).await;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (answer, error) = match result {
        Ok(answer) => (Some(answer), None),
        Err(reason) => (None, Some(reason)),
    };
    let body = answer.as_ref().map(|answer| answer.body.as_ref()).unwrap_or_default();
    let truncated =
        body.len() > KEPT_BODY || answer.as_ref().is_some_and(|answer| answer.end != BodyEnd::Complete);
    Attempt {
        number,
        at: now,
        milliseconds,
        status: answer.as_ref().map(|answer| answer.status),
        error,
        request_headers,
        response_headers: answer.as_ref().map(|answer| listed(&answer.headers)).unwrap_or_default(),
        response_body: body.get(..KEPT_BODY).unwrap_or(body).to_vec(),
        truncated,
    }
}

/// The response, or why there is none.
async fn post(
    clients: Option<&EndpointClients>,
    limit: Duration,
    outgoing: &Outgoing,
    headers: HeaderMap,
) -> Result<TargetResponse, String> {
    let endpoint = clients.and_then(|clients| clients.endpoint(&outgoing.webhook.spec.url));
    let endpoint = endpoint.ok_or("TLS cannot be set up on this machine")?;
    let body = outgoing.delivery.body.clone();
    let headers = || headers.clone();
    // it is large, and what contains it is moved several times before it runs
    let response = Box::pin(endpoint.post(&headers, body, Some(limit)));
    response.await.map_err(|error| error.to_string())
}

/// The documented headers. A value that a header cannot hold is left out.
fn headers(outgoing: &Outgoing, number: u32, now: Timestamp) -> HeaderMap {
    let (webhook, delivery) = (&outgoing.webhook, &outgoing.delivery);
    let signature = signature(&outgoing.secrets, &delivery.body, now);
    let sent_at = format!("{now:.3}");
    let number = number.to_string();
    let mut headers = HeaderMap::with_capacity(10);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, AGENT);
    for (name, value) in [
        (SIGNATURE_HEADER, signature.as_str()),
        ("x-event-type", &delivery.event_type),
        ("x-event-id", &delivery.event_id),
        ("x-webhook-id", &webhook.id),
        ("x-timestamp", &sent_at),
        ("x-delivery-attempt", &number),
        // documented on two pages: the API request that caused the event
        ("x-cstar-request-id", &delivery.request_id),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

/// `t=…,v1=…` (documented), with one `v1` for each secret (ours). The oldest comes last: published verifiers
/// use the last of several, and receivers with the old secret must keep working.
fn signature(secrets: &[String], body: &[u8], now: Timestamp) -> String {
    let time = now.as_second();
    let mut header = format!("t={time}");
    for secret in secrets {
        let signed = Signer::new(secret).header(body, time);
        if let Some((_, tag)) = signed.split_once(',') {
            header = format!("{header},{tag}");
        }
    }
    header
}

/// Names and values as text, up to the size limit.
fn listed(headers: &HeaderMap) -> Headers {
    let mut room = KEPT_HEADERS;
    let pairs = headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let fits = |(name, value): &(String, String)| {
        let length = name.len() + value.len();
        let fits = length <= room;
        room = room.saturating_sub(length);
        fits
    };
    pairs.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::Verifier;

    #[test]
    fn both_secrets_verify_during_an_overlap() {
        let now = Timestamp::from_second(1_772_807_400).unwrap();
        let header = signature(&["whsec_new".to_owned(), "whsec_old".to_owned()], b"{}", now);
        for secret in ["whsec_new", "whsec_old"] {
            let verifier = Verifier::new(secret).at(now.as_second());
            assert!(verifier.verify(b"{}", Some(&header)).is_ok(), "{secret}: {header}");
        }
        let last = header.rsplit("v1=").next().unwrap();
        assert!(Signer::new("whsec_old").header(b"{}", now.as_second()).ends_with(last));
        assert!(!signature(&[], b"{}", now).contains("v1="));
    }

    #[test]
    fn headers_that_do_not_fit_are_left_out() {
        let mut headers = HeaderMap::new();
        headers.insert("a", HeaderValue::from_static("1"));
        headers.insert("b", HeaderValue::from_str(&"x".repeat(KEPT_HEADERS)).unwrap());
        headers.insert("c", HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(listed(&headers), [("a".to_owned(), "1".to_owned())]);
    }
}
