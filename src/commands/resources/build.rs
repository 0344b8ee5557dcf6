//! Builds the command line of the resource commands from their tables. Only the command that a line names is built.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};

use super::flags;
use super::table::{ENTRIES, Entry};
use super::verb::Verb;
use crate::output::jq::JqProgram;
use crate::sandbox::model::bulk::RESOURCES;
use crate::sandbox::model::field::{Access, Field};
use crate::sandbox::model::messages::MESSAGES;
use crate::sandbox::model::resource::Resource;
use crate::sandbox::model::search::{DEFAULT_LIMIT, SEARCHED};

/// Ids of arguments. Those of fields and filters are their names in the API.
pub(super) const ID: &str = "id";
pub(super) const IDS: &str = "ids";
pub(super) const DATA: &str = "data";
pub(super) const FIELD: &str = "field";
pub(super) const YES: &str = "yes";
pub(super) const LIMIT: &str = "limit";
pub(super) const ALL: &str = "all";
pub(super) const SEARCH: &str = "search";
pub(super) const SORT: &str = "sort";
pub(super) const TEXT: &str = "text";
pub(super) const TYPES: &str = "types";
pub(super) const JQ: &str = "jq";

/// The default of `--limit`.
pub(super) const DEFAULT_LIST: u64 = 20;

/// `a ticket`, `an article`.
pub(super) fn with_article(one: &str) -> String {
    let article = if one.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {one}")
}

/// Several objects, in words: `customer groups`.
pub(super) fn plural(entry: &Entry) -> String {
    entry.name.replace('-', " ")
}

pub(super) fn examples(lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("\n  cstar {line}"));
    format!("Examples:{}", lines.collect::<String>())
}

/// `cstar tickets` and the others of the table.
pub(super) fn resource(entry: &'static Entry, command: Command) -> Command {
    let mut lines = Vec::new();
    for verb in entry.verbs() {
        lines.extend(verb_examples(entry, verb).into_iter().take(1));
    }
    let note = match entry.is_single() {
        true => "All of this needs a secret key (sk_…).",
        false => {
            "An id may be shortened to its beginning if that is unique. Writes need a secret key (sk_…)."
        }
    };
    let command = command
        .about(entry.about)
        .after_help(format!("{}\n\n{note}", examples(&lines)))
        .subcommand_required(true)
        .arg_required_else_help(true);
    entry.verbs().into_iter().fold(command, |command, verb| command.subcommand(one_verb(entry, verb)))
}

fn one_verb(entry: &'static Entry, verb: Verb) -> Command {
    let (one, many) = (with_article(entry.one), plural(entry));
    let about = match verb {
        Verb::List => format!("List {many}"),
        Verb::Get if entry.is_single() => "Show the settings of the team".to_owned(),
        Verb::Get => format!("Show one {}", entry.one),
        Verb::Create => format!("Create {one}"),
        Verb::Update if entry.is_single() => "Change the settings of the team".to_owned(),
        Verb::Update => format!("Change {one}"),
        Verb::Close => format!("Close {one}"),
        Verb::Delete => format!("Delete {one}"),
        Verb::Reply => format!("Add a message to {one}"),
        Verb::Messages => format!("Show the messages of {one}"),
    };
    let command = Command::new(verb.name()).about(about).after_help(examples(&verb_examples(entry, verb)));
    let command = match verb {
        Verb::List | Verb::Create => command,
        _ if entry.is_single() => command,
        _ => command.arg(id_arg(entry)),
    };
    let command = match verb {
        Verb::List => list_args(entry, command),
        Verb::Get | Verb::Messages => command,
        Verb::Create | Verb::Update => body_args(entry, verb == Verb::Create, command).arg(yes()),
        Verb::Close | Verb::Delete => command.arg(yes()),
        Verb::Reply => {
            let text = Arg::new(TEXT).value_name("TEXT|@FILE|-").required(true);
            let command = command.arg(text.help("The message, a file with it, or - for standard input"));
            let others =
                MESSAGES.fields.iter().filter(|field| field.name != "content" && is_settable(field, true));
            command.args(others.filter_map(flags::of_field)).arg(yes())
        }
    };
    command.arg(jq())
}

fn verb_examples(entry: &Entry, verb: Verb) -> Vec<String> {
    let (name, id) = (entry.name, entry.id_example);
    let line = |rest: String| format!("{name} {} {rest}", verb.name()).trim_end().to_owned();
    match verb {
        Verb::List => vec![line(String::new()), line("--all --jq '.[].id'".to_owned())],
        Verb::Get => {
            vec![line(id.to_owned()), line(format!("{id} --jq .{}", entry.title).trim_start().to_owned())]
        }
        Verb::Create => vec![line(entry.create_example.to_owned())],
        Verb::Update => vec![line(format!("{id} {}", entry.update_example).trim_start().to_owned())],
        Verb::Close | Verb::Messages => vec![line(id.to_owned())],
        Verb::Delete => vec![line(format!("{id} --yes"))],
        Verb::Reply => {
            vec![line(format!("{id} 'We are on it.'")), line(format!("{id} @answer.md --internal true"))]
        }
    }
}

fn id_arg(entry: &Entry) -> Arg {
    Arg::new(ID).value_name("ID").required(true).help(format!("Id of the {}, or its beginning", entry.one))
}

pub(super) fn yes() -> Arg {
    Arg::new(YES).short('y').long(YES).action(ArgAction::SetTrue).help("Do not ask")
}

pub(super) fn jq() -> Arg {
    Arg::new(JQ)
        .long(JQ)
        .value_name("EXPR")
        .value_parser(value_parser!(JqProgram))
        .help("Print what this jq program makes of the JSON")
}

/// What chooses objects of a list.
pub(super) fn filter_args(resource: &'static Resource, command: Command) -> Command {
    let filters = resource.filters.iter().filter_map(|filter| flags::of_filter(resource, filter));
    let command = command.args(filters);
    if resource.search.is_empty() {
        return command;
    }
    let help = format!("Only with this text in the {}", resource.search.join(", "));
    command.arg(Arg::new(SEARCH).long(SEARCH).value_name("TEXT").help(help))
}

fn list_args(entry: &'static Entry, command: Command) -> Command {
    let resource = entry.resource;
    let mut command = filter_args(resource, command);
    if resource.sorts.len() > 1 {
        let names = PossibleValuesParser::new(resource.sorts.iter().map(|(name, _)| *name));
        command = command
            .arg(Arg::new(SORT).long(SORT).value_name("ORDER").value_parser(names).help("Order of the list"));
    }
    command.args(page_args(&plural(entry)))
}

/// How much of a list is wanted.
pub(super) fn page_args(many: &str) -> [Arg; 2] {
    let limit = Arg::new(LIMIT).long(LIMIT).value_name("N").allow_negative_numbers(true);
    let limit = limit.value_parser(value_parser!(u64).range(1..));
    let all = Arg::new(ALL).long(ALL).action(ArgAction::SetTrue).conflicts_with(LIMIT);
    [limit.help(format!("At most this many [default: {DEFAULT_LIST}]")), all.help(format!("All {many}"))]
}

/// Whether a request may set the field.
pub(super) fn is_settable(field: &Field, creates: bool) -> bool {
    field.access == Access::Writable || (creates && field.access == Access::Argument)
}

fn body_args(entry: &'static Entry, creates: bool, command: Command) -> Command {
    let fields = entry.resource.fields.iter().filter(|field| is_settable(field, creates));
    let command = command.args(fields.filter_map(flags::of_field).map(|arg| match arg.get_id() == "tags" {
        true if !creates => arg.help("A tag; repeatable; these replace the present tags"),
        _ => arg,
    }));
    let field = Arg::new(FIELD).long(FIELD).value_name("NAME=VALUE").action(ArgAction::Append);
    let data = Arg::new(DATA).long(DATA).value_name("JSON|@FILE|-");
    command
        .arg(field.help("Set any member by its name in the API, to JSON or text; repeatable"))
        .arg(data.help("Members as a JSON object, a file with it, or - for standard input; flags win"))
}

/// `cstar search`.
pub(super) fn search(command: Command) -> Command {
    let paths = SEARCHED.each_ref().map(|searched| searched.resource.path);
    let lines = ["search invoice", "search 'reset password' --type articles --limit 3", "search jane --json"];
    command
        .about("Search tickets, customers and articles")
        .after_help(examples(&lines.map(str::to_owned)))
        .arg(Arg::new(TEXT).value_name("TEXT").required(true).num_args(1..).help("The text to find"))
        .arg(
            Arg::new(TYPES)
                .long("type")
                .value_name("TYPE")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .value_parser(PossibleValuesParser::new(paths))
                .help("Only these; repeatable"),
        )
        .arg(
            Arg::new(LIMIT)
                .long(LIMIT)
                .value_name("N")
                .allow_negative_numbers(true)
                .value_parser(value_parser!(u64).range(1..=100))
                .help(format!("At most this many [default: {DEFAULT_LIMIT}]")),
        )
        .arg(jq())
}

/// `cstar tags`.
pub(super) fn tags(command: Command) -> Command {
    let name = |help: &'static str| Arg::new(ID).value_name("NAME").required(true).help(help);
    let shows = |name: &'static str, about: &'static str, line: &str| {
        Command::new(name).about(about).after_help(examples(&[line.to_owned()])).arg(jq())
    };
    command
        .about("List, create and delete tags")
        .after_help(examples(&["tags list", "tags create vip", "tags delete vip"].map(str::to_owned)))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(shows("list", "List tags, and how many objects have each", "tags list"))
        .subcommand(
            shows("create", "Create a tag", "tags create vip").arg(name("Name of the tag")).arg(yes()),
        )
        .subcommand(
            shows("delete", "Delete a tag that nothing has", "tags delete vip --yes")
                .arg(name("Name of the tag"))
                .arg(yes()),
        )
}

/// `cstar bulk`.
pub(super) fn bulk(command: Command) -> Command {
    let update = "bulk update tickets tkt_25990cb8 tkt_671a9736 --status closed";
    let delete = "bulk delete customers - --yes < ids.txt";
    let ids = || {
        let ids = Arg::new(IDS).value_name("ID").required(true).num_args(1..);
        ids.help("Whole ids, or - for one per line on standard input")
    };
    let one = |action: &'static str, about: &'static str, line: &str| {
        let command = Command::new(action)
            .about(about)
            .after_help(examples(&[line.to_owned()]))
            .subcommand_required(true)
            .arg_required_else_help(true);
        let entries = ENTRIES.iter().filter(|entry| RESOURCES.contains(&entry.name));
        entries.fold(command, |command, entry| {
            let verb = if action == "update" { "Change" } else { "Delete" };
            let rest = if action == "update" { entry.update_example } else { "--yes" };
            let line = format!("bulk {action} {} - {rest} < ids.txt", entry.name);
            let below = Command::new(entry.name)
                .about(format!("{verb} many {}", entry.name))
                .after_help(examples(&[line]))
                .arg(ids());
            let below = if action == "update" { body_args(entry, false, below) } else { below };
            command.subcommand(below.arg(yes()).arg(jq()))
        })
    };
    command
        .about("Change or delete many objects at once")
        .long_about(
            "Change or delete many objects at once\n\nEach object succeeds or fails on its own; with a failure \
             the exit code is 1. Up to 100 ids are one request.",
        )
        .after_help(examples(&[update, delete].map(str::to_owned)))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(one("update", "Change many objects", update))
        .subcommand(one("delete", "Delete many objects", delete))
}
