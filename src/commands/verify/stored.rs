//! An event of the history: its body, and the headers of an attempt.

use std::path::Path;

use super::captured::{Candidate, Captured, Choice, choose, signature_of};
use crate::Secret;
use crate::account::stored_secret;
use crate::commands::Context;
use crate::history::{EventDetail, EventState};
use crate::host::dirs;
use crate::net::BaseUrl;
use crate::ops::history_file;
use crate::ops::team_secret::team_secret;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};
use crate::sandbox::Environment;
use crate::sandbox_info::TEAM_ID;

/// Whether `name` is meant as the id of an event. A file of that name comes first.
pub(super) fn is_id(context: &Context, name: &Path) -> bool {
    !name.exists() && name.to_str().is_some_and(|name| history_file::is_event_id(&context.env, name))
}

pub(super) fn event(context: &mut Context, id: &str) -> Result<EventDetail, Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let event = history_file::find(&reader, id)?;
    if event.state == EventState::Skipped {
        return Err(Failure::failed(format!(
            "the event `{}` was skipped: its body was not kept",
            sanitize(id)
        )));
    }
    Ok(event)
}

/// The request of the chosen attempt. A given `signature` needs no attempt.
pub(super) fn request(
    event: &EventDetail,
    choice: &Choice,
    signature: Option<&str>,
) -> Result<Captured, Failure> {
    let id = event.id.as_deref().map(sanitize).unwrap_or_default();
    if let Some(signature) = signature {
        let signature = Some(signature.to_owned());
        return Ok(Captured { origin: id, body: event.body.to_vec(), signature, ..Captured::default() });
    }
    let candidates: Vec<Candidate> = event
        .attempts
        .iter()
        .filter_map(|attempt| {
            let headers = attempt.request_headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let request = Captured {
                origin: format!("attempt {} of {id}, to {}", attempt.attempt, sanitize(&attempt.target)),
                body: event.body.to_vec(),
                signature: Some(signature_of(headers)?),
                sent_at: Some(attempt.started_at.as_second()),
                remarks: Vec::new(),
            };
            let (id, attempt_number) = (event.id.clone(), Some(attempt.attempt.into()));
            Some(Candidate { id, attempt: attempt_number, target: Some(attempt.target.clone()), request })
        })
        .collect();
    if candidates.is_empty() {
        let why =
            if event.attempts.is_empty() { "it has no attempt yet" } else { "none of its attempts failed" };
        return Err(Failure::usage(format!("the history has no signature of `{id}`: {why}")).hint(format!(
            "only failed attempts keep their headers; pass what your server got: cstar verify {id} --signature HEADER"
        )));
    }
    choose(candidates, choice, &format!("`{id}`"))
}

/// The secrets that may have signed the event, each with where it is from: that of the sandbox, and the one that `listen`
/// made on this machine. Those of sessions at cStar are not kept. Only the secret of a team of tests has to be asked for.
pub(super) async fn secrets(
    context: &mut Context,
    event: &EventDetail,
) -> Result<Vec<(Secret, &'static str)>, Failure> {
    let scope = event.receptions.iter().rev().find_map(|one| one.run.as_ref()).map(|run| &run.scope);
    let is_local =
        scope.is_some_and(|scope| BaseUrl::parse(&scope.base_url).is_ok_and(|base| base.is_loopback()));
    let scope = scope.filter(|_| is_local);
    let public = scope.and_then(|scope| Environment::parse(scope.environment.as_deref()?));
    let mut sandbox = public.map(|one| Secret::new(one.signing_secret()));
    if let Some(scope) = scope.filter(|scope| scope.team_id.as_deref().is_some_and(|team| team != TEAM_ID)) {
        match team_secret(scope, &context.global.account_options(), &context.env).await {
            Some(secret) => sandbox = Some(secret),
            None => {
                let base = sanitize(&scope.base_url);
                let line =
                    format!("The sandbox at {base} does not run, or its team of this event is deleted.");
                context.output.status(&style::warn(&line))?;
            }
        }
    }
    let sandbox = sandbox.map(|secret| (secret, "of the sandbox"));
    let config = dirs::config(&context.env);
    let made = stored_secret(config.as_deref()).map_err(|error| Failure::failed(error.to_string()))?;
    Ok(sandbox.into_iter().chain(made.map(|secret| (secret, "made on this machine"))).collect())
}
