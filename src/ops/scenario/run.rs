//! Makes the calls of a scenario, one after the other, and waits for their events.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use reqwest::Method;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use super::file::Step;
use super::reference::Known;
use super::watch::{EventWatch, Wanted};
use crate::api::RawRequest;
use crate::event::Filter;
use crate::host::random;
use crate::ops::api_operations::TEAM;
use crate::ops::session::Session;
use crate::output::Failure;

/// What happened in one step.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct StepResult {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
    /// The expected events that arrived; `null` if they were not waited for.
    pub(crate) events: Option<Vec<SeenEvent>>,
    /// Why the scenario ends here.
    pub(crate) error: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SeenEvent {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) event_type: String,
}

/// A scenario that runs.
#[derive(Debug)]
pub(crate) struct Runner<'a> {
    session: &'a Session,
    known: Known,
    watch: Option<EventWatch>,
    within: Duration,
}

impl<'a> Runner<'a> {
    /// With `watch`, each step waits up to `within` for its events.
    pub(crate) fn new(session: &'a Session, watch: Option<EventWatch>, within: Duration) -> Self {
        let run = random::alphanumeric::<10>().to_lowercase();
        Self { session, known: Known { run, answers: HashMap::new() }, watch, within }
    }

    /// Makes the call of a step. The result is there also when the step fails.
    pub(crate) async fn step(&mut self, step: &Step) -> (StepResult, Result<(), Failure>) {
        let (method, path) = step.method_and_path();
        let mut result = StepResult {
            id: step.id.clone(),
            method: method.to_owned(),
            path: path.to_owned(),
            status: None,
            request_id: None,
            events: self.watch.is_some().then(Vec::new),
            error: None,
        };
        let outcome = self.call_and_wait(step, &mut result).await;
        let outcome = outcome.map_err(|failure| named(&result, &failure));
        result.error = outcome.as_ref().err().map(|failure| failure.message().to_owned());
        (result, outcome)
    }

    async fn call_and_wait(&mut self, step: &Step, result: &mut StepResult) -> Result<(), Failure> {
        let request = self.request(step, result).map_err(Failure::failed)?;
        if let Some(watch) = &mut self.watch {
            watch.clear();
        }
        let response = self.session.client.raw(&request).await?;
        result.status = Some(response.status);
        result.request_id = response.request_id();
        if let Some(error) = response.error {
            return Err(error.into());
        }
        let answer: Value = match response.body.is_empty() || response.has_too_many_values() {
            true => Value::Null,
            false => serde_json::from_slice(&response.body).unwrap_or_default(),
        };
        let data = answer.get("data").cloned().unwrap_or(answer);
        self.known.answers.insert(step.id.clone(), data);
        self.wait(step, result).await
    }

    fn request(&self, step: &Step, result: &mut StepResult) -> Result<RawRequest, String> {
        let (method, path) = step.method_and_path();
        result.path = self.known.resolve_path(path)?;
        let body = step.body.as_ref().map(|body| self.known.resolve(body)).transpose()?;
        Ok(RawRequest {
            method: Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET),
            target: format!("{}{}", step.prefix.replace(TEAM, &self.session.identity.team_id), result.path),
            headers: HeaderMap::new(),
            body: body.map(|body| Bytes::from(body.to_string())),
        })
    }

    async fn wait(&mut self, step: &Step, result: &mut StepResult) -> Result<(), Failure> {
        let Some(watch) = &mut self.watch else { return Ok(()) };
        let until = Instant::now() + self.within;
        for expected in &step.expect {
            let filter = |text: &String| Filter::parse(&self.known.resolve_text(text)?);
            let filters: Result<Vec<Filter>, String> = expected.filters.iter().map(filter).collect();
            let wanted = Wanted {
                event_type: expected.event.clone(),
                filters: filters.map_err(Failure::failed)?,
                request_id: result.request_id.clone(),
            };
            let event = watch.wait(&wanted, until).await?;
            let seen = SeenEvent { id: event.id.clone(), event_type: event.event_type.clone() };
            result.events.get_or_insert_default().push(seen);
        }
        Ok(())
    }
}

/// The failure with the step and its call before it.
fn named(result: &StepResult, failure: &Failure) -> Failure {
    let StepResult { id, method, path, .. } = result;
    let message = format!("step `{id}` ({method} {path}): {}", failure.message());
    let named = failure.hints().iter().fold(Failure::new(failure.exit(), message), Failure::hint);
    match failure.api() {
        Some(detail) => named.with_api(detail.clone()),
        None => named,
    }
}
