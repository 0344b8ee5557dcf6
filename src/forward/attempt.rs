//! One attempt to deliver: a POST, an answer within the time limit, and nothing followed or retried.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::net::{Answer, Endpoint, PostError};

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attempted {
    /// The target answered.
    Answered { status: u16, retry_after: Option<Duration> },
    /// Nothing listens at the target's address.
    Refused,
    /// No complete answer within the time limit.
    TimedOut { after: Duration },
    /// The connection could not be made or broke.
    Broken { reason: String },
    /// The request could not be sent at all; trying again will not help.
    Impossible { reason: String },
}

impl Attempted {
    /// The status, when there was an answer.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Answered { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The outcome in words.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Answered { status: 300..=399, .. } => {
                "answered with a redirect, which is not followed".to_owned()
            }
            Self::Answered { status, .. } => format!("answered HTTP {status}"),
            Self::Refused => "refuses connections".to_owned(),
            Self::TimedOut { after } => format!("no answer within {} s", after.as_secs_f64()),
            Self::Broken { reason } | Self::Impossible { reason } => reason.clone(),
        }
    }
}

/// An attempt that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    pub(crate) outcome: Attempted,
    /// What the target answered, when it did.
    pub(crate) answer: Option<Answer>,
    /// From the first try to connect to the end of the answer.
    pub(crate) took: Duration,
}

impl Tried {
    /// An attempt that was not even begun.
    pub(crate) fn impossible(reason: String) -> Self {
        Self { outcome: Attempted::Impossible { reason }, answer: None, took: Duration::ZERO }
    }
}

/// POSTs `body` to `endpoint`.
pub(crate) async fn attempt(
    endpoint: &Endpoint,
    headers: HeaderMap,
    body: Bytes,
    timeout: Option<Duration>,
) -> Tried {
    let started = Instant::now();
    let posted = endpoint.post(headers, body);
    let (outcome, answer) = match timeout {
        None => judge(posted.await),
        Some(limit) => match tokio::time::timeout(limit, posted).await {
            Ok(result) => judge(result),
            Err(_) => (Attempted::TimedOut { after: limit }, None),
        },
    };
    Tried { outcome, answer, took: started.elapsed() }
}

fn judge(result: Result<Answer, PostError>) -> (Attempted, Option<Answer>) {
    match result {
        Ok(answer) => {
            let retry_after = retry_after(&answer.headers);
            (Attempted::Answered { status: answer.status, retry_after }, Some(answer))
        }
        Err(PostError::Refused) => (Attempted::Refused, None),
        Err(PostError::Broken(reason)) => (Attempted::Broken { reason }, None),
        Err(PostError::Impossible(reason)) => (Attempted::Impossible { reason }, None),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}
