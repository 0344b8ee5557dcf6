//! One fault: what goes wrong, how often, and where. Written as `latency=200ms,probability=20%` on the command
//! line, and as an object with the same members in JSON.

mod parse;

use std::fmt;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

pub(crate) use self::parse::{MOST, whole};
use crate::sandbox::glob::Glob;

/// The default `Retry-After`, in seconds.
const RETRY_AFTER: u64 = 1;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Delays the response by `by`, and by up to `jitter` more.
    Latency { by: Duration, jitter: Duration },
    /// Answers with 429 or 5xx; the request has no effect.
    Status { status: StatusCode, retry_after: u64 },
    /// Breaks a stream after this many events; without a number after any event.
    Cut { after: Option<u32> },
    /// Sends an event twice.
    Duplicate,
    /// Shows a clock that is off by this many seconds in the headers.
    Skew { seconds: i64 },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) fault: Fault,
    /// In `0.0..=1.0`.
    pub(crate) probability: f64,
    /// Only requests with a matching path.
    pub(crate) path: Option<Glob>,
    /// At most this often.
    pub(crate) count: Option<u64>,
}

impl Rule {
    /// The members; they can be sent back as they are.
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        let mut object = Map::new();
        let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
        match self.fault {
            Fault::Latency { by, jitter } => {
                put("latency", json!(Millis(by).to_string()));
                put("jitter", json!(Millis(jitter).to_string()));
            }
            Fault::Status { status, retry_after } => {
                put("status", json!(status.as_u16()));
                put("retry_after", json!(retry_after));
            }
            Fault::Cut { after } => {
                put("cut", after.map_or(json!(true), |after| json!(after)));
            }
            Fault::Duplicate => {
                put("duplicate", json!(true));
            }
            Fault::Skew { seconds } => {
                put("skew", json!(format!("{seconds}s")));
            }
        }
        put("probability", json!(self.probability));
        put("path", json!(self.path.as_ref().map(ToString::to_string)));
        put("count", json!(self.count));
        object
    }
}

/// As on the command line, without defaults.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::Latency { by, jitter } if jitter.is_zero() => write!(f, "latency={}", Millis(by))?,
            Fault::Latency { by, jitter } => write!(f, "latency={},jitter={}", Millis(by), Millis(jitter))?,
            Fault::Status { status, retry_after } if retry_after == RETRY_AFTER => {
                write!(f, "status={}", status.as_u16())?;
            }
            Fault::Status { status, retry_after } => {
                write!(f, "status={},retry_after={retry_after}", status.as_u16())?;
            }
            Fault::Cut { after: Some(after) } => write!(f, "cut={after}")?,
            Fault::Cut { after: None } => f.write_str("cut")?,
            Fault::Duplicate => f.write_str("duplicate")?,
            Fault::Skew { seconds } => write!(f, "skew={seconds}s")?,
        }
        if self.probability < 1.0 {
            write!(f, ",probability={}", self.probability)?;
        }
        if let Some(path) = &self.path {
            write!(f, ",path={path}")?;
        }
        self.count.map_or(Ok(()), |count| write!(f, ",count={count}"))
    }
}

struct Millis(Duration);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0.as_millis())
    }
}

#[cfg(test)]
mod tests;
