//! `cstar history dismiss`: settles deliveries without sending them.

use serde_json::{Value, json};

use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::history::{self, EventKey, UnsettledDelivery, UnsettledFilter};
use crate::ops::history_file;
use crate::output::format::pluralize;
use crate::output::history_json;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};

/// Mark failed or pending deliveries as done, without sending them
///
/// Dismissed deliveries are no longer announced, resumed or replayed with --failed. Their events stay in the history.
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["ids", "leftover"])), after_help = examples![
    "cstar history dismiss evt_ticket_created_1774583010044",
    "cstar history dismiss --leftover",
    "cstar history dismiss --leftover --yes --json",
])]
pub(super) struct Args {
    /// Ids of events, or their beginnings: their deliveries that wait or have failed
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Every delivery that earlier runs of listen left
    #[arg(long)]
    leftover: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let path = history_file::needed_path(&context.env)?;
    let now = context.clock.now();
    let keys = if args.leftover { Vec::new() } else { named(context, &args.ids)? };
    let which = if args.leftover { UnsettledFilter::Leftover } else { UnsettledFilter::Events(&keys) };
    let found = history::unsettled(&path, now, which).map_err(unwritable)?;
    check(args, &found)?;
    if found.is_empty() {
        context.output.status(&style::dim("There is no leftover delivery: nothing was changed."))?;
        return print(context, &found);
    }
    if !args.yes {
        let text = format!("Dismiss {} without sending them?", summary(&found));
        let hint = format!("{} --yes", command(args));
        let question = Question { text: &text, action: "dismissing deliveries", hint: &hint };
        confirm(context, &question).await?;
    }
    let dismissed = history::dismiss(&path, now, &found).map_err(unwritable)?;
    print(context, &found)?;
    let line = format!("Dismissed {}.", deliveries(dismissed));
    Ok(context.output.status(&style::good(&line))?)
}

fn unwritable(error: history::HistoryError) -> Failure {
    Failure::failed(format!("could not change the history: {error}"))
}

/// The events with these ids; one that was received twice has two keys.
fn named(context: &mut Context, ids: &[String]) -> Result<Vec<EventKey>, Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let mut keys = Vec::new();
    for id in ids {
        let event = history_file::find(&reader, id)?;
        let left = event.deliveries.iter().any(|delivery| delivery.state.is_unsettled());
        if !left {
            let id = event.id.as_deref().unwrap_or(id);
            let state = history_json::state(event.state);
            return Err(Failure::failed(format!("the event `{}` has nothing to dismiss", sanitize(id)))
                .hint(format!("it is {state}: only deliveries that wait or have failed can be dismissed")));
        }
        keys.extend(event.receptions.iter().map(|reception| reception.key));
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

fn check(args: &Args, found: &[UnsettledDelivery]) -> Result<(), Failure> {
    match found.iter().find_map(|one| Some((one, one.pid?))) {
        Some((one, pid)) if !args.leftover => {
            let id = one.id.as_deref().map(sanitize).unwrap_or_default();
            Err(Failure::failed(format!("a running listen (process {pid}) is about to deliver `{id}`"))
                .hint("stop it first, or let it finish"))
        }
        _ => Ok(()),
    }
}

fn command(args: &Args) -> String {
    let what = if args.leftover { "--leftover".to_owned() } else { args.ids.join(" ") };
    format!("cstar history dismiss {what}")
}

fn deliveries(count: u64) -> String {
    pluralize(count, "delivery")
}

/// How many, and from which servers if there are several.
fn summary(found: &[UnsettledDelivery]) -> String {
    let mut places: Vec<String> =
        found.iter().filter_map(|one| one.base_url.as_deref().map(sanitize)).collect();
    places.sort();
    places.dedup();
    let places = if places.len() > 1 { format!(" (from {})", places.join(", ")) } else { String::new() };
    format!("{}{places}", deliveries(found.len() as u64))
}

fn print(context: &mut Context, found: &[UnsettledDelivery]) -> Result<(), Failure> {
    let list: Vec<Value> = found.iter().map(as_json).collect();
    context.output.show(&list, |out| {
        for one in found {
            let text = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), sanitize);
            let state = style::dim(one.state.as_str());
            let (kind, id) = (style::name(&text(&one.event_type)), text(&one.id));
            out.text(&format!("{kind}  {id}  → {}  {state}", sanitize(&one.target)))?;
        }
        Ok(())
    })
}

/// `status` is the state before the delivery was dismissed.
fn as_json(one: &UnsettledDelivery) -> Value {
    json!({
        "id": one.id,
        "type": one.event_type,
        "target": one.target,
        "status": one.state.as_str(),
    })
}
