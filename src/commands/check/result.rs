//! Answers of the endpoint, and the result of one check.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::catalogue::CheckInfo;
use crate::forward::AttemptOutcome;
use crate::net::TargetResponse;
use crate::output::sanitize::{redact, shorten_for_json};

#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) outcome: AttemptOutcome,
    pub(super) response: Option<TargetResponse>,
    pub(super) took: Duration,
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// 2xx
    Accepted,
    /// 3xx
    Redirected,
    /// 4xx
    Refused,
    /// 429, which says nothing about the request.
    Limited,
    /// 5xx, or a status that HTTP does not have.
    Crashed,
    /// No answer.
    Silent,
}

impl Answer {
    pub(super) fn class(&self) -> Class {
        match self.outcome.status() {
            Some(200..=299) => Class::Accepted,
            Some(300..=399) => Class::Redirected,
            Some(429) => Class::Limited,
            Some(400..=499) => Class::Refused,
            Some(_) => Class::Crashed,
            None => Class::Silent,
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.class() == Class::Accepted
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.outcome.status()
    }

    /// Such as `answered 200`, or why there was no answer.
    pub(super) fn text(&self) -> String {
        match self.outcome.status() {
            Some(status) => format!("answered {status}"),
            None => self.outcome.reason(),
        }
    }

    /// The start of the body, as text.
    pub(super) fn body(&self) -> String {
        let body = self.response.as_ref().map(|response| &response.body[..]).unwrap_or_default();
        String::from_utf8_lossy(body).into_owned()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.response.as_ref()?.headers.get(name)?.to_str().ok()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Pass,
    /// Not wrong, or not to be seen from here, but worth a look.
    Advice,
    Fail,
    /// Not checked, for a reason that another check reports.
    Skip,
}

/// What a check found. Its texts may be untrusted; they are sanitized when printed.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) status: Status,
    pub(super) message: String,
    /// What to do.
    pub(super) advice: Option<String>,
}

impl Finding {
    fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), advice: None }
    }

    pub(super) fn pass(message: impl Into<String>) -> Self {
        Self::new(Status::Pass, message)
    }

    pub(super) fn advice(message: impl Into<String>) -> Self {
        Self::new(Status::Advice, message)
    }

    pub(super) fn fail(message: impl Into<String>) -> Self {
        Self::new(Status::Fail, message)
    }

    pub(super) fn skip(message: impl Into<String>) -> Self {
        Self::new(Status::Skip, message)
    }

    pub(super) fn with(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// No time was left for a request.
    pub(super) fn out_of_time() -> Self {
        Self::skip("not run: the endpoint is too slow to run all checks in 20 s")
    }

    /// The endpoint limits requests, so its answer says nothing about this one.
    pub(super) fn limited() -> Self {
        Self::skip("not known: the endpoint limits requests (429)")
    }
}

/// The result of one check.
#[derive(Clone, Debug)]
pub(super) struct CheckResult {
    pub(super) check: &'static CheckInfo,
    pub(super) finding: Finding,
    pub(super) took: Duration,
}

impl CheckResult {
    pub(super) fn status(&self) -> Status {
        self.finding.status
    }

    pub(super) fn to_json(&self) -> Value {
        let shown = |text: &str| shorten_for_json(&redact(text));
        json!({
            "name": self.check.name,
            "status": self.finding.status,
            "expected": self.check.expected,
            "message": shown(&self.finding.message),
            "advice": self.finding.advice.as_deref().map(shown),
            "duration_ms": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
        })
    }
}
