//! Which arguments take values that only this machine knows, and what these are just now.

use std::ffi::OsStr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clap::Command;
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};

use super::webhooks;
use crate::cli;
use crate::cli::topic::TOPICS;
use crate::event;
use crate::history::{EventFilter, EventState, HistoryReader};
use crate::host::env::Env;
use crate::host::{dirs, text};
use crate::ops::history_file;

/// Whoever presses Tab does not wait for a disk or a server that hangs.
const PATIENCE: Duration = Duration::from_millis(200);
/// More events are not looked through one by one.
const MOST_EVENTS: usize = 50;

/// Where values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// The catalogue.
    Types,
    /// The catalogue, and `ticket.*` for each of its groups.
    Patterns,
    /// Patterns, each with a target to follow.
    Routes,
    /// The history, newest first.
    Events,
    /// The names in the configuration file.
    Profiles,
    /// A sandbox that runs.
    Webhooks,
    /// The commands, and the topics of `cstar help`.
    Help,
    /// A file with `@` before its name.
    AtFiles,
}

/// The path of a command, one of its arguments, and where the values of that come from. An argument of
/// the command line as a whole has the empty path.
const SOURCES: &[(&str, &str, Source)] = &[
    ("", "profile", Source::Profiles),
    ("trigger", "event", Source::Types),
    ("trigger", "data", Source::AtFiles),
    ("events show", "event", Source::Types),
    ("listen", "events", Source::Patterns),
    ("listen", "route", Source::Routes),
    ("history", "types", Source::Patterns),
    ("history list", "types", Source::Patterns),
    ("history export", "types", Source::Patterns),
    ("replay", "types", Source::Patterns),
    ("replay", "ids", Source::Events),
    ("why", "id", Source::Events),
    ("history show", "id", Source::Events),
    ("history dismiss", "ids", Source::Events),
    ("help", "words", Source::Help),
    ("profiles use", "name", Source::Profiles),
    ("profiles remove", "name", Source::Profiles),
    ("keys create", "save", Source::Profiles),
    ("webhooks create", "events", Source::Patterns),
    ("webhooks update", "events", Source::Patterns),
    ("webhooks test", "event", Source::Types),
    ("webhooks get", "webhook", Source::Webhooks),
    ("webhooks update", "webhook", Source::Webhooks),
    ("webhooks delete", "webhook", Source::Webhooks),
    ("webhooks test", "webhook", Source::Webhooks),
    ("webhooks rotate-secret", "webhook", Source::Webhooks),
    ("webhooks deliveries", "webhook", Source::Webhooks),
    ("webhooks resend", "webhook", Source::Webhooks),
];

/// `tree`, with the values of [`SOURCES`]. They are looked up when they are asked for, not before.
pub(super) fn added_to(tree: Command, env: &Env, words: &[String]) -> Command {
    below("", tree, env, words)
}

fn below(path: &str, command: Command, env: &Env, words: &[String]) -> Command {
    let command = command.mut_args(|arg| {
        let row = SOURCES.iter().find(|(at, name, _)| *at == path && *name == arg.get_id().as_str());
        let Some((_, _, source)) = row.copied() else { return arg };
        if source == Source::AtFiles {
            let env = env.clone();
            return arg.add(ArgValueCompleter::new(move |current: &OsStr| at_files(current, &env)));
        }
        let (env, words) = (env.clone(), words.to_vec());
        arg.add(ArgValueCandidates::new(move || candidates(source, &env, &words)))
    });
    command.mut_subcommands(|inner| {
        let path = format!("{path} {}", inner.get_name());
        below(path.trim_start(), inner, env, words)
    })
}

fn candidates(source: Source, env: &Env, words: &[String]) -> Vec<CompletionCandidate> {
    let values = match source {
        Source::Types => types(),
        Source::Patterns => patterns(),
        Source::Routes => {
            patterns().into_iter().map(|(pattern, help)| (format!("{pattern}="), help)).collect()
        }
        Source::Events => {
            let env = env.clone();
            in_time(move || events(&env))
        }
        Source::Profiles => profiles(env),
        Source::Help => help(),
        // They depend on what was typed: `at_files`.
        Source::AtFiles => Vec::new(),
        Source::Webhooks => {
            let words = words.to_vec();
            in_time(move || webhooks::of_sandbox(&words, PATIENCE))
        }
    };
    let harmless = values.into_iter().filter(|(value, _)| is_harmless(value, source));
    harmless.map(|(value, help)| CompletionCandidate::new(value).help(Some(help.into()))).collect()
}

/// Without the `@` it would be the data itself, of which nothing can be completed.
fn at_files(current: &OsStr, env: &Env) -> Vec<CompletionCandidate> {
    let typed = current.to_str().unwrap_or("?");
    let Some(path) = typed.strip_prefix('@').or(typed.is_empty().then_some("")) else { return Vec::new() };
    let mut files = PathCompleter::any();
    if let Some(directory) = dirs::current(env) {
        files = files.current_dir(directory);
    }
    let found = files.complete(OsStr::new(path)).into_iter();
    // The current directory is offered where nothing is typed.
    found.filter(|file| file.get_value() != ".").map(|file| file.add_prefix("@")).collect()
}

/// Ids come from elsewhere, and what is completed is about to be run: nothing that a shell knows.
fn is_harmless(value: &str, source: Source) -> bool {
    let ours = matches!(source, Source::Types | Source::Patterns | Source::Routes);
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:@".contains(c);
    ours || (value.chars().all(plain) && !value.starts_with('-'))
}

/// What `find` finds, or nothing when it takes too long; then it is left behind.
fn in_time(find: impl FnOnce() -> Vec<(String, String)> + Send + 'static) -> Vec<(String, String)> {
    let (found, wait) = mpsc::channel();
    thread::spawn(move || found.send(find()));
    wait.recv_timeout(PATIENCE).unwrap_or_default()
}

fn types() -> Vec<(String, String)> {
    event::catalogue().iter().map(|event| (event.name.to_owned(), event.description.to_owned())).collect()
}

fn help() -> Vec<(String, String)> {
    let tree = cli::public_tree();
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
    let Some(path) = history_file::path(env) else { return Vec::new() };
    let filter = EventFilter { limit: Some(MOST_EVENTS), ..EventFilter::default() };
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
        };
        found.push((id, format!("{}, {state}", event.event_type.as_deref().unwrap_or("event"))));
    }
    found
}

/// The names alone are read here: opening the store could ask for the keychain.
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
    fn ids_that_a_shell_would_obey_are_left_out() {
        for (value, harmless) in
            [("evt_1", true), ("$(id)", false), ("a;b", false), ("-f", false), ("a b", false)]
        {
            assert_eq!(is_harmless(value, Source::Events), harmless, "{value}");
        }
    }

    #[test]
    fn a_lookup_that_hangs_is_left_behind() {
        let (release, held) = mpsc::channel::<()>();
        let found = in_time(move || {
            let _ = held.recv();
            vec![("late".to_owned(), String::new())]
        });
        assert!(found.is_empty());
        drop(release);
    }
}
