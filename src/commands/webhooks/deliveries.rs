//! `cstar webhooks deliveries`: what was sent to a webhook, and how each attempt ended.

use clap::ValueEnum;
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::resolve::find;
use super::view;
use crate::api::DeliveryFilter;
use crate::commands::Context;
use crate::output::table::{Column, Fit};
use crate::output::width::short_id;
use crate::output::{Failure, style, table};

/// List what was delivered to a webhook, the newest first, with every attempt
///
/// An attempt has the status the endpoint answered with, or why there was none, and how long it took. The
/// next attempt of a delivery that waits is shown too.
///
/// cStar does not document this request. `cstar doctor` shows whether your server has it.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks deliveries whk_a1b2c3d4e5f6",
    "cstar webhooks deliveries whk_a1b2 --status failed --limit 5",
    "cstar webhooks deliveries whk_a1b2 --json | jq '.[0].attempts'",
])]
pub(super) struct Args {
    /// Id of the webhook, or its beginning
    #[arg(value_name = "ID")]
    webhook: String,
    /// Only those in this state
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    /// At most this many
    #[arg(long, value_name = "N", allow_negative_numbers = true, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// Only those that are older than this delivery
    #[arg(long, value_name = "ID", value_parser = super::resend::parse_id)]
    after: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    Pending,
    Succeeded,
    Failed,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

/// The columns on a terminal; a pipe gets others.
const COLUMNS: [Column; 7] = [
    Column::new("TIME", Fit::Whole),
    Column::new("STATUS", Fit::Whole),
    Column::new("EVENT", Fit::Truncate(8)),
    Column::new("ANSWER", Fit::Truncate(8)),
    Column::new("ID", Fit::Id),
    Column::optional("TRIES", Fit::Right),
    Column::optional("NEXT", Fit::Whole),
];

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let session = context.session().await?;
    let webhook = find(&session, &args.webhook).await?;
    let filter = DeliveryFilter {
        status: args.status.map(Status::name),
        limit: args.limit,
        after: args.after.as_deref(),
    };
    let found = session.client.deliveries(&session.identity, webhook.id(), filter).await?;
    context.output.show(&found, |out| {
        if found.is_empty() {
            return out.status(&style::dim("Nothing was delivered that fits."));
        }
        let lines = match out.stdout_is_terminal() {
            true => {
                let here = context.clock.now().to_zoned(TimeZone::system());
                for_person(&found, &here, out.columns(), context.global.verbose > 0)
            }
            false => for_program(&found),
        };
        lines.iter().try_for_each(|line| out.data(line))?;
        if let (Some(last), true) = (found.last(), u32::try_from(found.len()) == Ok(args.limit)) {
            let id = view::cell(view::text(last, "id"));
            out.status(&style::dim(&format!("There may be older ones: --after {id}")))?;
        }
        Ok(())
    })
}

/// Tab-separated, with the values of the API.
fn for_program(deliveries: &[Value]) -> Vec<String> {
    let row = |delivery: &Value| {
        let text = |member| view::cell(view::text(delivery, member));
        let (tries, answer) = attempts(delivery);
        let (created, next) = (text("createdAt"), text("nextAttemptAt"));
        [text("id"), text("event"), text("status"), tries, answer, created, next].join("\t")
    };
    deliveries.iter().map(row).collect()
}

/// Columns that fit the terminal, in the time of the place. Ids of what succeeded are shown by their end.
fn for_person(deliveries: &[Value], here: &Zoned, room: Option<usize>, full_ids: bool) -> Vec<String> {
    let row = |delivery: &Value| {
        let text = |member| view::cell(view::text(delivery, member));
        let time = |member| view::time_here(view::text(delivery, member), here);
        let (tries, answer) = attempts(delivery);
        let (status, id) = (text("status"), text("id"));
        let id = if status == "succeeded" && !full_ids { short_id(&id) } else { id };
        vec![time("createdAt"), status, text("event"), answer, id, tries, time("nextAttemptAt")]
    };
    let rows: Vec<Vec<String>> = deliveries.iter().map(row).collect();
    table::render(&COLUMNS, &rows, room)
}

/// How many there were, and what became of the last.
fn attempts(delivery: &Value) -> (String, String) {
    let attempts = delivery.get("attempts").and_then(Value::as_array);
    let last = attempts.and_then(|attempts| attempts.last());
    let count = view::number(attempts.map(|attempts| attempts.len() as u64));
    (count, last.map_or_else(|| "-".to_owned(), answer))
}

/// The status of the answer and its time, or why there is none.
fn answer(attempt: &Value) -> String {
    let number = |member| attempt.get(member).and_then(Value::as_u64);
    match (number("status"), number("responseTimeMs")) {
        (Some(status), Some(ms)) => format!("{status}, {ms} ms"),
        (Some(status), None) => status.to_string(),
        (None, _) => view::cell(view::text(attempt, "error")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn delivery_row_has_its_last_answer() {
        let delivered = json!({"id": "dlv_1", "event": "ticket.created", "status": "succeeded", "createdAt":
            "2025-12-10T14:30:00.250Z", "nextAttemptAt": null, "attempts": [{"error": "refuses connections"},
            {"status": 200, "responseTimeMs": 7}]});
        let waiting = json!({"id": "dlv_2", "status": "pending", "nextAttemptAt": "2025-12-10T14:31:00Z",
            "attempts": [{"status": null, "error": "no answer\tin time"}]});
        assert_eq!(
            for_program(&[delivered, waiting, json!(null)]),
            [
                "dlv_1\tticket.created\tsucceeded\t2\t200, 7 ms\t2025-12-10T14:30:00.250Z\t-",
                "dlv_2\t-\tpending\t1\tno answer\\x09in time\t-\t2025-12-10T14:31:00Z",
                "-\t-\t-\t-\t-\t-\t-",
            ]
        );
    }
}
