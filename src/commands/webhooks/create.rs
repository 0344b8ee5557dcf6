//! `cstar webhooks create`: registers a webhook and prints its signing secret once.

use reqwest::Url;

use super::{events, view};
use crate::api::{Webhook, WebhookFields};
use crate::commands::Context;
use crate::output::sanitize::escape;
use crate::output::{Failure, style};

/// Register a webhook and print its signing secret once
///
/// The receiver needs the secret to check signatures; cStar does not show it again. In a pattern `ticket.*`
/// stands for every ticket event, and `*` for every event.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks create --url https://example.com/hook --events ticket.created",
    "SECRET=$(cstar webhooks create --url 3000 --events 'ticket.*' --quiet)",
    "cstar webhooks create --url https://example.com/hook --events '*' --json",
])]
pub(super) struct Args {
    /// What it is for, in your words [default: the host of the address]
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    name: Option<String>,
    /// Where to deliver: an https address; with a sandbox also http on this machine
    #[arg(long, value_name = "URL", value_parser = events::parse_url)]
    url: Url,
    /// Event types, or patterns such as 'ticket.*', separated by commas
    #[arg(long, value_name = "EVENTS", required = true, value_delimiter = ',', value_parser = events::parse)]
    events: Vec<String>,
    /// Repeat key members, such as ticket_id, at the root of each body
    #[arg(long)]
    flat_payload: bool,
}

pub(super) fn parse_name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("a webhook needs a name"),
        name => Ok(name.to_owned()),
    }
}

pub(super) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let account = context.account()?;
    events::check_reachable(Some(&args.url), !account.base.is_https())?;
    let session = context.session_for(account).await?;
    let created = session.client.create_webhook(&session.identity, &wanted(args)).await?;
    show_secret(context, "Created", &created)
}

fn wanted(args: Args) -> WebhookFields {
    let host = args.url.host_str().unwrap_or("webhook").to_owned();
    WebhookFields {
        name: Some(args.name.unwrap_or(host)),
        url: Some(args.url.into()),
        events: Some(events::once(&args.events)),
        is_active: None,
        flat_payload: args.flat_payload.then_some(true),
    }
}

/// Only the secret goes to standard output, so that it can be assigned to a variable.
pub(super) fn show_secret(context: &mut Context, action: &str, webhook: &Webhook) -> Result<(), Failure> {
    if context.output.is_json() {
        return Ok(context.output.json(&webhook.raw)?);
    }
    let id = webhook.id();
    let Some(secret) = webhook.secret() else {
        return Err(Failure::failed(format!("done, but the response does not contain the secret of {id}"))
            .hint(format!("create another one: cstar webhooks rotate-secret {id}")));
    };
    context.output.status(&format!("{}  {}", style::good(action), view::described(webhook)))?;
    context.output.data(&escape(secret))?;
    context.output.status(&style::dim("Save this signing secret now: it is not shown again."))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhook_name_defaults_to_the_host() {
        let args = |name: Option<&str>| Args {
            name: name.map(str::to_owned),
            url: "https://example.com/hook".parse().unwrap(),
            events: vec!["ticket.*".to_owned(), "ticket.*".to_owned()],
            flat_payload: false,
        };
        let named = wanted(args(Some("Server")));
        assert_eq!(named.name.as_deref(), Some("Server"));
        assert_eq!(named.events, Some(vec!["ticket.*".to_owned()]));
        assert_eq!((named.is_active, named.flat_payload), (None, None));
        assert_eq!(wanted(args(None)).name.as_deref(), Some("example.com"));
    }
}
