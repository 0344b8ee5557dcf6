//! `/logs` of a team: the requests that were made to the API (ours: paths and shapes).

use jiff::Timestamp;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::Value;

use super::resource::{Pagination, page};
use super::{ApiError, Client, Identity};

/// Requests per page.
const PAGE: usize = 100;

/// Identifies a follower over all its connections, so that the stream does not contain its own requests.
const TAIL: HeaderName = HeaderName::from_static("cstar-tail");

/// A logged request. All members are optional.
#[derive(Clone, Debug)]
pub(crate) struct LoggedRequest {
    /// The object from the API, for `--json`.
    pub(crate) raw: Value,
}

impl LoggedRequest {
    /// Parses an event of the stream; `None` if it is not an object.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let raw: Value = serde_json::from_slice(body).ok()?;
        raw.is_object().then_some(Self { raw })
    }

    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.raw.get(member).and_then(Value::as_str)
    }

    pub(crate) fn time(&self) -> Option<Timestamp> {
        self.text("time")?.parse().ok()
    }

    /// The HTTP status of the response.
    pub(crate) fn status(&self) -> Option<u16> {
        self.raw.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok())
    }

    /// The time until the response, in milliseconds.
    pub(crate) fn duration_ms(&self) -> Option<f64> {
        self.raw.get("duration_ms").and_then(Value::as_f64)
    }
}

/// Which requests to list. Missing fields match all.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogFilter {
    /// HTTP methods in upper case, any of which matches.
    pub(crate) methods: Vec<String>,
    /// Such as `404`, `4xx` or `400-499`, any of which matches.
    pub(crate) statuses: Vec<String>,
    /// A glob for the path, with `*` and `?`.
    pub(crate) path: Option<String>,
    /// Inclusive.
    pub(crate) since: Option<Timestamp>,
    /// Exclusive.
    pub(crate) until: Option<Timestamp>,
}

impl LogFilter {
    fn write(&self, url: &mut Url) {
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let list = |items: &[String]| (!items.is_empty()).then(|| items.join(","));
        let parameters = [
            ("method", list(&self.methods)),
            ("status", list(&self.statuses)),
            ("path", self.path.clone()),
            ("since", time(self.since)),
            ("until", time(self.until)),
        ];
        for (name, value) in parameters {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
    }
}

impl Client {
    /// `GET /logs`, over several pages: at most `limit` requests, the newest first.
    pub(crate) async fn logs(
        &self,
        identity: &Identity,
        filter: &LogFilter,
        limit: usize,
    ) -> Result<Vec<LoggedRequest>, ApiError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let wanted = limit.saturating_sub(found.len()).min(PAGE);
            let mut url = self.url(&path(identity));
            filter.write(&mut url);
            url.query_pairs_mut().append_pair("limit", &wanted.to_string());
            if let Some(after) = &after {
                url.query_pairs_mut().append_pair("after", after);
            }
            let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
            let answer = self.answer(Method::GET, &target, None).await?;
            let page = page(&answer.body)?;
            let nothing = page.items.is_empty();
            found.extend(page.items.into_iter().map(|raw| LoggedRequest { raw }));
            after = page.pagination.filter(Pagination::has_more).and_then(|pagination| pagination.after);
            if nothing || after.is_none() || found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }

    /// The URL of `GET /logs/stream`, which begins with the newest `last` requests.
    pub(crate) fn logs_stream_url(&self, identity: &Identity, filter: &LogFilter, last: usize) -> Url {
        let mut url = self.url(&format!("{}/stream", path(identity)));
        filter.write(&mut url);
        if last > 0 {
            url.query_pairs_mut().append_pair("last", &last.to_string());
        }
        url
    }

    /// Sets the name that excludes the requests of this client from its stream.
    pub(crate) fn with_tail_name(mut self, name: &str) -> Self {
        if let Ok(name) = HeaderValue::from_str(name) {
            self.headers.insert(TAIL, name);
        }
        self
    }
}

fn path(identity: &Identity) -> String {
    format!("/api/v1/teams/{}/logs", identity.team_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_becomes_a_query() {
        let filter = LogFilter {
            methods: vec!["GET".into(), "POST".into()],
            statuses: vec!["4xx".into()],
            path: Some("*/a b&c".into()),
            since: "2026-03-06T14:30:00Z".parse().ok(),
            until: None,
        };
        let mut url: Url = "http://h/logs".parse().unwrap();
        filter.write(&mut url);
        assert_eq!(
            url.query(),
            Some("method=GET%2CPOST&status=4xx&path=*%2Fa+b%26c&since=2026-03-06T14%3A30%3A00Z")
        );
        let mut url: Url = "http://h/logs".parse().unwrap();
        LogFilter::default().write(&mut url);
        assert_eq!(url.query(), None);
    }

    #[test]
    fn all_request_members_are_optional() {
        let none = LoggedRequest::parse(b"{}").unwrap();
        assert_eq!(
            (none.text("id"), none.time(), none.status(), none.duration_ms()),
            (None, None, None, None)
        );
        let odd = LoggedRequest::parse(br#"{"status":99999,"time":"soon","duration_ms":"1"}"#).unwrap();
        assert_eq!((odd.status(), odd.time(), odd.duration_ms()), (None, None, None));
        assert!(LoggedRequest::parse(b"[]").is_none() && LoggedRequest::parse(b"x").is_none());
    }
}
