//! `cstar tickets`, `customers`, `articles` and the other resources of the API.
//!
//! One implementation for all of them. Their flags come from the tables that the sandbox validates requests with and
//! that make the OpenAPI document, so that a field or a value is written down once.

mod across;
mod audit_log;
mod body;
mod build;
mod bulk;
mod export;
mod flags;
mod import;
mod list;
mod references;
mod resolve;
mod table;
mod verb;
mod view;
mod write;

use clap::ArgMatches;

use super::Context;
use crate::output::Failure;
use table::{ENTRIES, Entry};
use verb::Verb;

/// A resource command on the command line.
#[derive(Debug)]
pub(crate) struct Invocation {
    name: &'static str,
    matches: ArgMatches,
}

/// The commands for all resources together.
const ACROSS: [(&str, &str); 6] = [
    ("search", "Search tickets, customers and articles"),
    ("tags", "List, create and delete tags"),
    ("bulk", "Change or delete many objects at once"),
    ("import", "Create many tickets, customers or articles from a file"),
    ("export", "Print many tickets, customers or articles as CSV"),
    ("audit-log", "List who changed what"),
];

/// The name and the first line of the help of every resource command, in the order of the help.
pub(crate) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    ENTRIES.iter().map(|entry| (entry.name, entry.about)).chain(ACROSS)
}

/// Adds the arguments of the resource command `name` to `command`.
pub(crate) fn add_args(name: &str, command: clap::Command) -> clap::Command {
    match (table::entry(name), name) {
        (Some(entry), _) => build::resource(entry, command),
        (None, "search") => build::search(command),
        (None, "tags") => build::tags(command),
        (None, "import") => import::args(command),
        (None, "export") => export::args(command),
        (None, "audit-log") => audit_log::args(command),
        _ => build::bulk(command),
    }
}

/// The section of `cstar --help` with the resource commands.
pub(crate) fn help_section() -> String {
    let lines = names().map(|(name, about)| format!("\n  {name:15}  {about}"));
    format!("Resources:{}", lines.collect::<String>())
}

impl Invocation {
    /// The command `name`, if it is a resource command.
    pub(crate) fn new(name: &str, matches: &ArgMatches) -> Option<Self> {
        let (name, _) = names().find(|(known, _)| *known == name)?;
        Some(Self { name, matches: matches.clone() })
    }
}

pub(crate) async fn run(context: &mut Context, invocation: Invocation) -> Result<(), Failure> {
    let Invocation { name, matches } = invocation;
    match (table::entry(name), name, matches.subcommand()) {
        (Some(entry), _, Some((verb, matches))) => run_verb(context, entry, verb, matches).await,
        (None, "tags", Some(("list", matches))) => across::list_tags(context, matches).await,
        (None, "tags", Some(("create", matches))) => across::create_tag(context, matches).await,
        (None, "tags", Some((_, matches))) => across::delete_tag(context, matches).await,
        (None, "bulk", Some((action, matches))) => bulk::run(context, action, matches).await,
        (None, "export", Some((resource, matches))) => export::run(context, resource, matches).await,
        (None, "import", _) => import::run(context, &matches).await,
        (None, "audit-log", _) => audit_log::run(context, &matches).await,
        _ => across::search(context, &matches).await,
    }
}

async fn run_verb(
    context: &mut Context,
    entry: &'static Entry,
    verb: &str,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    match Verb::named(verb) {
        Some(Verb::List) => list::run(context, entry, matches).await,
        Some(Verb::Get) => list::get(context, entry, matches).await,
        Some(Verb::Create) => write::create(context, entry, matches).await,
        Some(Verb::Update) => write::update(context, entry, matches).await,
        Some(Verb::Delete) => write::delete(context, entry, matches).await,
        Some(Verb::Close) => write::close(context, entry, matches).await,
        Some(Verb::Reply) => write::reply(context, entry, matches).await,
        Some(Verb::Messages) | None => list::messages(context, entry, matches).await,
    }
}
