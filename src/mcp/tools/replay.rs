//! Delivers an event of the history to the local server again.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::deliveries;
use super::signature::odd_secret;
use crate::Secret;
use crate::history::{RecordedOutcome, RunScope};
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, list_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::ops::replay::{self, ReplayAttempt, ReplaySelection, SendOptions, Sender};
use crate::output::Failure;

/// cStar's own limit (documented).
const LIMIT: Duration = Duration::from_secs(10);

const SENT: &[Member] = &[
    ("id", Kind::Text, "Id of the event"),
    ("type", Kind::Text, "The event type"),
    ("target", Kind::Text, "Where it was sent"),
    ("attempt", Kind::Number, "Number of the attempt"),
    ("success", Kind::Flag, "Whether the response was 2xx"),
    ("status", Kind::Number, "HTTP status of the response"),
    ("duration_ms", Kind::Number, "Time until the response"),
    ("reason", Kind::Text, "Why the delivery failed"),
    ("remark", Kind::Text, "A warning about a success, such as a body that never ended"),
];

fn sent(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    list_schema("One per target.", "An attempt.", SENT)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {
    /// Id of the event, or its beginning.
    #[schemars(length(min = 1))]
    event_id: String,
    /// Deliver here instead: a URL, host:port/path or a port of a server that an earlier `cstar listen` or
    /// `cstar replay` on this machine delivered to.
    #[serde(default)]
    #[schemars(with = "String")]
    to: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ReplayResult {
    /// Whether every delivery succeeded.
    delivered: bool,
    /// Which secret it was signed with.
    signed_with: &'static str,
    /// What looks mistyped in that secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_warning: Option<String>,
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "sent")]
    attempts: Vec<Value>,
    /// What to do next.
    next: String,
}

/// `cstar_replay_event`
pub(super) fn tool() -> Tool {
    let info = ToolInfo {
        name: "cstar_replay_event",
        title: "Deliver an event again",
        description: "Deliver an event that `cstar listen` received to the local server again, with the \
            same id and body and a new signature. A server that does not deduplicate by id processes it \
            again. The target is that of the event, or any path of a server that the user has delivered to \
            from this machine.",
        effect: Effect::Adds,
        longest_text: 2_000,
    };
    Tool::new::<Args, ReplayResult, _>(info, run)
}

async fn run(backend: Arc<Backend>, args: Args, _: Progress) -> Result<ReplayResult, Failure> {
    let (selected, id) = {
        let reader = backend.history()?;
        let event = deliveries::find(&reader, &args.event_id)?;
        let id = event.id.clone().unwrap_or_else(|| args.event_id.clone());
        let known = reader.targets()?;
        let to = args.to.as_deref().map(|to| target(&backend, to, &known)).transpose()?;
        let selection = ReplaySelection { ids: vec![id.clone()], to, ..ReplaySelection::default() };
        (replay::select(&reader, &selection)?, id)
    };
    let Some(scope) = selected.scope else {
        return Err(Failure::failed(format!("the event `{id}` is no longer in the history")));
    };
    let (secret, signed_with) = match backend.env_secret() {
        Some(secret) => (secret, "CSTAR_WEBHOOK_SECRET"),
        None => session_secret(&backend, &scope).await?,
    };
    let options = SendOptions { limit: Some(LIMIT), ..SendOptions::default() };
    let sender = Sender::new(options, secret.expose(), &selected.events, backend.clock())?;
    let path = backend.history_path()?;
    let journal = replay::open_journal(path, backend.clock(), scope, &selected.events).await?;
    let (sent, outcome) = replay::send_all(&journal, sender, &selected.events, |_| Ok(())).await;
    journal.close().await;
    outcome?;
    let delivered = sent.iter().all(|one| one.recorded == RecordedOutcome::Delivered);
    let next = match delivered {
        true => "Nothing: it was delivered.".to_owned(),
        false => format!("cstar_explain_delivery with event_id {id} explains why the delivery failed."),
    };
    let attempts = sent.iter().map(ReplayAttempt::as_json).collect();
    let secret_warning = odd_secret(&secret);
    Ok(ReplayResult { delivered, signed_with, secret_warning, notice: NOTICE, attempts, next })
}

async fn session_secret(backend: &Backend, scope: &RunScope) -> Result<(Secret, &'static str), Failure> {
    let team = backend.connect().await.map(|session| session.identity.team_id);
    if scope.team_id.as_ref().is_some_and(|of| team.as_ref().is_ok_and(|team| team != of)) {
        return match backend.team_secret(scope).await {
            Some(secret) => Ok((secret, "the secret of the team in the sandbox")),
            None => Err(replay::no_secret(scope, "the key is for another team than the event")),
        };
    }
    let found = backend.session_secret().await.map_err(|failure| {
        failure
            .hint("set CSTAR_WEBHOOK_SECRET in the environment of this MCP server to the one the server uses")
    })?;
    let name =
        if found.is_generated { "the secret of this machine" } else { "the secret of the listen session" };
    Ok((found.secret, name))
}

/// Text in a ticket could make an agent send customer data to a foreign server. So only servers, by host and port,
/// are allowed that the user has delivered to before.
fn target(backend: &Backend, to: &str, known: &[String]) -> Result<Url, Failure> {
    let url = backend
        .parse_target(to)
        .map_err(|reason| Failure::usage(format!("`to` is not a valid target: {reason}")))?;
    let wanted = host_and_port(&url);
    if known.iter().filter_map(|one| Url::parse(one).ok()).any(|one| self::host_and_port(&one) == wanted) {
        return Ok(url);
    }
    Err(Failure::usage(format!(
        "nothing was delivered to {} from this machine before",
        host_and_port_text(&url)
    ))
    .hint(format!("the user can allow it by sending the event there once: cstar replay --to {url}")))
}

fn host_and_port_text(url: &Url) -> String {
    let (host, port) = host_and_port(url);
    format!("{host}:{port}")
}

/// Host and port. All names of the loopback interface are the same host.
fn host_and_port(url: &Url) -> (String, u16) {
    let host = url.host_str().unwrap_or_default();
    let host = if matches!(host, "127.0.0.1" | "[::1]") { "localhost" } else { host };
    (host.to_owned(), url.port_or_known_default().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_one_host() {
        let parsed = |text: &str| host_and_port(&Url::parse(text).unwrap());
        for text in ["http://LOCALHOST:80/x", "http://127.0.0.1/", "http://[::1]:80/y?z"] {
            assert_eq!(parsed(text), ("localhost".to_owned(), 80), "{text}");
        }
        for text in [
            "http://localhost.evil.example/",
            "http://127.0.0.2/",
            "https://localhost/",
            "http://localhost:81",
        ] {
            assert_ne!(parsed(text), ("localhost".to_owned(), 80), "{text}");
        }
    }
}
