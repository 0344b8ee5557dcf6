//! `cstar export`: many objects as CSV, in one request. The lists of the resources have them as JSON.

use bytes::Bytes;
use clap::{ArgMatches, Command};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};

use super::build::{SEARCH, examples, filter_args};
use super::list;
use super::table::{ENTRIES, Entry, entry};
use crate::api::RawRequest;
use crate::commands::Context;
use crate::output::format::count;
use crate::output::sanitize::escape_lines;
use crate::output::{Failure, style};
use crate::sandbox::model::bulk::RESOURCES;
use crate::sandbox::model::field::Kind;

/// The most rows of an export (documented).
const MOST_ROWS: u64 = 10_000;

/// Adds the arguments of `cstar export`.
pub(super) fn args(command: Command) -> Command {
    let about = "Print many tickets, customers or articles as CSV";
    let lines = ["export tickets --status closed > tickets.csv", "export customers > customers.csv"];
    let command = command
        .about(about)
        .long_about(format!(
            "{about}\n\nThe first line has the names of the columns. At most 10,000 rows, the newest first. As JSON, all \
             of them: `cstar tickets list --all --json`."
        ))
        .after_help(format!("{}\n\nThis needs a secret key (sk_…).", examples(&lines.map(str::to_owned))))
        .subcommand_required(true)
        .arg_required_else_help(true);
    let entries = ENTRIES.iter().filter(|entry| RESOURCES.contains(&entry.name));
    entries.fold(command, |command, entry| {
        let name = entry.name;
        let below = Command::new(name)
            .about(format!("Print many {name} as CSV"))
            .after_help(examples(&[format!("export {name} > {name}.csv")]));
        command.subcommand(filter_args(entry.resource, below))
    })
}

pub(super) async fn run(context: &mut Context, name: &str, matches: &ArgMatches) -> Result<(), Failure> {
    let Some(entry) = entry(name) else { return Ok(()) };
    if context.output.is_json() {
        return Err(Failure::usage("an export is CSV, not JSON")
            .hint(format!("as JSON: cstar {name} list --all --json")));
    }
    let session = context.session().await?;
    let query = list::query(&session, entry, matches).await?;
    let filters = filters(entry, query.members());
    let body = json!({ "resources": [{ "type": name, "filters": filters }], "format": "csv" });
    let request = RawRequest {
        method: Method::POST,
        target: format!("/api/v1/teams/{}/export", session.identity.team_id),
        headers: HeaderMap::new(),
        body: Some(Bytes::from(body.to_string())),
    };
    let answer = session.client.raw(&request).await?;
    if let Some(error) = answer.error {
        return Err(error.into());
    }
    print(context, &answer.body)?;
    let (_, total) = list::pages(&session, entry.path(), &query, 1).await?;
    if let Some(total) = total.filter(|total| *total > MOST_ROWS) {
        let (most, total) = (count(MOST_ROWS), count(total));
        let note = format!("Only the newest {most} of {total} were exported. Narrow the list with filters.");
        context.output.status(&style::warn(&note))?;
    }
    Ok(())
}

/// The filters of an export are the parameters of the list; booleans are not text.
fn filters(entry: &Entry, members: &[(&'static str, String)]) -> Map<String, Value> {
    let is_boolean = |param: &str| {
        let filter = entry.resource.filters.iter().find(|filter| filter.param == param);
        let field = filter.and_then(|filter| entry.resource.field(filter.field));
        param != SEARCH && field.is_some_and(|field| matches!(field.kind, Kind::Bool))
    };
    let value = |param: &str, text: &str| {
        if is_boolean(param) { Value::Bool(text == "true") } else { text.into() }
    };
    members.iter().map(|(param, text)| ((*param).to_owned(), value(param, text))).collect()
}

/// The bytes as they are, except on a terminal: customers write these texts.
fn print(context: &mut Context, csv: &[u8]) -> Result<(), Failure> {
    if !context.output.stdout_is_terminal() {
        return Ok(context.output.bytes(csv)?);
    }
    let text = String::from_utf8_lossy(csv).replace("\r\n", "\n");
    Ok(escape_lines(&text).lines().try_for_each(|line| context.output.data(line))?)
}
