//! Replays one delivery: signs, sends and records it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use reqwest::Url;
use serde_json::{Value, json};

use super::ReplayItem;
use crate::event::{EventMeta, ReceivedEvent};
use crate::forward::{
    self, AttemptContext, AttemptOutcome, AttemptResult, DeliverOptions, Endpoint, TargetCommand, advice,
};
use crate::history::{Journal, RecordedOutcome, StoredDelivery};
use crate::host::clock::Clock;
use crate::net::{TargetClient, TargetOptions};
use crate::output::attempt::AttemptLine;
use crate::output::history_json;
use crate::output::sanitize::{redact, sanitize};
use crate::output::{Failure, style};
use crate::signature::Signer;

#[derive(Clone, Debug, Default)]
pub(crate) struct SendOptions {
    pub(crate) extra: HeaderMap,
    /// Time limit of each request; `None` for no limit.
    pub(crate) limit: Option<Duration>,
    /// Skip certificate checks.
    pub(crate) insecure: bool,
}

pub(crate) struct Sender {
    endpoints: HashMap<Arc<str>, Endpoint>,
    signer: Signer,
    options: SendOptions,
    clock: Clock,
}

#[derive(Debug)]
pub(crate) struct ReplayAttempt {
    pub(crate) event: Arc<EventMeta>,
    pub(crate) target: String,
    pub(crate) recorded: RecordedOutcome,
    attempt: u32,
    outcome: AttemptOutcome,
    took: Duration,
}

impl Sender {
    /// A sender for the targets of `events`.
    pub(crate) fn new(
        options: SendOptions,
        secret: &str,
        events: &[ReplayItem],
        clock: Clock,
    ) -> Result<Self, Failure> {
        let (mut urls, mut endpoints) = (HashMap::<Arc<str>, Url>::new(), HashMap::new());
        for (target, event) in events.iter().flat_map(|event| event.targets.iter().map(move |to| (to, event)))
        {
            if let Some(command) = known_command(target, event) {
                endpoints.insert(Arc::clone(target), command?.into());
                continue;
            }
            let url = Url::parse(target).map_err(|error| {
                Failure::failed(format!("could not send to `{target}`: {error}")).hint("name another: --to")
            })?;
            urls.insert(Arc::clone(target), url);
        }
        let https = urls.values().any(|url| url.scheme() == "https");
        let client = TargetClient::new(TargetOptions { insecure: options.insecure, https })?;
        endpoints.extend(urls.into_iter().map(|(target, url)| (target, client.endpoint(&url).into())));
        Ok(Self { endpoints, signer: Signer::new(secret), options, clock })
    }

    /// Sends the event of the deliveries `stored`.
    pub(crate) async fn send(
        &mut self,
        journal: &Journal,
        stored: &[StoredDelivery],
        target: &Arc<str>,
    ) -> Result<ReplayAttempt, Failure> {
        let gone = || Failure::failed("the body of the event is no longer in the history");
        let attempt = next_attempt(stored, target);
        let stored = stored.first().ok_or_else(gone)?;
        let body = stored.body.clone().ok_or_else(gone)?;
        let started_at = self.clock.now();
        let endpoint = self.endpoints.get(target);
        let endpoint = endpoint
            .ok_or_else(|| Failure::failed(format!("could not send to `{target}`: it is not known")))?;
        let (extra, timeout) = (&self.options.extra, self.options.limit);
        let options = DeliverOptions { signer: &self.signer, now: started_at, attempt, extra, timeout };
        let event = ReceivedEvent { meta: Arc::clone(&stored.meta), body };
        let (mut result, headers) = forward::deliver(endpoint, &event, options).await;
        let decision = forward::decide(&result.outcome, attempt, 0);
        let context = AttemptContext {
            chaos: None,
            seq: stored.seq,
            target: Arc::clone(target),
            attempt,
            started_at,
            ended_at: self.clock.now(),
            request_headers: Some(headers),
        };
        journal.record(forward::attempt_record(context, &mut result, &decision)).await;
        let AttemptResult { outcome, took, .. } = result;
        let (event, target) = (event.meta, target.to_string());
        Ok(ReplayAttempt { event, target, recorded: decision.recorded(), attempt, outcome, took })
    }
}

/// The command that the event was delivered to before. A target that is named now is never one, so that what can name a
/// target, such as an agent, cannot run a command of its choice.
fn known_command(target: &str, event: &ReplayItem) -> Option<Result<TargetCommand, Failure>> {
    let command = TargetCommand::from_name(target).filter(|_| !event.replaces_targets)?;
    Some(command.map_err(|reason| Failure::failed(format!("could not run `{target}`: {reason}"))))
}

/// One more than the attempts at this target, or at any target if it is a new one.
fn next_attempt(stored: &[StoredDelivery], target: &Arc<str>) -> u32 {
    let known = stored.iter().find(|delivery| delivery.target == *target);
    let so_far = known.map(|delivery| delivery.attempts_so_far);
    let most = || stored.iter().map(|delivery| delivery.attempts_so_far).max();
    so_far.or_else(most).unwrap_or_default().saturating_add(1)
}

impl ReplayAttempt {
    /// The outcome, to print after the target.
    pub(super) fn why(&self) -> String {
        self.outcome.reason()
    }

    /// What to check or change.
    pub(super) fn advice(&self) -> Option<String> {
        advice::advice(&self.outcome, &self.target, advice::TARGET)
    }

    /// Why it was not delivered.
    fn reason(&self) -> Option<String> {
        (self.recorded != RecordedOutcome::Delivered).then(|| self.outcome.reason())
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
            exit_code: self.outcome.exit_code(),
            event: sanitize(&self.event.event_type),
            duration: self.took,
            detail: Some(what),
            id: sanitize(&self.event.id),
            target: Some(sanitize(&self.target)),
            is_success,
        }
    }

    /// For a pipe.
    pub(crate) fn line(&self) -> String {
        let status = style::attempt_result(self.outcome.status(), self.outcome.exit_code());
        let (kind, target) = (style::name(&sanitize(&self.event.event_type)), sanitize(&self.target));
        let reason = match self.outcome.is_success() {
            false => format!(", {}", sanitize(&self.outcome.reason())),
            true => self.outcome.remark().map(|remark| format!(", {remark}")).unwrap_or_default(),
        };
        let answer = self.outcome.excerpt().map(|text| format!(": {}", sanitize(text))).unwrap_or_default();
        let reason = reason + &answer;
        let detail = format!("attempt {}, {} ms{reason}", self.attempt, history_json::millis(self.took));
        format!("{status}  {kind}  {}  → {target}  {}", sanitize(&self.event.id), style::dim(&detail))
    }

    /// For a program; names as in `listen --json`.
    pub(crate) fn as_json(&self) -> Value {
        let mut value = json!({
            "id": self.event.id,
            "type": self.event.event_type,
            "target": self.target,
            "attempt": self.attempt,
            "success": self.recorded == RecordedOutcome::Delivered,
            "status": self.outcome.status(),
            "duration_ms": history_json::millis(self.took),
            "reason": self.reason().as_deref().map(redact),
            "remark": self.outcome.remark(),
            "answer": self.outcome.excerpt().map(redact),
        });
        if let (Some(code), Value::Object(members)) = (self.outcome.exit_code(), &mut value) {
            members.insert("exit_code".to_owned(), json!(code));
        }
        value
    }
}
