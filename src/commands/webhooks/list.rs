//! `cstar webhooks list`: one line per webhook, never a secret.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::view;
use crate::api::Webhook;
use crate::commands::Context;
use crate::commands::session::Session;
use crate::output::{Failure, style, table};

/// List the team's webhooks
///
/// Each with its id, its address, the events it gets and whether it is switched on.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar webhooks list\n  cstar webhooks list --active --json | jq -r '.[].url'"
)]
pub(super) struct Args {
    /// Only those that get events
    #[arg(long)]
    active: bool,
}

const HEADER: [&str; 6] = ["ID", "NAME", "STATE", "EVENTS", "URL", "CREATED"];

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let session = Session::new(context).await?;
    let webhooks = session.client.webhooks(&session.identity, args.active).await?;
    if context.output.is_json() {
        let list: Vec<&Value> = webhooks.iter().map(|webhook| &webhook.raw).collect();
        return Ok(context.output.json(&list)?);
    }
    if webhooks.is_empty() {
        let none = if args.active { "No webhook is active." } else { "There is no webhook yet." };
        let hint = "Register one with: cstar webhooks create --url URL --events ticket.created";
        context.output.note(&style::dim(&format!("{none} {hint}")))?;
        return Ok(());
    }
    let aligned = context.output.stdout_is_terminal();
    for line in lines(&webhooks, aligned.then(TimeZone::system)) {
        context.output.data(&line)?;
    }
    Ok(())
}

/// Aligned for a person, in the zone of the machine; for a program separated by tabs, as the API says it.
fn lines(webhooks: &[Webhook], zone: Option<TimeZone>) -> Vec<String> {
    let rows: Vec<Vec<String>> = webhooks.iter().map(|webhook| row(webhook, zone.as_ref())).collect();
    table::lines(&HEADER, &rows, zone.is_some())
}

fn row(webhook: &Webhook, zone: Option<&TimeZone>) -> Vec<String> {
    let text = |member| view::cell(webhook.text(member));
    let state = match webhook.consecutive_failures() {
        // a person is told, a program asks for the member
        Some(failures @ 1..) if zone.is_some() => format!("{}, {failures} failed", view::state(webhook)),
        _ => view::state(webhook).to_owned(),
    };
    vec![
        text("id"),
        text("name"),
        state,
        view::cell(Some(&webhook.events().join(","))),
        text("url"),
        view::time(webhook.text("createdAt"), zone),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn webhooks() -> Vec<Webhook> {
        let full = json!({"id": "whk_1", "name": "A\tB", "url": "https://e.test/", "events": ["a.b", "c.*"],
            "isActive": false, "consecutiveFailures": 2, "secret": "whsec_x", "createdAt": "2025-12-10T14:30:00Z"});
        [full, json!({"id": "whk_2"})].into_iter().map(|raw| Webhook { raw }).collect()
    }

    #[test]
    fn a_program_gets_what_the_api_says_and_no_secret() {
        assert_eq!(
            lines(&webhooks(), None),
            [
                "whk_1\tA\\x09B\tinactive\ta.b,c.*\thttps://e.test/\t2025-12-10T14:30:00Z",
                "whk_2\t-\t-\t-\t-\t-"
            ]
        );
    }

    #[test]
    fn a_person_gets_columns_and_a_word_about_failures() {
        let lines = lines(&webhooks(), Some(TimeZone::UTC));
        assert_eq!(
            lines[1],
            "whk_1  A\\x09B  inactive, 2 failed  a.b,c.*  https://e.test/  2025-12-10 14:30:00"
        );
    }
}
