//! An entry of the request log and its JSON (ours: no public page shows a request log).

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sandbox::caller::Environment;

#[derive(Clone, Debug)]
pub(crate) struct LogEntry {
    /// The request id, `req_…`.
    pub(crate) id: Arc<str>,
    pub(crate) time: Timestamp,
    pub(crate) method: Method,
    /// Path and query, without secrets.
    pub(crate) target: String,
    pub(crate) status: StatusCode,
    /// From the head of the request to that of the response; a stream continues after that.
    pub(crate) duration: Duration,
    pub(crate) error_code: Option<Cow<'static, str>>,
    /// The first characters of the key: enough to identify it, not enough to use it.
    pub(crate) key_prefix: Option<String>,
    pub(crate) user_agent: Option<String>,
    /// The environment of the key; `None` without a valid key.
    pub(crate) environment: Option<Environment>,
    pub(crate) ip: Option<String>,
    /// The ids of the injected faults.
    pub(crate) faults: Vec<String>,
    pub(crate) request_body: Option<String>,
    pub(crate) response_body: Option<String>,
    /// The `logs --tail` that sent the request; never shown.
    pub(crate) tail: Option<Arc<str>>,
}

impl LogEntry {
    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The approximate size in memory, in bytes.
    pub(crate) fn size(&self) -> usize {
        let texts = [&self.key_prefix, &self.user_agent, &self.request_body, &self.response_body];
        let texts = texts.into_iter().flatten().map(String::len).sum::<usize>();
        size_of::<Self>() + self.target.len() + texts
    }

    /// ours. Bodies are present only if they are logged.
    pub(crate) fn to_json(&self) -> Value {
        let mut object = Map::new();
        let millis = self.duration.as_micros().min(u128::from(u32::MAX)) as f64 / 1000.0;
        let members = [
            ("id", json!(&*self.id)),
            ("object", json!("request_log")),
            ("time", json!(format!("{:.3}", self.time))),
            ("method", json!(self.method.as_str())),
            ("path", json!(self.target)),
            ("status", json!(self.status.as_u16())),
            ("duration_ms", json!(millis)),
            ("error_code", json!(self.error_code)),
            ("key_prefix", json!(self.key_prefix)),
            ("user_agent", json!(self.user_agent)),
            ("environment", json!(self.environment.map(Environment::as_str))),
            ("ip", json!(self.ip)),
        ];
        object.extend(members.map(|(name, value)| (name.to_owned(), value)));
        if !self.faults.is_empty() {
            object.insert("faults".to_owned(), json!(self.faults));
        }
        for (name, body) in [("request_body", &self.request_body), ("response_body", &self.response_body)] {
            if let Some(body) = body {
                // a truncated body is no valid JSON, so it is shown as text
                let value = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
                object.insert(name.to_owned(), value);
            }
        }
        Value::Object(object)
    }
}
