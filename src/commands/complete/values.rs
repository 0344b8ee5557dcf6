//! Values to complete that clap does not have: event types, ids, profiles, webhooks, topics.

use std::ffi::OsStr;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use clap::Command;
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};

use super::{api, objects, webhooks};
use crate::event;
use crate::history::{self, EventFilter, EventState, HistoryReader};
use crate::host::env::Env;
use crate::host::{dirs, text};
use crate::ops::documented_pages::{CHEAT_SHEETS, PAGES};
use crate::ops::scenario::BUILT_IN;
use crate::topics::TOPICS;

/// Tab must not hang because a disk or a server does.
const LOOKUP_TIMEOUT: Duration = Duration::from_millis(200);
const MAX_EVENTS: usize = 50;

/// Where values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// The event catalogue.
    Types,
    /// The catalogue, and `ticket.*` for each of its groups.
    Patterns,
    /// Patterns with `=`, after which a target follows.
    Routes,
    /// The history, newest first.
    Events,
    /// The configuration file.
    Profiles,
    /// A running sandbox.
    Webhooks,
    /// The list at this path of a running sandbox.
    Objects(&'static str),
    /// The commands, and the topics of `cstar help`.
    Help,
    /// Files, with `@` before the name.
    AtFiles,
    /// The history, then files.
    EventsOrFiles,
    /// The built-in scenarios, then files.
    ScenariosOrFiles,
    /// Documented pages, then the history.
    Pages,
    CheatSheets,
    /// Methods, and the paths that can be read.
    ApiWords,
    ApiMethods,
    /// The paths for the method before it.
    ApiPaths,
}

/// The path of a command, one of its arguments, and the source of its values. Global arguments have the empty path.
const SOURCES: &[(&str, &str, Source)] = &[
    ("", "profile", Source::Profiles),
    ("trigger", "event", Source::Types),
    ("trigger", "data", Source::AtFiles),
    ("trigger", "scenario", Source::ScenariosOrFiles),
    ("events show", "event", Source::Types),
    ("check", "events", Source::Patterns),
    ("listen", "events", Source::Patterns),
    ("bench", "events", Source::Patterns),
    ("listen", "route", Source::Routes),
    ("history", "types", Source::Patterns),
    ("history list", "types", Source::Patterns),
    ("history export", "types", Source::Patterns),
    ("replay", "types", Source::Patterns),
    ("types", "events", Source::Patterns),
    ("replay", "ids", Source::Events),
    ("why", "id", Source::Events),
    ("history show", "id", Source::Events),
    ("history dismiss", "ids", Source::Events),
    ("history save", "id", Source::Events),
    ("history stats", "types", Source::Patterns),
    ("open", "page", Source::Pages),
    ("verify", "body", Source::EventsOrFiles),
    ("open", "name", Source::CheatSheets),
    ("help", "words", Source::Help),
    ("profiles use", "name", Source::Profiles),
    ("profiles remove", "name", Source::Profiles),
    ("keys create", "save", Source::Profiles),
    ("webhooks create", "events", Source::Patterns),
    ("webhooks update", "events", Source::Patterns),
    ("webhooks test", "event", Source::Types),
    ("api", "first", Source::ApiWords),
    ("api", "second", Source::ApiPaths),
    ("api", "method", Source::ApiMethods),
    ("webhooks get", "webhook", Source::Webhooks),
    ("webhooks update", "webhook", Source::Webhooks),
    ("webhooks delete", "webhook", Source::Webhooks),
    ("webhooks test", "webhook", Source::Webhooks),
    ("webhooks rotate-secret", "webhook", Source::Webhooks),
    ("webhooks deliveries", "webhook", Source::Webhooks),
    ("webhooks resend", "webhook", Source::Webhooks),
];

struct Lookup {
    env: Env,
    words: Vec<String>,
    help: Vec<(String, String)>,
}

/// Adds the values of [`SOURCES`] to `tree`. They are looked up when clap asks for them.
pub(super) fn add_to(tree: Command, env: &Env, words: &[String]) -> Command {
    let lookup = Lookup { env: env.clone(), words: words.to_vec(), help: help_names(&tree) };
    add_below("", tree, &Arc::new(lookup))
}

fn add_below(path: &str, command: Command, lookup: &Arc<Lookup>) -> Command {
    let command = command.mut_args(|arg| {
        let row = SOURCES.iter().find(|(at, name, _)| *at == path && *name == arg.get_id().as_str());
        let objects = || objects::path_of(path, arg.get_id().as_str()).map(Source::Objects);
        let Some(source) = row.map(|(_, _, source)| *source).or_else(objects) else { return arg };
        let lookup = Arc::clone(lookup);
        match source {
            Source::AtFiles => {
                arg.add(ArgValueCompleter::new(move |current: &OsStr| at_files(current, &lookup.env)))
            }
            Source::ScenariosOrFiles => arg
                .add(ArgValueCompleter::new(move |current: &OsStr| scenarios_or_files(current, &lookup.env))),
            Source::EventsOrFiles => {
                arg.add(ArgValueCompleter::new(move |current: &OsStr| events_or_files(current, &lookup)))
            }
            _ => arg.add(ArgValueCandidates::new(move || candidates(source, &lookup))),
        }
    });
    command.mut_subcommands(|inner| {
        let path = format!("{path} {}", inner.get_name());
        add_below(path.trim_start(), inner, lookup)
    })
}

fn candidates(source: Source, lookup: &Lookup) -> Vec<CompletionCandidate> {
    let values = match source {
        Source::Types => types(),
        Source::Patterns => patterns(),
        Source::Routes => {
            patterns().into_iter().map(|(pattern, help)| (format!("{pattern}="), help)).collect()
        }
        Source::Events => {
            let env = lookup.env.clone();
            with_timeout(move || events(&env))
        }
        Source::Pages => {
            let env = lookup.env.clone();
            let pages = PAGES.into_iter().map(|(name, url)| (name.to_owned(), url.to_owned()));
            pages.chain(with_timeout(move || events(&env))).collect()
        }
        Source::ApiWords => api::words(),
        Source::ApiMethods => api::methods(),
        Source::ApiPaths => api::paths(&lookup.words),
        Source::CheatSheets => CHEAT_SHEETS.map(|name| (name.to_owned(), String::new())).to_vec(),
        Source::Profiles => profiles(&lookup.env),
        Source::Help => lookup.help.clone(),
        // They depend on what was typed: see the functions of these names.
        Source::AtFiles | Source::EventsOrFiles | Source::ScenariosOrFiles => Vec::new(),
        Source::Webhooks => {
            let (words, env) = (lookup.words.clone(), lookup.env.clone());
            with_timeout(move || webhooks::of_sandbox(&words, &env, LOOKUP_TIMEOUT))
        }
        Source::Objects(path) => {
            let (words, env) = (lookup.words.clone(), lookup.env.clone());
            with_timeout(move || webhooks::list(&words, &env, LOOKUP_TIMEOUT, path, &objects::DESCRIBED_BY))
        }
    };
    let harmless = values.into_iter().filter(|(value, _)| is_harmless(value, source));
    harmless.map(|(value, help)| CompletionCandidate::new(value).help(Some(help.into()))).collect()
}

/// Nothing without the `@`: then the argument is JSON.
fn at_files(current: &OsStr, env: &Env) -> Vec<CompletionCandidate> {
    let typed = current.to_str().unwrap_or("?");
    let Some(path) = typed.strip_prefix('@').or(typed.is_empty().then_some("")) else { return Vec::new() };
    files(OsStr::new(path), env).map(|file| file.add_prefix("@")).collect()
}

fn events_or_files(current: &OsStr, lookup: &Lookup) -> Vec<CompletionCandidate> {
    let typed = current.to_str().unwrap_or("?");
    let events = candidates(Source::Events, lookup).into_iter();
    let events = events.filter(|event| event.get_value().to_str().is_some_and(|id| id.starts_with(typed)));
    events.chain(files(current, &lookup.env)).collect()
}

fn scenarios_or_files(current: &OsStr, env: &Env) -> Vec<CompletionCandidate> {
    let typed = current.to_str().unwrap_or("?");
    let names = BUILT_IN.iter().map(|(name, _)| *name).filter(|name| name.starts_with(typed));
    names.map(CompletionCandidate::new).chain(files(current, env)).collect()
}

fn files(path: &OsStr, env: &Env) -> impl Iterator<Item = CompletionCandidate> {
    let mut files = PathCompleter::any();
    if let Some(directory) = dirs::current(env) {
        files = files.current_dir(directory);
    }
    // `PathCompleter` offers the current directory when nothing is typed.
    files.complete(path).into_iter().filter(|file| file.get_value() != ".")
}

/// Ids come from servers, and the completed line is about to be run: no characters that are special to a shell.
fn is_harmless(value: &str, source: Source) -> bool {
    let ours = matches!(source, Source::Types | Source::Patterns | Source::Routes);
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:@/".contains(c);
    ours || (value.chars().all(plain) && !value.starts_with('-'))
}

/// What `find` returns, or nothing when it takes too long; its thread is left running.
fn with_timeout(find: impl FnOnce() -> Vec<(String, String)> + Send + 'static) -> Vec<(String, String)> {
    let (found, wait) = mpsc::channel();
    thread::spawn(move || found.send(find()));
    wait.recv_timeout(LOOKUP_TIMEOUT).unwrap_or_default()
}

fn types() -> Vec<(String, String)> {
    event::catalogue().iter().map(|event| (event.name.to_owned(), event.description.to_owned())).collect()
}

fn help_names(tree: &Command) -> Vec<(String, String)> {
    let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let commands = tree.get_subcommands().map(|command| (command.get_name().to_owned(), about(command)));
    let topics = TOPICS.iter().filter(|topic| tree.find_subcommand(topic.name).is_none());
    commands.chain(topics.map(|topic| (topic.name.to_owned(), topic.title().to_owned()))).collect()
}

fn patterns() -> Vec<(String, String)> {
    let mut patterns = types();
    let mut groups: Vec<&str> = Vec::new();
    for event in event::catalogue() {
        if let Some((group, _)) = event.name.split_once('.')
            && !groups.contains(&group)
        {
            groups.push(group);
        }
    }
    patterns.extend(groups.into_iter().map(|group| (format!("{group}.*"), format!("Every {group} event"))));
    patterns
}

fn events(env: &Env) -> Vec<(String, String)> {
    let Some(path) = history::default_path(env) else { return Vec::new() };
    let filter = EventFilter { limit: Some(MAX_EVENTS), ..EventFilter::default() };
    let list = HistoryReader::open(&path).and_then(|reader| reader.list(&filter)).unwrap_or_default();
    let mut found: Vec<(String, String)> = Vec::new();
    for event in list {
        let Some(id) = event.id else { continue };
        if found.iter().any(|(known, _)| *known == id) {
            continue;
        }
        let state = match event.state {
            EventState::Delivered => "delivered",
            EventState::Failed => "failed",
            EventState::Waiting => "waiting",
            EventState::Dismissed => "dismissed",
            EventState::Skipped => "skipped",
            EventState::Received => "received",
        };
        found.push((id, format!("{}, {state}", event.event_type.as_deref().unwrap_or("event"))));
    }
    found
}

/// Reads only the names: opening the store could prompt for the keychain.
fn profiles(env: &Env) -> Vec<(String, String)> {
    let text = dirs::config(env).and_then(|home| std::fs::read(home.join("config.toml")).ok());
    let text = text.and_then(|bytes| text::decode(&bytes).ok());
    let document = text.and_then(|text| text.parse::<toml_edit::DocumentMut>().ok());
    let Some(document) = document else { return Vec::new() };
    let names = document.get("profiles").and_then(toml_edit::Item::as_table_like);
    names
        .into_iter()
        .flat_map(|names| names.iter())
        .map(|(name, _)| (name.to_owned(), String::new()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row that names nothing would go unnoticed.
    #[test]
    fn every_row_names_an_argument() {
        let tree = crate::cli::public_tree();
        for (path, name, _) in SOURCES {
            let mut command = Some(&tree);
            for part in path.split_whitespace() {
                command = command.and_then(|command| command.find_subcommand(part));
            }
            let has = |command: &Command| command.get_arguments().any(|arg| arg.get_id().as_str() == *name);
            assert!(command.is_some_and(has), "`{path}` has no `{name}`");
        }
    }

    #[test]
    fn ids_unsafe_for_shells_are_omitted() {
        for (value, harmless) in
            [("evt_1", true), ("$(id)", false), ("a;b", false), ("-f", false), ("a b", false)]
        {
            assert_eq!(is_harmless(value, Source::Events), harmless, "{value}");
        }
    }

    #[test]
    fn hanging_lookup_times_out() {
        let (release, held) = mpsc::channel::<()>();
        let found = with_timeout(move || {
            let _ = held.recv();
            vec![("late".to_owned(), String::new())]
        });
        assert!(found.is_empty());
        drop(release);
    }
}
