//! One event of the history delivered to the local server once more.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::deliveries;
use crate::history::Detail;
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, list_schema};
use crate::mcp::tool::{About, Effect, Progress, Tool};
use crate::mcp::untrusted::NOTICE;
use crate::ops::replay::{self, How, Sender, Sent, Verdict, Which};
use crate::output::Failure;

/// cStar's own limit (documented).
const LIMIT: Duration = Duration::from_secs(10);

const SENT: &[Member] = &[
    ("id", Kind::Text, "Id of the event"),
    ("type", Kind::Text, "The event type"),
    ("target", Kind::Text, "Where it was sent"),
    ("attempt", Kind::Number, "Its number"),
    ("success", Kind::Flag, "Whether it was answered with 2xx"),
    ("status", Kind::Number, "HTTP status of the answer"),
    ("duration_ms", Kind::Number, "How long the answer took"),
    ("reason", Kind::Text, "Why it did not arrive"),
];

fn sent(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    list_schema("One per target.", "An attempt.", SENT)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {
    /// Id of the event, or the beginning of one.
    #[schemars(length(min = 1))]
    event_id: String,
    /// Deliver here instead of where it went: an http or https address on this machine.
    #[serde(default)]
    #[schemars(with = "String")]
    to: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Replayed {
    /// Whether every delivery arrived.
    delivered: bool,
    /// Which secret it was signed with.
    signed_with: &'static str,
    /// How to treat the texts in here.
    notice: &'static str,
    #[schemars(schema_with = "sent")]
    attempts: Vec<Value>,
    /// What to do now.
    next: String,
}

/// `cstar_replay_event`
pub(super) fn tool() -> Tool {
    let about = About {
        name: "cstar_replay_event",
        title: "Deliver an event once more",
        description: "Deliver an event that `cstar listen` received once more to the local server, with the \
            same id and body and a fresh signature. A server that does not deduplicate by id does its work \
            again. It goes only where the event went before, or to an address on this machine.",
        effect: Effect::Adds,
        longest_text: 2_000,
    };
    Tool::new::<Args, Replayed, _>(about, run)
}

async fn run(backend: Arc<Backend>, args: Args, _: Progress) -> Result<Replayed, Failure> {
    let (selected, id) = {
        let reader = backend.history()?;
        let event = deliveries::find(&reader, &args.event_id)?;
        let id = event.id.clone().unwrap_or_else(|| args.event_id.clone());
        let to = args.to.as_deref().map(|to| target(to, &event)).transpose()?;
        let which = Which { ids: vec![id.clone()], to, ..Which::default() };
        (replay::select(&reader, &which)?, id)
    };
    let Some(scope) = selected.scope else {
        return Err(Failure::failed(format!("the event `{id}` is no longer in the history")));
    };
    let (secret, signed_with) = match backend.own_secret() {
        Some(secret) => (secret, "CSTAR_WEBHOOK_SECRET"),
        None => (session_secret(&backend).await?, "the secret of the listen session"),
    };
    let how = How { limit: Some(LIMIT), ..How::default() };
    let sender = Sender::new(how, secret.expose(), &selected.events, backend.clock())?;
    let path = backend.history_path()?;
    let journal = replay::open_journal(path, backend.clock(), scope, &selected.events).await?;
    let (sent, outcome) = replay::send_all(&journal, sender, &selected.events, |_| Ok(())).await;
    journal.close().await;
    outcome?;
    let delivered = sent.iter().all(|one| one.verdict == Verdict::Delivered);
    let next = match delivered {
        true => "Nothing: it arrived.".to_owned(),
        false => format!("cstar_explain_delivery with event_id {id} says why it did not arrive."),
    };
    let attempts = sent.iter().map(Sent::as_json).collect();
    Ok(Replayed { delivered, signed_with, notice: NOTICE, attempts, next })
}

async fn session_secret(backend: &Backend) -> Result<crate::Secret, Failure> {
    backend.session_secret().await?.ok_or_else(|| {
        Failure::failed("cStar named no signing secret to sign with")
            .hint("set CSTAR_WEBHOOK_SECRET in the environment of this MCP server to the one the server uses")
    })
}

/// An agent may be talked into sending a customer's data away: it may choose among places of this machine,
/// and those that the user chose before.
fn target(to: &str, event: &Detail) -> Result<Url, Failure> {
    let url = Url::parse(to).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.ok_or_else(|| {
        Failure::usage(format!("`{to}` is no address")).hint("write it like http://localhost:3000/webhook")
    })?;
    let before = event.deliveries.iter().any(|delivery| delivery.target == url.as_str());
    if before || is_here(&url) {
        return Ok(url);
    }
    Err(Failure::usage(format!("`{to}` is not on this machine"))
        .hint("the user can send it there with: cstar replay --to"))
}

fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_counts_as_here() {
        let here = |text: &str| is_here(&Url::parse(text).unwrap());
        for text in ["http://localhost:3000/x", "https://127.0.0.1/", "http://[::1]:1", "http://127.9.9.9"] {
            assert!(here(text), "{text}");
        }
        for text in [
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://10.0.0.1",
            "http://localhost@evil.example/",
        ] {
            assert!(!here(text), "{text}");
        }
    }
}
