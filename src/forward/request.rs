//! The headers of a delivery: those that cStar documents, with a signature for this attempt.

use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use crate::event::EventMeta;
use crate::signature::Signer;

/// Sent by production deliveries (documented).
const AGENT: HeaderValue = HeaderValue::from_static("cStar-Webhooks/1.0");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The secret and the time of a signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signing<'a> {
    pub(crate) signer: &'a Signer,
    pub(crate) now: Timestamp,
}

/// The headers of one attempt, then `extra`, which may replace ours.
///
/// A value that is not allowed in a header is left out, so that it cannot add one. Ids and types of received
/// events are checked by the stream.
pub(crate) fn headers(
    event: &EventMeta,
    attempt: u32,
    signing: Signing<'_>,
    body: &[u8],
    extra: &HeaderMap,
) -> HeaderMap {
    let signature = signing.signer.header(body, signing.now.as_second());
    let sent_at = format!("{:.3}", signing.now);
    let attempt = attempt.to_string();
    let mut headers = HeaderMap::with_capacity(12 + extra.len());
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(USER_AGENT, AGENT);
    let named = [
        // documented
        ("x-signature", Some(signature.as_str())),
        // documented: the alias that `cstar listen` adds for local receivers
        ("cstar-signature", Some(signature.as_str())),
        // documented
        ("x-event-type", Some(event.event_type.as_str())),
        ("x-event-id", Some(event.id.as_str())),
        ("x-webhook-id", event.webhook_id.as_deref()),
        ("x-timestamp", Some(sent_at.as_str())),
        ("x-delivery-attempt", Some(attempt.as_str())),
        // documented on two pages: the API call that caused the event
        ("x-cstar-request-id", event.request_id.as_deref()),
    ];
    for (name, value) in named {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    for name in extra.keys() {
        headers.remove(name);
        for value in extra.get_all(name) {
            headers.append(name, value.clone());
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(request_id: Option<&str>) -> EventMeta {
        EventMeta {
            id: "evt_1".to_owned(),
            event_type: "ticket.created".to_owned(),
            request_id: request_id.map(str::to_owned),
            webhook_id: Some("whk_1".into()),
            received_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn at_golden_time(extra: &HeaderMap) -> HeaderMap {
        let signer = Signer::new("whsec_x");
        let now: Timestamp = "2026-03-06T14:30:00.5Z".parse().unwrap();
        headers(&event(None), 2, Signing { signer: &signer, now }, b"{}", extra)
    }

    #[test]
    fn every_documented_header_is_sent() {
        let headers = at_golden_time(&HeaderMap::new());
        let get = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(get("content-type"), Some("application/json"));
        assert_eq!(get("user-agent"), Some("cStar-Webhooks/1.0"));
        assert_eq!(get("x-event-type"), Some("ticket.created"));
        assert_eq!(get("x-event-id"), Some("evt_1"));
        assert_eq!(get("x-webhook-id"), Some("whk_1"));
        assert_eq!(get("x-timestamp"), Some("2026-03-06T14:30:00.500Z"));
        assert_eq!(get("x-delivery-attempt"), Some("2"));
        assert_eq!(get("x-cstar-request-id"), None);
        assert!(get("x-signature").unwrap().starts_with("t=1772807400,v1="));
        assert_eq!(get("x-signature"), get("cstar-signature"));
    }

    #[test]
    fn user_headers_replace_ours_and_may_repeat() {
        let mut extra = HeaderMap::new();
        extra.append("user-agent", HeaderValue::from_static("mine"));
        extra.append("x-tag", HeaderValue::from_static("a"));
        extra.append("x-tag", HeaderValue::from_static("b"));
        let headers = at_golden_time(&extra);
        assert_eq!(headers.get_all("user-agent").iter().collect::<Vec<_>>(), ["mine"]);
        assert_eq!(headers.get_all("x-tag").iter().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn value_with_a_line_break_adds_no_header() {
        let signer = Signer::new("whsec_x");
        let signing = Signing { signer: &signer, now: Timestamp::UNIX_EPOCH };
        let headers = headers(&event(Some("req\r\nX-Evil: 1")), 2, signing, b"{}", &HeaderMap::new());
        assert!(headers.get("x-cstar-request-id").is_none() && headers.get("x-evil").is_none());
    }
}
