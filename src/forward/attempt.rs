//! One attempt: a POST and its answer within the time limit, or a command and its end. It follows no redirect and
//! retries nothing.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_TYPE;

use super::command::{CommandEnd, CommandError, CommandExit};
use super::endpoint::Endpoint;
use super::response_text::{excerpt, location};
use crate::host::clock::Clock;
use crate::net::{self, BodyEnd, NoResponse, PostError, RequestHeaders, TargetResponse};

/// How an attempt ended. What that means for the delivery is a [`RetryDecision`](super::policy::RetryDecision).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    Answered {
        status: u16,
        retry_after: Option<Duration>,
        details: Option<Box<AnswerDetails>>,
    },
    /// The command ran.
    Exited(Box<CommandExit>),
    /// No byte of the request was sent, or the command could not be started.
    NotReached(NoResponse),
    /// The request was sent, and no answer began within the time limit.
    TimedOut {
        after: Duration,
    },
    /// The connection ended without a usable answer; the request may have been received.
    Broken(NoResponse),
    /// The request could not be sent, and a retry will not help.
    Impossible {
        reason: String,
    },
}

/// Details of an answer that is not a plain success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AnswerDetails {
    /// Where a redirect leads.
    pub(crate) location: Option<String>,
    /// The first line of the body, see [`excerpt`].
    pub(crate) excerpt: Option<String>,
    /// Why the body is incomplete.
    pub(crate) body: Option<&'static str>,
}

impl AttemptOutcome {
    #[cfg(test)]
    pub(crate) fn answered(status: u16) -> Self {
        Self::Answered { status, retry_after: None, details: None }
    }

    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Answered { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The exit code of a command.
    pub(crate) fn exit_code(&self) -> Option<i32> {
        match self {
            Self::Exited(exit) => match exit.end {
                CommandEnd::Code(code) => Some(code),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the target accepted the event.
    pub(crate) fn is_success(&self) -> bool {
        match self {
            Self::Answered { status, .. } => (200..=299).contains(status),
            Self::Exited(exit) => exit.end == CommandEnd::Code(0),
            _ => false,
        }
    }

    /// The outcome as text that follows the URL of the target.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Answered { status, details, .. } => {
                let details = details.as_deref();
                let redirect = match (status, details.and_then(|details| details.location.as_deref())) {
                    (300..=303 | 305..=399, Some(to)) => {
                        format!(", a redirect to {to}, which is not followed")
                    }
                    (300..=303 | 305..=399, None) => ", a redirect, which is not followed".to_owned(),
                    _ => String::new(),
                };
                let body = details.and_then(|details| details.body);
                let body = body.map(|body| format!(", but {body}")).unwrap_or_default();
                format!("answered HTTP {status}{redirect}{body}")
            }
            Self::Exited(exit) => exit.end.reason(),
            Self::TimedOut { after } => format!("did not answer within {} s", after.as_secs_f64()),
            Self::NotReached(failure) | Self::Broken(failure) => failure.to_string(),
            Self::Impossible { reason } => reason.clone(),
        }
    }

    /// The reason in the history: of every failure, and of a success with a remark.
    pub(crate) fn recorded_reason(&self) -> Option<String> {
        (!self.is_success() || self.remark().is_some()).then(|| self.reason())
    }

    /// The first line of the answer to a failed attempt.
    pub(crate) fn excerpt(&self) -> Option<&str> {
        match self {
            Self::Answered { details, .. } => details.as_deref()?.excerpt.as_deref(),
            Self::Exited(exit) => exit.excerpt.as_deref(),
            _ => None,
        }
    }

    /// What is unusual about a success.
    pub(crate) fn remark(&self) -> Option<&'static str> {
        match self {
            Self::Answered { details, .. } if self.is_success() => details.as_deref()?.body,
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct AttemptResult {
    pub(crate) outcome: AttemptOutcome,
    pub(crate) answer: Option<TargetResponse>,
    /// From the first connection attempt to the end of the answer.
    pub(crate) took: Duration,
}

impl AttemptResult {
    /// An attempt that could not begin.
    pub(crate) fn impossible(reason: String) -> Self {
        Self { outcome: AttemptOutcome::Impossible { reason }, answer: None, took: Duration::ZERO }
    }
}

/// POSTs `body` to `endpoint`, or runs its command.
pub(crate) async fn attempt(
    endpoint: &Endpoint,
    headers: &dyn RequestHeaders,
    body: Bytes,
    timeout: Option<Duration>,
) -> AttemptResult {
    let started = Instant::now();
    let (outcome, answer) = match endpoint {
        Endpoint::Server(server) => classify(server.post(headers, body, timeout).await),
        // Boxed, so that it does not enlarge the future of every POST.
        Endpoint::Command(command) => ran(Box::pin(command.run(&headers.map(), body, timeout)).await),
    };
    AttemptResult { outcome, answer, took: started.elapsed() }
}

fn classify(result: Result<TargetResponse, PostError>) -> (AttemptOutcome, Option<TargetResponse>) {
    match result {
        Ok(answer) => (answered(&answer), Some(answer)),
        Err(PostError::NoResponse(failure)) if failure.cause.is_connect_failure() => {
            (AttemptOutcome::NotReached(failure), None)
        }
        Err(PostError::NoResponse(failure)) => (AttemptOutcome::Broken(failure), None),
        Err(PostError::TimedOut { after }) => (AttemptOutcome::TimedOut { after }, None),
        Err(PostError::Unsendable(reason)) => (AttemptOutcome::Impossible { reason }, None),
    }
}

fn ran(
    result: Result<(CommandExit, TargetResponse), CommandError>,
) -> (AttemptOutcome, Option<TargetResponse>) {
    match result {
        Ok((exit, output)) => (AttemptOutcome::Exited(Box::new(exit)), Some(output)),
        Err(CommandError::NotStarted(failure)) => (AttemptOutcome::NotReached(failure), None),
        Err(CommandError::Impossible(reason)) => (AttemptOutcome::Impossible { reason }, None),
    }
}

fn answered(answer: &TargetResponse) -> AttemptOutcome {
    let body = match answer.end {
        BodyEnd::Complete | BodyEnd::Truncated => None,
        BodyEnd::Interrupted => Some("the body broke off"),
        BodyEnd::TimedOut => Some("the body never ended"),
    };
    let success = (200..=299).contains(&answer.status);
    // The usual case allocates nothing, because it is every delivery of a burst.
    let details = (!success || body.is_some()).then(|| {
        Box::new(AnswerDetails {
            location: (!success).then(|| location(&answer.headers)).flatten(),
            excerpt: (!success).then(|| excerpt(content_type(answer), &answer.body)).flatten(),
            body,
        })
    });
    AttemptOutcome::Answered {
        status: answer.status,
        retry_after: (!success).then(|| net::retry_after(&answer.headers, Clock::System.now())).flatten(),
        details,
    }
}

fn content_type(answer: &TargetResponse) -> Option<&str> {
    answer.headers.get(CONTENT_TYPE)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{TargetClient, TargetOptions};

    #[test]
    fn future_of_an_attempt_is_small() {
        let client = TargetClient::new(TargetOptions::default()).unwrap();
        let endpoint = Endpoint::from(client.endpoint(&"http://localhost:1/".parse().unwrap()));
        let headers = http::HeaderMap::new;
        // Each event moves it into memory of its own.
        let size = size_of_val(&attempt(&endpoint, &headers, Bytes::new(), None));
        assert!(size <= 896, "{size}");
    }
}
