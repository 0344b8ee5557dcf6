//! The signed requests of an HTTP archive (HAR), of a browser, a proxy or `cstar history export --har`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;

use super::captured::{Candidate, Captured, signature_of};
use crate::output::Failure;

pub(super) fn is_archive(text: &[u8]) -> bool {
    serde_json::from_slice::<Value>(text)
        .is_ok_and(|value| value.pointer("/log/entries").is_some_and(Value::is_array))
}

pub(super) fn requests(bytes: &[u8]) -> Result<Vec<Candidate>, Failure> {
    let archive: Value = serde_json::from_slice(bytes)
        .map_err(|error| Failure::usage(format!("the HAR is not valid JSON: {error}")))?;
    let entries = archive.pointer("/log/entries").and_then(Value::as_array);
    let entries = entries.ok_or_else(|| Failure::usage("the HAR has no list `log.entries`"))?;
    Ok(entries.iter().filter_map(candidate).collect())
}

fn candidate(entry: &Value) -> Option<Candidate> {
    let request = entry.get("request")?;
    let pairs = request.get("headers")?.as_array()?.iter();
    let headers =
        pairs.filter_map(|header| Some((header.get("name")?.as_str()?, header.get("value")?.as_str()?)));
    let signature = signature_of(headers.clone())?;
    let header = |wanted: &str| {
        let mut headers = headers.clone();
        headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.to_owned())
    };
    let data = request.get("postData");
    let text = data.and_then(|data| data.get("text")).and_then(Value::as_str).unwrap_or_default();
    // Not part of HAR 1.2, but proxies write it for bodies that are not text.
    let coding = data.and_then(|data| data.get("encoding").or_else(|| data.get("_encoding")));
    let body = match coding.and_then(Value::as_str) {
        Some("base64") => STANDARD.decode(text).ok()?,
        _ => text.as_bytes().to_vec(),
    };
    let started = entry.get("startedDateTime").and_then(Value::as_str);
    let sent_at = started.and_then(|time| time.parse::<Timestamp>().ok()).map(Timestamp::as_second);
    let id = entry.get("_event").and_then(Value::as_str).map(str::to_owned).or_else(|| header("x-event-id"));
    let attempt = header("x-delivery-attempt").and_then(|number| number.parse().ok());
    let target = request.get("url").and_then(Value::as_str).map(str::to_owned);
    let origin = id.as_ref().map_or_else(|| "the HAR".to_owned(), |id| format!("event {id} of the HAR"));
    let request = Captured { origin, body, signature: Some(signature), sent_at, remarks: Vec::new() };
    Some(Candidate { id, attempt, target, request })
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
