//! The signed requests of an HTTP archive (HAR), of a browser, a proxy or `cstar history export --har`.

use std::ops::ControlFlow;

use jiff::Timestamp;
use serde_json::Value;

use super::captured::{Candidate, Captured, signature_of};
use crate::ops::recording::har::{self, ArchivedRequest};
use crate::output::Failure;

pub(super) fn is_archive(text: &[u8]) -> bool {
    serde_json::from_slice::<Value>(text)
        .is_ok_and(|value| value.pointer("/log/entries").is_some_and(Value::is_array))
}

pub(super) fn requests(bytes: &[u8]) -> Result<Vec<Candidate>, Failure> {
    let mut found = Vec::new();
    let read = har::entries(bytes, &mut |entry| {
        found.extend(candidate(entry));
        ControlFlow::Continue(())
    });
    match read {
        Ok(true) => Ok(found),
        Ok(false) => Err(Failure::usage("the HAR has no list `log.entries`")),
        Err(error) => Err(Failure::usage(format!("the HAR is not valid JSON: {error}"))),
    }
}

fn candidate(entry: &Value) -> Option<Candidate> {
    let request = ArchivedRequest::from_entry(entry)?;
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signature = Some(signature_of(headers)?);
    let attempt = request.header("x-delivery-attempt").and_then(|number| number.parse().ok());
    let sent_at = request.started_at.map(Timestamp::as_second);
    let id = request.event_id;
    let origin = id.as_ref().map_or_else(|| "the HAR".to_owned(), |id| format!("event {id} of the HAR"));
    let captured = Captured { origin, body: request.body, signature, sent_at, remarks: Vec::new() };
    Some(Candidate { id, attempt, target: request.url, request: captured })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_requests_are_found() {
        let har = br#"{"log":{"entries":[
            {"request":{"url":"http://x/page","headers":[]}},
            {"startedDateTime":"1970-01-01T00:00:10Z","request":{"url":"http://x/hook","headers":[
                {"name":"X-Signature","value":"t=1,v1=ab"},{"name":"X-Event-Id","value":"evt_1"},
                {"name":"X-Delivery-Attempt","value":"2"}],"postData":{"text":"e30=","encoding":"base64"}}}]}}"#;
        assert!(is_archive(har) && !is_archive(b"{\"log\":{}}") && !is_archive(b"{"));
        let found = requests(har).unwrap();
        assert_eq!(found.len(), 1);
        let one = &found[0];
        assert_eq!(
            (one.id.as_deref(), one.attempt, one.target.as_deref()),
            (Some("evt_1"), Some(2), Some("http://x/hook"))
        );
        assert_eq!((one.request.body.as_slice(), one.request.sent_at), (b"{}".as_slice(), Some(10)));
        requests(b"{}").unwrap_err();
        requests(b"{").unwrap_err();
    }
}
