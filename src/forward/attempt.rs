//! One attempt to deliver: a POST, an answer within the time limit, and nothing followed or retried.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use http::header::RETRY_AFTER;
use reqwest::{Method, Request, Response, Url};

use crate::net::{LocalClient, is_refused};

/// An answer is read this far, so that its connection can be used again; a longer one is cut.
const MAX_ANSWER: usize = 64 * 1024;

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

/// POSTs `body` to `url`. Gives the outcome and how long it took, answer included.
pub(crate) async fn attempt(
    client: &LocalClient,
    url: &Url,
    headers: HeaderMap,
    body: Bytes,
    timeout: Option<Duration>,
) -> (Attempted, Duration) {
    let started = Instant::now();
    let mut request = Request::new(Method::POST, url.clone());
    *request.headers_mut() = headers;
    *request.body_mut() = Some(body.into());
    let exchange = exchange(client, request);
    let outcome = match timeout {
        None => exchange.await,
        Some(limit) => match tokio::time::timeout(limit, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Attempted::TimedOut { after: limit },
        },
    };
    (outcome, started.elapsed())
}

async fn exchange(client: &LocalClient, request: Request) -> Attempted {
    match client.send(request).await {
        Ok(response) => {
            let status = response.status().as_u16();
            let retry_after = retry_after(&response);
            drain(response).await;
            Attempted::Answered { status, retry_after }
        }
        Err(error) if is_refused(&error) => Attempted::Refused,
        Err(error) if error.is_builder() => Attempted::Impossible { reason: reason(&error) },
        Err(error) => Attempted::Broken { reason: reason(&error) },
    }
}

/// The status decides; a body that breaks off changes nothing.
async fn drain(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > MAX_ANSWER {
            break;
        }
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    if error.is_timeout() {
        return "no connection in time".to_owned();
    }
    if error.is_connect() {
        format!("could not connect: {cause}")
    } else {
        format!("the connection broke: {cause}")
    }
}
