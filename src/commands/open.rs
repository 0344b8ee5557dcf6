//! `cstar open`: opens a documented page of cStar in the browser, or prints its address.

use serde_json::{Value, json};

use super::Context;
use crate::history::{EventDetail, EventFilter, HistoryReader};
use crate::host::browser;
use crate::host::io_error::io_message;
use crate::ops::documented_pages::{CHEAT_SHEETS, DOMAIN, PAGES, checked};
use crate::ops::history_file;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};

/// Open the documentation or a ticket in the browser
///
/// Prints the address instead if standard output is not a terminal, or if no browser is to be expected: over SSH, in a
/// container, in a CI job, or without a display. A ticket is found by its own id or that of an event about it, in the
/// history of this machine.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar open webhooks",
    "cstar open cheatsheet js",
    "cstar open errors parameter_missing",
    "cstar open evt_ticket_created_1774583010044",
    "cstar open docs --print",
])]
pub(crate) struct Args {
    /// docs, webhooks, errors, sdk, cheatsheet, or the id of an event or a ticket
    #[arg(value_name = "PAGE|ID")]
    page: String,
    /// The cheat sheet (js, react, svelte, cli, webhooks), or the code of an error
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Print the address, do not open it
    #[arg(long)]
    print: bool,
}

pub(crate) fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let url = address(context, args)?;
    let expected = browser::expect_browser(&context.env);
    let asked = args.print || !context.output.stdout_is_terminal() || context.output.is_json();
    if asked || expected.is_err() {
        if let (false, Err(reason)) = (asked, expected) {
            let line = format!("Not opened: {}. Open this address:", reason.reason());
            context.output.status(&style::dim(&line))?;
        }
        context.output.show(&json!({ "url": url }), |out| out.data(&url))?;
        return Ok(());
    }
    match browser::open(&url) {
        Ok(()) => Ok(context.output.status(&format!("Opened {}", style::name(&url)))?),
        Err(error) => {
            let line = format!("Could not open a browser ({}). Open this address:", io_message(&error));
            context.output.status(&style::warn(&line))?;
            Ok(context.output.data(&url)?)
        }
    }
}

fn address(context: &mut Context, args: &Args) -> Result<String, Failure> {
    let page = args.page.to_ascii_lowercase();
    let known = PAGES.iter().find(|(name, _)| *name == page).map(|(_, url)| *url);
    match (known, args.name.as_deref()) {
        (Some(url), None) => Ok(url.to_owned()),
        (Some(url), Some(sheet)) if page.starts_with("cheatsheet") => cheat_sheet(url, sheet),
        (Some(url), Some(code)) if page == "errors" => error_code(url, code),
        (Some(_), Some(_)) => {
            Err(Failure::usage(format!("`cstar open {page}` takes no name"))
                .hint(format!("cstar open {page}")))
        }
        (None, None) if args.page.contains(['_', '-']) => ticket(context, &args.page),
        (None, _) => {
            let names = PAGES.iter().map(|(name, _)| *name).filter(|name| *name != "cheatsheets");
            let names: Vec<&str> = names.collect();
            let what = format!("there is no page `{}`", sanitize(&args.page));
            Err(unknown(what, &page, &names, ", or the id of an event or a ticket", "cstar open"))
        }
    }
}

fn cheat_sheet(page: &str, name: &str) -> Result<String, Failure> {
    let name = name.to_ascii_lowercase();
    match CHEAT_SHEETS.contains(&name.as_str()) {
        true => Ok(format!("{page}/{name}")),
        false => {
            let what = format!("there is no cheat sheet `{}`", sanitize(&name));
            Err(unknown(what, &name, &CHEAT_SHEETS, "", "cstar open cheatsheet"))
        }
    }
}

/// Documented: `doc_url` of an error.
fn error_code(page: &str, code: &str) -> Result<String, Failure> {
    let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match !code.is_empty() && code.chars().all(is_code) {
        true => Ok(format!("{page}#{code}")),
        false => Err(Failure::usage(format!("`{}` is not the code of an error", sanitize(code)))
            .hint("codes look like: parameter_missing")),
    }
}

/// `others`: what the command takes besides the known names.
fn unknown(what: String, typed: &str, known: &[&str], others: &str, command: &str) -> Failure {
    let nearest = known.iter().map(|name| (strsim::osa_distance(name, typed), *name)).min();
    let failure = Failure::usage(what);
    match nearest {
        Some((distance, name)) if distance <= 2 => failure.hint(format!("did you mean: {command} {name}")),
        _ => failure.hint(format!("use one of: {}{others}", known.join(", "))),
    }
}

/// The address of a ticket in the dashboard, which events about tickets carry (documented: `dashboard_url`).
fn ticket(context: &mut Context, id: &str) -> Result<String, Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let found = match id.starts_with("evt_") {
        true => history_file::find(&reader, id)?,
        false => newest_with(&reader, id)?.ok_or_else(|| {
            Failure::failed(format!("no event in the history is about the ticket `{}`", sanitize(id)))
                .hint("see what there is: cstar open --help")
        })?,
    };
    let body: Value = serde_json::from_slice(&found.body).unwrap_or_default();
    let url = body.pointer("/data/ticket/dashboard_url").and_then(Value::as_str);
    let url = url.ok_or_else(|| {
        let id = found.id.as_deref().map(sanitize).unwrap_or_default();
        Failure::failed(format!("the event `{id}` has no `data.ticket.dashboard_url`"))
            .hint("only events about tickets have a documented address")
    })?;
    // Not trusted: an event could lead anywhere.
    checked(url).ok_or_else(|| {
        Failure::failed(format!("the address of the ticket is not on {DOMAIN}: {}", sanitize(url)))
            .hint("it was not opened; check where the event came from: cstar history show")
    })
}

/// The newest event about the ticket that has an address.
fn newest_with(reader: &HistoryReader, id: &str) -> Result<Option<EventDetail>, Failure> {
    let filter = EventFilter {
        types: vec!["ticket.*".to_owned()],
        text: Some(format!("\"{id}\"")),
        limit: Some(1),
        ..EventFilter::default()
    };
    reader.export(&filter)?.next().transpose().map_err(Failure::from)
}
