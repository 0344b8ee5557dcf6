//! What activities carry beside the facts, if it was asked for: the body, the headers of requests, the answers.

use bytes::Bytes;
use http::HeaderMap;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::attempt::AttemptResult;
use crate::history::carries_credentials;
use crate::net::BodyEnd;

/// What is carried. By default nothing, and then nothing is copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WantedDetails {
    /// The body, when an event is received.
    pub(crate) body_when_received: bool,
    /// The body, with each attempt.
    pub(crate) body: bool,
    pub(crate) headers: bool,
    pub(crate) answer: bool,
    /// Only the beginning of longer bodies, for a screen.
    pub(crate) longest: Option<usize>,
}

impl WantedDetails {
    pub(super) fn of_attempt(self) -> bool {
        self.body || self.headers || self.answer
    }

    pub(super) fn any(self) -> bool {
        self.body_when_received || self.of_attempt()
    }

    pub(super) fn part(self, body: &Bytes) -> BodyPart {
        let bytes = match self.longest.filter(|longest| *longest < body.len()) {
            // A slice would keep the whole body in memory.
            Some(longest) => Bytes::copy_from_slice(body.get(..longest).unwrap_or_default()),
            None => body.clone(),
        };
        BodyPart { bytes, size: body.len() }
    }
}

/// A body, or the beginning of one.
#[derive(Clone, Debug)]
pub(crate) struct BodyPart {
    pub(crate) bytes: Bytes,
    /// The size of the whole body.
    pub(crate) size: usize,
}

/// As in the history: text as `body`, anything else as `body_hex`, so that no byte is lost.
impl Serialize for BodyPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(1))?;
        entry(&mut members, "body", "body_hex", &self.bytes)?;
        members.end()
    }
}

fn entry<M: SerializeMap>(
    members: &mut M,
    name: &'static str,
    hex_name: &'static str,
    body: &[u8],
) -> Result<(), M::Error> {
    match std::str::from_utf8(body) {
        Ok(text) => members.serialize_entry(name, text),
        Err(_) => members.serialize_entry(hex_name, &hex::encode(body)),
    }
}

/// The details of an attempt.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttemptDetails {
    /// For people, who see it with the attempt; programs have it from the event.
    pub(crate) body: Option<BodyPart>,
    pub(crate) request_headers: Option<Headers>,
    /// `None` if answers were not asked for.
    pub(crate) answer: Option<Option<AnswerDetails>>,
}

/// Pairs, because a name can occur twice. Credentials are replaced by `…`.
pub(crate) type Headers = Vec<(String, String)>;

#[derive(Clone, Debug)]
pub(crate) struct AnswerDetails {
    pub(crate) headers: Headers,
    pub(crate) body: BodyPart,
    pub(crate) is_truncated: bool,
}

impl AttemptDetails {
    /// All headers, to hide what must not be shown.
    pub(crate) fn headers_mut(&mut self) -> impl Iterator<Item = &mut (String, String)> {
        let answer = self.answer.iter_mut().flatten().flat_map(|answer| &mut answer.headers);
        self.request_headers.iter_mut().flatten().chain(answer)
    }

    pub(super) fn size(&self) -> usize {
        let answer = self.answer.as_ref().and_then(|answer| answer.as_ref());
        let bodies = self.body.iter().chain(answer.map(|answer| &answer.body));
        bodies.map(|body| body.bytes.len()).sum()
    }
}

/// The members of an attempt in the history.
impl Serialize for AttemptDetails {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        if let Some(headers) = &self.request_headers {
            members.serialize_entry("request_headers", headers)?;
        }
        match &self.answer {
            Some(Some(answer)) => {
                members.serialize_entry("response_headers", &answer.headers)?;
                members.serialize_entry("response_truncated", &answer.is_truncated)?;
                entry(&mut members, "response_body", "response_body_hex", &answer.body.bytes)?;
            }
            Some(None) => {
                members.serialize_entry("response_headers", &())?;
                members.serialize_entry("response_truncated", &())?;
                members.serialize_entry("response_body", &())?;
            }
            None => {}
        }
        members.end()
    }
}

pub(super) fn header_pairs(headers: &HeaderMap) -> Headers {
    let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = match carries_credentials(name) {
            true => "…".to_owned(),
            false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        (name.as_str().to_owned(), value)
    };
    headers.iter().map(pair).collect()
}

pub(super) fn answer_details(result: &AttemptResult, wanted: WantedDetails) -> Option<AnswerDetails> {
    let answer = result.answer.as_ref()?;
    Some(AnswerDetails {
        headers: header_pairs(&answer.headers),
        body: wanted.part(&answer.body),
        is_truncated: answer.end != BodyEnd::Complete,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_is_text_or_hex() {
        let json = |bytes: &'static [u8]| {
            serde_json::to_string(&WantedDetails::default().part(&Bytes::from_static(bytes))).unwrap()
        };
        assert_eq!(json(b"{\"n\":1.10}"), r#"{"body":"{\"n\":1.10}"}"#);
        assert_eq!(json(b"\xff"), r#"{"body_hex":"ff"}"#);
    }

    #[test]
    fn attempt_without_an_answer_has_nulls() {
        let json = |details: &AttemptDetails| serde_json::to_string(details).unwrap();
        let unanswered = AttemptDetails { answer: Some(None), ..AttemptDetails::default() };
        assert_eq!(
            json(&unanswered),
            r#"{"response_headers":null,"response_truncated":null,"response_body":null}"#
        );
        assert_eq!(json(&AttemptDetails::default()), "{}");
    }

    #[test]
    fn long_body_is_cut_for_a_screen() {
        let wanted = WantedDetails { longest: Some(3), ..WantedDetails::default() };
        let part = wanted.part(&Bytes::from_static(b"abcdef"));
        assert_eq!((&part.bytes[..], part.size), (&b"abc"[..], 6));
        assert_eq!(wanted.part(&Bytes::from_static(b"abc")).bytes, &b"abc"[..]);
    }

    #[test]
    fn credentials_in_headers_are_hidden() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("authorization", "Bearer x"), ("x-tag", "a"), ("set-cookie", "s=1")] {
            headers.append(name, http::HeaderValue::from_static(value));
        }
        let pairs = header_pairs(&headers);
        let values: Vec<&str> = pairs.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["…", "a", "…"]);
    }
}
