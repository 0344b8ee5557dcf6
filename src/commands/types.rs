//! `cstar types`: writes the types of webhook events in a language. Works offline.

mod file;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde_json::{Value, json};

use self::file::TypesFile;
use super::Context;
use crate::args::pattern;
use crate::event::Pattern;
use crate::event::shape::{EventShape, Observations, event_shapes};
use crate::history::{EventFilter, EventOrigin};
use crate::ops::history_file;
use crate::output::format::pluralize;
use crate::output::{Failure, style};
use crate::sandbox_info;
use crate::typegen::{self, Language};

/// Write the types of webhook events in a language
///
/// Needs no key and no network. The result is one file: a type for each event type, all of them as a union with `type` as
/// its tag, and one more variant for types that cStar adds later. Documented members are exact. Modelled ones are marked:
/// they are optional, and their objects may have other members. See `cstar help receivers`.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar types typescript --output src/cstar.ts",
    "cstar types typescript --check src/cstar.ts",
    "cstar types zod --events 'ticket.*,customer.*' --output cstar.ts",
    "cstar types python --from-history --output cstar_events.py",
    "cstar types json-schema | jq '.\"$defs\" | keys'",
])]
pub(crate) struct Args {
    /// What to write
    #[arg(value_name = "LANGUAGE", value_parser = language())]
    language: Language,
    /// Only events that match: 'ticket.*,customer.created'; repeatable
    #[arg(short, long, value_name = "PATTERNS", value_delimiter = ',', value_parser = pattern::parse)]
    events: Vec<Pattern>,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "check")]
    output: Option<PathBuf>,
    /// Only compare this file with what would be written, and fail if it differs
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// Add the members seen in the events of the history: their names and types, never their values
    #[arg(long)]
    from_history: bool,
}

/// `PossibleValuesParser`, so that clap completes and suggests the values.
fn language() -> impl TypedValueParser<Value = Language> {
    let values =
        Language::ALL.map(|language| PossibleValue::new(language.name()).help(language.description()));
    PossibleValuesParser::new(values).try_map(|name| {
        let found = Language::ALL.into_iter().find(|language| language.name() == name);
        found.ok_or("there is no such language")
    })
}

pub(crate) fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let mut shapes = if args.from_history { observed_shapes(context, args)? } else { event_shapes() };
    shapes.retain(|event| is_wanted(args, event));
    let command = command_line(args);
    let text = typegen::generate(args.language, &shapes, &command);
    if let Some(path) = args.output.as_deref().or(args.check.as_deref()) {
        let file = TypesFile { path, text: &text, command: &command, event_types: shapes.len() };
        return if args.check.is_some() { file.check(context) } else { file.write(context) };
    }
    let value = || {
        let events: Vec<&str> = shapes.iter().map(|event| event.name.as_str()).collect();
        json!({ "language": args.language.name(), "events": events, "text": text })
    };
    context.output.show_with(value, |out| out.bytes(text.as_bytes()))?;
    Ok(context.output.flush()?)
}

fn is_wanted(args: &Args, event: &EventShape) -> bool {
    args.events.is_empty() || args.events.iter().any(|pattern| pattern.matches(&event.name))
}

/// The command line that writes the same again, without the file.
fn command_line(args: &Args) -> String {
    let mut line = format!("cstar types {}", args.language.name());
    if !args.events.is_empty() {
        let patterns: Vec<&str> = args.events.iter().map(Pattern::as_str).collect();
        let patterns = patterns.join(",");
        // The same on each system, because it is part of the file that --check compares. PowerShell knows these quotes.
        line += &if patterns.contains('*') {
            format!(" --events '{patterns}'")
        } else {
            format!(" --events {patterns}")
        };
    }
    if args.from_history {
        line += " --from-history";
    }
    line
}

/// The shapes with what the events of the history have.
fn observed_shapes(context: &mut Context, args: &Args) -> Result<Vec<EventShape>, Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let filter = EventFilter {
        types: args.events.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
        // What is made on this machine shows nothing about cStar.
        origin: Some(EventOrigin::Stream),
        ..EventFilter::default()
    };
    let mut observations = Observations::default();
    let (mut learned, mut of_sandbox) = (0, 0);
    for event in reader.export(&filter)? {
        let event = event?;
        if is_of_sandbox(&event.body) {
            of_sandbox += 1;
        } else if observations.add(&event.body) {
            learned += 1;
        }
    }
    let types = pluralize(observations.event_types() as u64, "type");
    let line = format!("Used {} of {types} in the history.", pluralize(learned, "event"));
    context.output.status(&style::dim(&line))?;
    if of_sandbox > 0 {
        let events = pluralize(of_sandbox, "event");
        let line = format!("Left out {events} of a sandbox, whose payloads are modelled.");
        context.output.status(&style::dim(&line))?;
    }
    Ok(observations.event_shapes())
}

/// A sandbox has one team, whose id no team of cStar has.
fn is_of_sandbox(body: &[u8]) -> bool {
    let event: Result<Value, _> = serde_json::from_slice(body);
    event.is_ok_and(|event| event["team_id"] == sandbox_info::TEAM_ID)
}
