//! `cstar webhooks test`: delivers a test event to one webhook and prints the result.

use super::attempt;
use super::resolve::find;
use crate::api::Webhook;
use crate::commands::Context;
use crate::event::{Pattern, catalogue};
use crate::output::Failure;
use crate::output::error_hints::find_event_type;

/// Send a test event to one webhook; exits 1 if its endpoint does not accept it
///
/// cStar sends it from its own network, signed as always, and the answer of the endpoint is shown.
///
/// cStar does not document this request. `cstar doctor` shows whether your server has it.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks test whk_a1b2c3d4e5f6",
    "cstar webhooks test whk_a1b2 customer.created --json | jq .status",
])]
pub(super) struct Args {
    /// Id of the webhook, or its beginning
    #[arg(value_name = "ID")]
    webhook: String,
    /// Event type; `cstar events` lists them [default: the first that the webhook is subscribed to]
    #[arg(value_name = "EVENT")]
    event: Option<String>,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let named = args.event.as_deref().map(find_event_type).transpose()?;
    let session = context.session().await?;
    let webhook = find(&session, &args.webhook).await?;
    let event = named.map_or_else(|| first(&webhook), |event| event.name);
    let tested = session.client.test_webhook(&session.identity, webhook.id(), event).await?;
    attempt::show(context, &session, &webhook, &tested).await
}

/// The first type that the webhook is subscribed to, as far as it is known here.
fn first(webhook: &Webhook) -> &'static str {
    let patterns: Vec<Pattern> =
        webhook.events().iter().filter_map(|text| Pattern::parse_any(text).ok()).collect();
    let known = patterns
        .iter()
        .find_map(|pattern| catalogue().iter().map(|event| event.name).find(|name| pattern.matches(name)));
    known.unwrap_or("ticket.created")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_default_is_the_first_subscribed_type() {
        let first = |events| first(&Webhook { raw: json!({ "events": events }) });
        assert_eq!(first(json!(["customer.updated", "ticket.created"])), "customer.updated");
        assert_eq!(first(json!(["new.kind", "boss.*"])), "boss.spawned");
        assert_eq!(first(json!("*")), "ticket.created");
        assert_eq!(first(json!([])), "ticket.created");
    }
}
