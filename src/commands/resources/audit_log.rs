//! `cstar audit-log`: who changed what, newest first.

use clap::{Arg, ArgMatches, Command};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::build::{examples, jq, page_args};
use super::list::{items, limit, note_rest, pages};
use super::view;
use crate::api::Query;
use crate::args::time_spec::{self, TimeSpec};
use crate::commands::Context;
use crate::output::table::{Column, Fit};
use crate::output::{Failure, style};

const ACTION: &str = "action";
const RESOURCE_TYPE: &str = "resourceType";
const ACTOR: &str = "actorId";
const SINCE: &str = "since";
const UNTIL: &str = "until";

const COLUMNS: [(&str, Column); 4] = [
    ("createdAt", Column::new("TIME", Fit::Whole)),
    ("action", Column::new("ACTION", Fit::Whole)),
    ("resourceId", Column::new("ON", Fit::Id)),
    ("actorName", Column::new("BY", Fit::Truncate(8))),
];

/// Adds the arguments of `cstar audit-log`.
pub(super) fn args(command: Command) -> Command {
    let lines = ["audit-log", "audit-log --action ticket.closed --since 7d", "audit-log --all --json"];
    let text = |id: &'static str, long: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(long).value_name(value).help(help)
    };
    let time =
        |id: &'static str, help: &'static str| text(id, id, "TIME", help).value_parser(time_spec::parse);
    command
        .about("List who changed what")
        .after_help(format!("{}\n\nThis needs a secret key (sk_…).", examples(&lines.map(str::to_owned))))
        .arg(text(ACTION, "action", "ACTION", "Only this action, such as ticket.closed"))
        .arg(text(RESOURCE_TYPE, "resource-type", "TYPE", "Only changes of this, such as ticket"))
        .arg(text(ACTOR, "actor-id", "ID", "Only changes by this member or key"))
        .arg(time(SINCE, "Only since this time: 1h or 2d (ago), 2026-03-06, 2026-03-06T14:30"))
        .arg(time(UNTIL, "Only until this time"))
        .args(page_args("entries"))
        .arg(jq())
}

pub(super) async fn run(context: &mut Context, matches: &ArgMatches) -> Result<(), Failure> {
    let (now, zone) = (context.clock.now(), TimeZone::system());
    let at = |name| matches.get_one::<TimeSpec>(name).map(|time| time.resolve(now, &zone));
    let query = query(matches, at(SINCE), at(UNTIL))?;
    let session = context.session().await?;
    let (entries, total) = pages(&session, "audit-log", &query, limit(matches)).await?;
    let list = Value::Array(entries);
    view::print(context, matches, &list, |out| match items(&list) {
        [] => out.status(&style::dim("No entry matches.")),
        entries => {
            view::list(out, &COLUMNS, entries)?;
            note_rest(out, entries.len(), total)
        }
    })
}

fn query(matches: &ArgMatches, since: Option<Timestamp>, until: Option<Timestamp>) -> Result<Query, Failure> {
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        return Err(Failure::usage("--since is not before --until: no entry can match"));
    }
    let text = |name| matches.get_one::<String>(name);
    Ok(Query::default()
        .with("action", text(ACTION))
        .with("resourceType", text(RESOURCE_TYPE))
        .with("actorId", text(ACTOR))
        .with("startDate", since)
        .with("endDate", until))
}
