//! `cstar webhooks update`: another address, other events, or a pause.

use reqwest::Url;

use super::resolve::find;
use super::{create, events, view};
use crate::api::WebhookFields;
use crate::commands::Context;
use crate::output::{Failure, style};

/// Change a webhook, or switch it off and on
///
/// Other settings are not changed.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks update whk_a1b2 --events 'ticket.*,customer.created'",
    "cstar webhooks update whk_a1b2 --url https://example.com/v2",
    "cstar webhooks update whk_a1b2 --active false",
])]
pub(super) struct Args {
    /// Id of the webhook, or its beginning
    #[arg(value_name = "ID")]
    webhook: String,
    /// Another name
    #[arg(long, value_name = "NAME", value_parser = create::parse_name)]
    name: Option<String>,
    /// Another address
    #[arg(long, value_name = "URL", value_parser = events::parse_url)]
    url: Option<Url>,
    /// These event types and patterns instead, separated by commas
    #[arg(long, value_name = "EVENTS", value_delimiter = ',', value_parser = events::parse)]
    events: Option<Vec<String>>,
    /// Whether it gets events
    #[arg(long, value_name = "true|false")]
    active: Option<bool>,
    /// Whether key members are repeated at the root of each body
    #[arg(long, value_name = "true|false")]
    flat_payload: Option<bool>,
}

pub(super) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let change = WebhookFields {
        name: args.name,
        events: args.events.as_deref().map(events::once),
        is_active: args.active,
        flat_payload: args.flat_payload,
        url: args.url.as_ref().map(Url::to_string),
    };
    if change.is_empty() {
        return Err(Failure::usage("there is nothing to change")
            .hint("say what: --name, --url, --events, --active, --flat-payload"));
    }
    let account = context.account()?;
    events::check_reachable(args.url.as_ref(), !account.base.is_https())?;
    let session = context.session_for(account).await?;
    let webhook = find(&session, &args.webhook).await?;
    let updated = session.client.update_webhook(&session.identity, webhook.id(), &change).await?;
    context.output.show(&updated.raw, |out| {
        out.status(&style::good("Updated"))?;
        view::webhook(out, &updated)
    })
}
