//! `cstar events`: the catalogue of webhook event types. Works offline.

use std::io;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::{Value, json};

use super::Context;
use crate::event::{self, Category, EventType};
use crate::output::error_hints::find_event_type;
use crate::output::{Failure, Output, style, table};
use crate::sandbox_info;

/// List webhook event types, or show a sample of one
///
/// The catalogue is built in: it needs no key and no network. `events show` prints a whole sample, as it would be
/// delivered.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true, after_help = examples![
    "cstar events",
    "cstar events --category tickets",
    "cstar events --json | jq '.[].type'",
    "cstar events show ticket.created",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Subcommand>,
    /// Only this category
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = category())]
    category: Option<Category>,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    /// Print a full sample event of one type
    #[command(after_help = "Example:\n  cstar events show ticket.created > ticket-created.json")]
    Show {
        /// Event type, such as ticket.created
        #[arg(value_name = "TYPE")]
        event: String,
    },
}

/// `PossibleValuesParser`, so that clap completes and suggests the values.
fn category() -> impl TypedValueParser<Value = Category> {
    PossibleValuesParser::new(Category::ALL.map(Category::slug))
        .try_map(|name| Category::parse(&name).ok_or("there is no such category"))
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        Some(Subcommand::Show { event }) => show(context, &event),
        None => list(context, args.category),
    }
}

fn list(context: &mut Context, category: Option<Category>) -> Result<(), Failure> {
    let wanted: Vec<&EventType> = event::catalogue()
        .iter()
        .filter(|event| category.is_none_or(|only| event.category == only))
        .collect();
    let list: Vec<Value> = wanted.iter().map(|event| as_json(event)).collect();
    context.output.show(&list, |out| match out.stdout_is_terminal() {
        true => for_person(out, &wanted),
        false => for_program(&wanted).iter().try_for_each(|line| out.data(line)),
    })
}

const HEADER: [&str; 2] = ["TYPE", "DESCRIPTION"];

fn for_program(events: &[&EventType]) -> Vec<String> {
    let row =
        |e: &&EventType| vec![e.name.to_owned(), e.category.slug().to_owned(), e.description.to_owned()];
    table::lines(&HEADER, &events.iter().map(row).collect::<Vec<_>>(), false)
}

fn for_person(out: &mut Output, events: &[&EventType]) -> io::Result<()> {
    for category in Category::ALL {
        let rows: Vec<Vec<String>> = events
            .iter()
            .filter(|event| event.category == category)
            .map(|event| vec![format!("  {:28}", event.name), event.description.to_owned()])
            .collect();
        if !rows.is_empty() {
            out.data(&style::strong(category.title()))?;
            table::lines(&HEADER, &rows, true).iter().skip(1).try_for_each(|line| out.text(line))?;
        }
    }
    out.status(&style::dim("See a sample: cstar events show ticket.created"))
}

fn as_json(event: &EventType) -> Value {
    json!({
        "type": event.name,
        "category": event.category.slug(),
        "description": event.description,
        "payload": event.payload.label(),
    })
}

fn show(context: &mut Context, name: &str) -> Result<(), Failure> {
    let event = find_event_type(name)?;
    let sample = sandbox_info::sample(event, context.clock.now());
    let value: Value = serde_json::from_slice(sample.body()).map_err(|error| {
        Failure::new(crate::output::Exit::Bug, format!("the sample of {name} is broken: {error}"))
    })?;
    context.output.show(&value, |out| {
        out.data(&crate::output::json::pretty(&value)?)?;
        if event.payload != event::Payload::Documented {
            let line = "cStar's documentation does not show this payload in full; parts are modelled.";
            out.status(&style::dim(line))?;
        }
        Ok(())
    })
}
