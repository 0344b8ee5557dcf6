//! `cstar webhooks list`: one line per webhook, never a secret.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::view;
use crate::api::Webhook;
use crate::commands::Context;
use crate::output::table::{Column, Fit};
use crate::output::{Failure, style, table};

/// List the team's webhooks
///
/// Each with its id, its address, the events it gets and whether it is switched on.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks list",
    "cstar webhooks list --active --json | jq -r '.[].url'",
])]
pub(super) struct Args {
    /// Only those that get events
    #[arg(long)]
    active: bool,
}

/// The columns on a terminal; a pipe gets others.
const COLUMNS: [Column; 6] = [
    Column::new("ID", Fit::Whole),
    Column::new("STATE", Fit::Whole),
    Column::new("URL", Fit::Truncate(12)),
    Column::new("EVENTS", Fit::Truncate(6)),
    Column::optional("NAME", Fit::Truncate(8)),
    Column::optional("CREATED", Fit::Whole),
];

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let session = context.session().await?;
    let webhooks = session.client.webhooks(&session.identity, args.active).await?;
    let list: Vec<&Value> = webhooks.iter().map(|webhook| &webhook.raw).collect();
    context.output.show(&list, |out| {
        if webhooks.is_empty() {
            let none = if args.active { "No webhook is active." } else { "There is no webhook yet." };
            let hint = "Register one with: cstar webhooks create --url URL --events ticket.created";
            return out.status(&style::dim(&format!("{none} {hint}")));
        }
        let lines = match out.stdout_is_terminal() {
            true => for_person(&webhooks, &TimeZone::system(), out.columns()),
            false => for_program(&webhooks),
        };
        lines.iter().try_for_each(|line| out.data(line))
    })
}

/// Tab-separated, with the values of the API.
fn for_program(webhooks: &[Webhook]) -> Vec<String> {
    let row = |webhook: &Webhook| {
        let text = |member| view::cell(webhook.text(member));
        let (events, created) = (events(webhook), view::time(webhook.text("createdAt"), None));
        [text("id"), text("name"), view::state(webhook).to_owned(), events, text("url"), created].join("\t")
    };
    webhooks.iter().map(row).collect()
}

/// Columns that fit the terminal, in the time of the place.
fn for_person(webhooks: &[Webhook], zone: &TimeZone, room: Option<usize>) -> Vec<String> {
    let row = |webhook: &Webhook| {
        let text = |member| view::cell(webhook.text(member));
        // A program asks for the member.
        let state = match webhook.consecutive_failures() {
            Some(failures @ 1..) => format!("{}, {failures} failed", view::state(webhook)),
            _ => view::state(webhook).to_owned(),
        };
        let created = view::time(webhook.text("createdAt"), Some(zone));
        vec![text("id"), state, text("url"), events(webhook), text("name"), created]
    };
    let rows: Vec<Vec<String>> = webhooks.iter().map(row).collect();
    table::render(&COLUMNS, &rows, room)
}

fn events(webhook: &Webhook) -> String {
    view::cell(Some(&webhook.events().join(",")))
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
    fn pipe_gets_api_values_without_secrets() {
        assert_eq!(
            for_program(&webhooks()),
            [
                "whk_1\tA\\x09B\tinactive\ta.b,c.*\thttps://e.test/\t2025-12-10T14:30:00Z",
                "whk_2\t-\t-\t-\t-\t-"
            ]
        );
    }

    #[test]
    fn terminal_gets_columns_and_failures() {
        let lines = for_person(&webhooks(), &TimeZone::UTC, None);
        assert_eq!(
            lines[1],
            "whk_1  inactive, 2 failed  https://e.test/  a.b,c.*  A\\x09B  2025-12-10 14:30:00"
        );
    }
}
