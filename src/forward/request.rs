//! The headers of a delivery: those that cStar documents, with a signature for this attempt.

use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use crate::event::EventMeta;
use crate::host::clock::with_rfc3339_millis;
use crate::net::RequestHeaders;
use crate::signature::Signer;

/// Sent by production deliveries (documented).
const AGENT: HeaderValue = HeaderValue::from_static("cStar-Webhooks/1.0");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// The two as they are sent.
const OUR_CONSTANTS: &[u8] = b"content-type: application/json\r\nuser-agent: cStar-Webhooks/1.0\r\n";

/// Ours, and `Host` and `Authorization`, which the target adds.
const MOST: usize = 12;

// Constants, because a name that is made at run time is looked up in the list of well-known names each time.
// documented
const X_SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
// documented: the alias that `cstar listen` adds for local receivers
const CSTAR_SIGNATURE: HeaderName = HeaderName::from_static("cstar-signature");
// documented
const X_EVENT_TYPE: HeaderName = HeaderName::from_static("x-event-type");
const X_EVENT_ID: HeaderName = HeaderName::from_static("x-event-id");
const X_WEBHOOK_ID: HeaderName = HeaderName::from_static("x-webhook-id");
const X_TIMESTAMP: HeaderName = HeaderName::from_static("x-timestamp");
const X_DELIVERY_ATTEMPT: HeaderName = HeaderName::from_static("x-delivery-attempt");
// documented on two pages: the API call that caused the event
const X_CSTAR_REQUEST_ID: HeaderName = HeaderName::from_static("x-cstar-request-id");

/// A signature of a body, and its time.
#[derive(Debug)]
pub(crate) struct Signature {
    value: String,
    now: Timestamp,
}

impl Signature {
    pub(crate) fn new(signer: &Signer, body: &[u8], now: Timestamp) -> Self {
        Self { value: signer.header(body, now.as_second()), now }
    }
}

fn value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok()
}

/// The headers of one attempt: ours, then `extra`, which may replace ours.
///
/// A value that is not allowed in a header is left out, so that it cannot add one. Ids and types of received
/// events are checked by the stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeliveryHeaders<'a> {
    pub(crate) event: &'a EventMeta,
    /// From 1.
    pub(crate) attempt: u32,
    pub(crate) signature: &'a Signature,
    pub(crate) extra: &'a HeaderMap,
}

impl RequestHeaders for DeliveryHeaders<'_> {
    fn map(&self) -> HeaderMap {
        let Self { event, attempt, signature, extra } = *self;
        let mut headers = HeaderMap::with_capacity(MOST + extra.len());
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(USER_AGENT, AGENT);
        let named = [
            (X_SIGNATURE, value(&signature.value)),
            (CSTAR_SIGNATURE, value(&signature.value)),
            (X_EVENT_TYPE, value(&event.event_type)),
            (X_EVENT_ID, value(&event.id)),
            (X_WEBHOOK_ID, event.webhook_id.as_deref().and_then(value)),
            (X_TIMESTAMP, with_rfc3339_millis(signature.now, value)),
            (X_DELIVERY_ATTEMPT, Some(attempt.into())),
            (X_CSTAR_REQUEST_ID, event.request_id.as_deref().and_then(value)),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                headers.insert(name, value);
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

    /// Without the map, which takes as long as the rest of an ordinary exchange.
    fn write(&self, head: &mut Vec<u8>) -> bool {
        let Self { event, attempt, signature, extra } = *self;
        if !extra.is_empty() {
            return false;
        }
        head.extend_from_slice(OUR_CONSTANTS);
        line(head, b"x-signature: ", Some(&signature.value));
        line(head, b"cstar-signature: ", Some(&signature.value));
        line(head, b"x-event-type: ", Some(&event.event_type));
        line(head, b"x-event-id: ", Some(&event.id));
        line(head, b"x-webhook-id: ", event.webhook_id.as_deref());
        with_rfc3339_millis(signature.now, |time| line(head, b"x-timestamp: ", Some(time)));
        match attempt {
            1 => head.extend_from_slice(b"x-delivery-attempt: 1\r\n"),
            _ => line(head, b"x-delivery-attempt: ", Some(&attempt.to_string())),
        }
        line(head, b"x-cstar-request-id: ", event.request_id.as_deref());
        true
    }
}

/// Appends a line, unless the value is not allowed in a header. The copy of `name` needs no call, because its length is
/// known here.
#[inline]
fn line<const N: usize>(head: &mut Vec<u8>, name: &[u8; N], value: Option<&str>) {
    let is_allowed = |byte: u8| (byte >= b' ' && byte != 0x7f) || byte == b'\t';
    // Without an early end this takes several bytes at once.
    let all_allowed = |text: &&str| text.bytes().fold(true, |all, byte| all & is_allowed(byte));
    if let Some(value) = value.filter(all_allowed) {
        head.extend_from_slice(name);
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
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
        let signature = &Signature::new(&signer, b"{}", now);
        DeliveryHeaders { event: &event(None), attempt: 2, signature, extra }.map()
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
        let signature = &Signature::new(&signer, b"{}", Timestamp::UNIX_EPOCH);
        let event = &event(Some("req\r\nX-Evil: 1"));
        let headers = DeliveryHeaders { event, attempt: 2, signature, extra: &HeaderMap::new() }.map();
        assert!(headers.get("x-cstar-request-id").is_none() && headers.get("x-evil").is_none());
    }

    proptest::proptest! {
        #[test]
        fn lines_are_those_of_the_map(
            texts in proptest::collection::vec("([ -~]|\\PC|[\t\r\n\x00\x7f]){0,12}", 4),
            optional in proptest::bool::ANY,
            attempt in 1..u32::MAX,
        ) {
            let [event_type, id, webhook_id, request_id] = texts.try_into().unwrap();
            let meta = EventMeta {
                id,
                event_type,
                request_id: Some(request_id).filter(|_| optional),
                webhook_id: Some(webhook_id.into()).filter(|_| optional),
                received_at: Timestamp::UNIX_EPOCH,
            };
            let signature = &Signature::new(&Signer::new("whsec_x"), b"{}", Timestamp::UNIX_EPOCH);
            let headers = DeliveryHeaders { event: &meta, attempt, signature, extra: &HeaderMap::new() };
            let mut expected = Vec::new();
            for (name, value) in &headers.map() {
                expected.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
            }
            let mut lines = Vec::new();
            proptest::prop_assert!(headers.write(&mut lines));
            proptest::prop_assert_eq!(lines, expected);
        }
    }
}
