//! `cstar bulk`: one change of many objects, in requests of at most 100 ids.

use std::collections::HashSet;

use clap::ArgMatches;
use serde_json::{Value, json};

use super::body;
use super::build::{IDS, YES};
use super::references;
use super::table::{self, Entry};
use super::view;
use super::write::confirm_live;
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::ops::session::Session;
use crate::output::format::pluralize;
use crate::output::sanitize::escape;
use crate::output::{Exit, Failure, style};

/// Ids in a request (documented).
const MOST_IDS: usize = 100;

pub(super) async fn run(context: &mut Context, action: &str, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(()) };
    let Some(entry) = table::entry(name) else { return Ok(()) };
    let mut data = match action {
        "update" => Some(body::members(matches, entry.resource, false)?),
        _ => None,
    };
    if data.as_ref().is_some_and(serde_json::Map::is_empty) {
        return Err(Failure::usage("there is nothing to change")
            .hint(format!("say what: cstar bulk update {name} ID {}", entry.update_example)));
    }
    let ids = ids(matches)?;
    let session = context.session().await?;
    if let Some(data) = &mut data {
        references::complete_members(&session, matches, data).await?;
    }
    ask(context, &session, entry, matches, ids.len(), data.is_none()).await?;
    let mut total = Totals::default();
    for ids in ids.chunks(MOST_IDS) {
        let mut request = json!({ "action": action, "resource": name, "ids": ids });
        if let Some(data) = &data {
            request["data"] = Value::Object(data.clone());
        }
        match session.client.create(&session.identity, "bulk", &request).await {
            Ok(answer) => total.add(&answer),
            // what earlier requests did must not be lost
            Err(error) => {
                if total.succeeded + total.failed > 0 {
                    context.output.status(&style::warn(&total.line(entry, data.is_none())))?;
                }
                return Err(error.into());
            }
        }
    }
    total.show(context, matches, entry, action)
}

/// The ids of the line, or those on standard input for `-`, each once.
fn ids(matches: &ArgMatches) -> Result<Vec<String>, Failure> {
    let (mut ids, mut known) = (Vec::new(), HashSet::new());
    for given in matches.get_many::<String>(IDS).into_iter().flatten() {
        let text = if given == "-" { body::read_text("-", "the ids")? } else { given.clone() };
        for id in text.split_whitespace() {
            if known.insert(id.to_owned()) {
                ids.push(id.to_owned());
            }
        }
    }
    if ids.is_empty() {
        return Err(Failure::usage("there are no ids")
            .hint("one per line: cstar tickets list --json | jq -r '.[].id'"));
    }
    Ok(ids)
}

async fn ask(
    context: &Context,
    session: &Session,
    entry: &Entry,
    matches: &ArgMatches,
    count: usize,
    deletes: bool,
) -> Result<(), Failure> {
    let what = pluralize(count as u64, entry.one);
    if !deletes {
        return confirm_live(context, session, matches, &format!("Change {what}")).await;
    }
    if matches.get_flag(YES) {
        return Ok(());
    }
    let question =
        Question { text: &format!("Delete {what}?"), action: &format!("deleting {what}"), hint: "add --yes" };
    confirm(context, &question).await.map(drop)
}

/// The results of all requests together.
#[derive(Debug, Default)]
struct Totals {
    succeeded: u64,
    failed: u64,
    errors: Vec<Value>,
}

impl Totals {
    fn add(&mut self, answer: &Value) {
        let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default();
        self.succeeded += number("succeeded");
        self.failed += number("failed");
        self.errors.extend(answer.get("errors").and_then(Value::as_array).into_iter().flatten().cloned());
    }

    fn line(&self, entry: &Entry, deletes: bool) -> String {
        let done = if deletes { "Deleted" } else { "Changed" };
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        format!("{done} {}{failed}", pluralize(self.succeeded, entry.one))
    }

    /// Prints the result as one `bulk_result`. Fails if one of the objects did.
    fn show(
        self,
        context: &mut Context,
        matches: &ArgMatches,
        entry: &Entry,
        action: &str,
    ) -> Result<(), Failure> {
        let result = json!({
            "object": "bulk_result",
            "action": action,
            "resource": entry.name,
            "total": self.succeeded + self.failed,
            "succeeded": self.succeeded,
            "failed": self.failed,
            "errors": self.errors,
        });
        view::print(context, matches, &result, |out| {
            for error in &self.errors {
                let text =
                    |name: &str| error.get(name).and_then(Value::as_str).map(escape).unwrap_or_default();
                out.text(&format!("{}  {}  {}", style::bad("Failed"), text("id"), text("message")))?;
            }
            out.text(&self.line(entry, action == "delete"))
        })?;
        if self.failed > 0 { Err(Failure::reported(Exit::Failed)) } else { Ok(()) }
    }
}
