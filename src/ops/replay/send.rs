//! One delivery once more: signed now, counted on, recorded.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use reqwest::Url;
use serde_json::{Value, json};

use super::Wanted;
use crate::forward::{self, AttemptOutcome, AttemptResult, Signing, advice};
use crate::history::{
    AttemptRecord, DeliveryState, Journal, Record, RecordedOutcome, SettledDelivery, StoredDelivery,
};
use crate::host::clock::Clock;
use crate::net::{BodyEnd, Endpoint, TargetClient, TargetOptions};
use crate::ops::history_json;
use crate::output::attempt::AttemptLine;
use crate::output::sanitize::{redact, sanitize};
use crate::output::{Failure, style};
use crate::signature::Signer;

/// How to send.
#[derive(Clone, Debug, Default)]
pub(crate) struct How {
    /// Added to every request.
    pub(crate) extra: HeaderMap,
    /// Time limit of each request; `None` waits for ever.
    pub(crate) limit: Option<Duration>,
    /// Skip certificate checks.
    pub(crate) insecure: bool,
}

/// Sends to any of the targets.
pub(crate) struct Sender {
    endpoints: HashMap<Arc<str>, Endpoint>,
    signer: Signer,
    how: How,
    clock: Clock,
}

/// How a replay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Delivered,
    Failed,
    /// Nothing was sent.
    NotReached,
}

/// One replay.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) target: String,
    pub(crate) verdict: Verdict,
    event_type: String,
    attempt: u32,
    outcome: AttemptOutcome,
    took: Duration,
}

impl Sender {
    /// A sender for the targets of `events`.
    ///
    /// # Errors
    /// When a target is no address.
    pub(crate) fn new(how: How, secret: &str, events: &[Wanted], clock: Clock) -> Result<Self, Failure> {
        let mut urls: HashMap<Arc<str>, Url> = HashMap::new();
        for target in events.iter().flat_map(|event| &event.targets) {
            let url = Url::parse(target).map_err(|error| {
                Failure::failed(format!("could not send to `{target}`: {error}")).hint("name another: --to")
            })?;
            urls.insert(Arc::clone(target), url);
        }
        let https = urls.values().any(|url| url.scheme() == "https");
        let client = TargetClient::new(TargetOptions { insecure: how.insecure, https })?;
        let endpoints = urls.into_iter().map(|(target, url)| (target, client.endpoint(&url))).collect();
        Ok(Self { endpoints, signer: Signer::new(secret), how, clock })
    }

    /// Sends the event that `stored` are the deliveries of.
    ///
    /// # Errors
    /// When its body is no longer there.
    pub(crate) async fn send(
        &mut self,
        journal: &Journal,
        stored: &[StoredDelivery],
        target: &Arc<str>,
    ) -> Result<Sent, Failure> {
        let gone = || Failure::failed("the body of the event is no longer in the history");
        let event = stored.first().ok_or_else(gone)?;
        let body = event.body.clone().ok_or_else(gone)?;
        let attempt = next_attempt(stored, target);
        let started_at = self.clock.now();
        let identity = forward::EventMeta {
            id: &event.id,
            event_type: &event.event_type,
            webhook_id: event.webhook_id.as_deref(),
            request_id: event.request_id.as_deref(),
            attempt,
        };
        let signing = Signing { signer: &self.signer, now: started_at };
        let headers = forward::headers(identity, signing, &body, &self.how.extra);
        let endpoint = self.endpoints.get(target);
        let endpoint = endpoint
            .ok_or_else(|| Failure::failed(format!("could not send to `{target}`: it is not known")))?;
        let AttemptResult { outcome, answer, took } =
            forward::attempt(endpoint, headers.clone(), body, self.how.limit).await;
        let sent = Sent {
            id: event.id.clone(),
            target: target.to_string(),
            verdict: verdict(&outcome),
            event_type: event.event_type.clone(),
            attempt,
            outcome,
            took,
        };
        let (response_headers, response_body, truncated) = match answer {
            Some(answer) => {
                let truncated = answer.end != BodyEnd::Complete;
                (answer.headers, answer.body, truncated)
            }
            None => (HeaderMap::new(), Bytes::new(), false),
        };
        let record = AttemptRecord {
            seq: event.seq,
            target: Arc::clone(target),
            attempt,
            started_at,
            duration: took,
            status: sent.outcome.status(),
            outcome: sent.verdict.recorded(),
            reason: sent.outcome.recorded_reason(),
            request_headers: Some(headers),
            response_headers,
            response_body,
            truncated,
            settles: None,
        };
        journal.record(Record::Attempt(Box::new(record))).await;
        if let Some(state) = sent.verdict.settles() {
            let at = self.clock.now();
            let settled = SettledDelivery { seq: event.seq, target: Arc::clone(target), state, at };
            journal.record(Record::Settled(settled)).await;
        }
        Ok(sent)
    }
}

/// One more than this target has seen, or any target when it is a new one.
fn next_attempt(stored: &[StoredDelivery], target: &Arc<str>) -> u32 {
    let known = stored.iter().find(|delivery| delivery.target == *target);
    let so_far = known.map(|delivery| delivery.attempts_so_far);
    let most = || stored.iter().map(|delivery| delivery.attempts_so_far).max();
    so_far.or_else(most).unwrap_or_default().saturating_add(1)
}

fn verdict(outcome: &AttemptOutcome) -> Verdict {
    match outcome {
        outcome if outcome.is_success() => Verdict::Delivered,
        AttemptOutcome::NotReached(_) => Verdict::NotReached,
        _ => Verdict::Failed,
    }
}

impl Verdict {
    fn recorded(self) -> RecordedOutcome {
        match self {
            Self::Delivered => RecordedOutcome::Delivered,
            Self::Failed => RecordedOutcome::Failed,
            Self::NotReached => RecordedOutcome::Refused,
        }
    }

    /// What was not sent leaves the delivery as it was.
    fn settles(self) -> Option<DeliveryState> {
        match self {
            Self::Delivered => Some(DeliveryState::Delivered),
            Self::Failed => Some(DeliveryState::Failed),
            Self::NotReached => None,
        }
    }
}

impl Sent {
    /// The outcome, to be written after the target.
    pub(super) fn why(&self) -> String {
        self.outcome.reason()
    }

    /// What to check or change.
    pub(super) fn advice(&self) -> Option<String> {
        advice::advice(&self.outcome, advice::TARGET)
    }

    /// Why it did not arrive.
    fn reason(&self) -> Option<String> {
        (self.verdict != Verdict::Delivered).then(|| self.outcome.reason())
    }

    /// For a terminal.
    pub(crate) fn attempt_line(&self) -> AttemptLine {
        let is_success = self.outcome.is_success();
        let number = format!("attempt {}", self.attempt);
        let what = match (is_success, self.outcome.remark()) {
            (true, None) => style::dim(&number),
            (true, Some(remark)) => format!("{}  {}", style::dim(&number), style::warn(remark)),
            (false, _) => {
                let answer = self.outcome.excerpt().map(|text| format!(": {text}")).unwrap_or_default();
                style::bad(&sanitize(&format!("{number}: {}{answer}", self.outcome.reason())))
            }
        };
        AttemptLine {
            time: None,
            status: self.outcome.status(),
            event: sanitize(&self.event_type),
            duration: self.took,
            detail: Some(what),
            id: sanitize(&self.id),
            target: Some(sanitize(&self.target)),
            is_success,
        }
    }

    /// For a pipe.
    pub(crate) fn line(&self) -> String {
        let status = self.outcome.status().map_or_else(|| style::bad("---"), style::status);
        let (kind, target) = (style::name(&sanitize(&self.event_type)), sanitize(&self.target));
        let reason = match self.outcome.is_success() {
            false => format!(", {}", sanitize(&self.outcome.reason())),
            true => self.outcome.remark().map(|remark| format!(", {remark}")).unwrap_or_default(),
        };
        let answer = self.outcome.excerpt().map(|text| format!(": {}", sanitize(text))).unwrap_or_default();
        let reason = reason + &answer;
        let detail = format!("attempt {}, {} ms{reason}", self.attempt, history_json::millis(self.took));
        format!("{status}  {kind}  {}  → {target}  {}", sanitize(&self.id), style::dim(&detail))
    }

    /// For a program; names as in `listen --json`.
    pub(crate) fn as_json(&self) -> Value {
        json!({
            "id": self.id,
            "type": self.event_type,
            "target": self.target,
            "attempt": self.attempt,
            "success": self.verdict == Verdict::Delivered,
            "status": self.outcome.status(),
            "duration_ms": history_json::millis(self.took),
            "reason": self.reason().as_deref().map(redact),
            "remark": self.outcome.remark(),
            "answer": self.outcome.excerpt().map(redact),
        })
    }
}
