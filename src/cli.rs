//! The command tree: every command with its arguments, how a command line is parsed, and what `--help` shows.

mod account_commands;
mod event_commands;
mod global_flags;
mod one_command;
mod resource_commands;
mod server_commands;
mod tool_commands;
mod usage_error;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use self::account_commands::AccountCommand;
use self::event_commands::EventCommand;
use self::one_command::CommandArgs;
use self::resource_commands::ResourceCommand;
use self::server_commands::ServerCommand;
use self::tool_commands::ToolCommand;
use crate::args::global::GlobalArgs;
use crate::commands::runtime::block_on;
use crate::commands::{Context, complete, guard, help, resources};
use crate::output::Failure;
use crate::topics::help_text;
pub(crate) use usage_error::usage_error;

/// A command line.
#[derive(Debug)]
pub(crate) struct Cli {
    pub(crate) global: GlobalArgs,
    pub(crate) command: Command,
}

impl Cli {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let global = GlobalArgs::from_arg_matches(matches)?;
        Ok(Self { global, command: Command::from_arg_matches(matches)? })
    }
}

/// Receive, inspect and send cStar webhook events on your own machine
#[derive(Debug, Parser)]
#[command(
    name = "cstar",
    // Otherwise the help texts of Windows name cstar.exe.
    bin_name = "cstar",
    version,
    about,
    // `commands::help` also prints topics.
    disable_help_subcommand = true,
    infer_long_args = false,
    max_term_width = 100
)]
struct Program {
    #[command(flatten)]
    _global: GlobalArgs,
}

// The commands, in the order of the help. As a doc comment it would replace the description of the program.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    // Boxed, because `listen` has many flags.
    Event(Box<EventCommand>),
    #[command(flatten)]
    Server(Box<ServerCommand>),
    #[command(flatten)]
    Account(AccountCommand),
    #[command(flatten)]
    Resource(ResourceCommand),
    #[command(flatten)]
    Tool(ToolCommand),
    Help(help::Args),
    #[command(name = "__complete", hide = true)]
    Complete(complete::Args),
    #[command(name = "__guard", hide = true)]
    Guard(guard::Args),
}

impl Command {
    const ARGS: [CommandArgs; 3] = [
        ("help", help::Args::augment_args),
        ("__complete", complete::Args::augment_args),
        ("__guard", guard::Args::augment_args),
    ];

    pub(crate) fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self {
            Self::Event(command) => command.run(context),
            Self::Server(command) => command.run(context),
            Self::Account(command) => command.run(context),
            Self::Resource(command) => command.run(context),
            Self::Tool(command) => command.run(context),
            Self::Help(args) => help::run(context, args, tree()),
            Self::Complete(args) => complete::run(context, args, public_tree_for),
            Self::Guard(args) => block_on(guard::run(context, args)),
        }
    }
}

/// Global flags that choose the key and the server.
const OF_THE_KEY: [&str; 6] = ["api_key", "base_url", "profile", "sandbox", "insecure_http_host", "ca_cert"];
/// Commands that use no key: their help hides those flags.
const WITHOUT_KEY: [&str; 13] = [
    "completion",
    "demo",
    "events",
    "help",
    "history",
    "identity",
    "init",
    "profiles",
    "sandbox",
    "sign",
    "types",
    "verify",
    "why",
];

pub(crate) fn tree() -> clap::Command {
    let tree = Command::augment_subcommands(Program::command());
    let resources = resources::help_section();
    let tree = tree
        .after_help(format!("{resources}\n\n{}", help_text::FIRST_STEP))
        .after_long_help(format!("{resources}\n\n{}", help_text::long()));
    let tree = tree.subcommand_required(true).arg_required_else_help(true);
    let hidden = hidden_flags(&tree);
    let hide = |tree: clap::Command, name| tree.mut_subcommand(name, |command| command.args(&hidden));
    WITHOUT_KEY.into_iter().fold(tree, hide)
}

/// The flags for commands without a key. clap does not propagate a global argument to a command that has one with
/// the same id, hidden or not.
fn hidden_flags(tree: &clap::Command) -> Vec<Arg> {
    let of_the_key = |arg: &&Arg| OF_THE_KEY.contains(&arg.get_id().as_str());
    tree.get_arguments().filter(of_the_key).map(|arg| arg.clone().hide(true)).collect()
}

/// Parses a command line that includes the name of the program.
///
/// # Errors
/// The errors of clap; help and version are among them.
pub(crate) fn parse(args: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Cli, clap::Error> {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    parse_with_one_command(&args).unwrap_or_else(|| parse_with(tree(), args))
}

/// The result of [`parse`] without the arguments of other commands. `None` if it could be another with the whole
/// tree, where errors also look for similar names.
fn parse_with_one_command(args: &[OsString]) -> Option<Result<Cli, clap::Error>> {
    let named = tree_of_one_command(args);
    let is_named = named.is_some();
    let parsed = parse_with(named.map_or_else(Program::command, |(_, tree)| tree), args.to_vec());
    let is_same = match parsed.as_ref().map_err(clap::Error::kind) {
        Ok(_) | Err(ErrorKind::DisplayVersion) => true,
        // Without a command it lists all of them.
        Err(ErrorKind::DisplayHelp) => is_named,
        Err(_) => false,
    };
    is_same.then_some(parsed)
}

/// The name of the command in `args`, and the tree with only that one.
fn tree_of_one_command(args: &[OsString]) -> Option<(&'static str, clap::Command)> {
    let tree = Program::command();
    let all = [
        &EventCommand::ARGS[..],
        &ServerCommand::ARGS,
        &AccountCommand::ARGS,
        &ResourceCommand::ARGS,
        &ToolCommand::ARGS,
        &Command::ARGS,
    ];
    let (name, add_args) = one_command::find(&tree, &all, args)?;
    let mut command = add_args(clap::Command::new(name));
    if WITHOUT_KEY.contains(&name) {
        command = command.args(hidden_flags(&tree));
    }
    Some((name, tree.subcommand(command)))
}

fn parse_with(mut tree: clap::Command, args: Vec<OsString>) -> Result<Cli, clap::Error> {
    let args = global_flags::move_to_front(&tree, args);
    let matches = tree.try_get_matches_from_mut(args)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut tree))
}

/// The tree without its hidden commands, for completion scripts: clap cannot remove one.
pub(crate) fn public_tree() -> clap::Command {
    public(&tree())
}

/// The part of it that the candidates for the next word need.
pub(crate) fn public_tree_for(words_before: &[OsString]) -> clap::Command {
    match tree_of_one_command(words_before) {
        // It completes the names of all commands.
        Some((name, tree)) if name != "help" => public(&tree),
        _ => public_tree(),
    }
}

/// Whether completions and man pages have the command.
pub(crate) fn is_public(command: &clap::Command) -> bool {
    !command.is_hide_set() || ResourceCommand::includes(command.get_name())
}

fn public(tree: &clap::Command) -> clap::Command {
    let shown = tree.get_subcommands().filter(|command| is_public(command));
    let shown = shown.map(|command| command.clone().hide(false));
    clap::Command::new("cstar")
        .version(env!("CARGO_PKG_VERSION"))
        .about(tree.get_about().cloned().unwrap_or_default())
        .disable_help_subcommand(true)
        .args(tree.get_arguments())
        .subcommands(shown)
}

#[cfg(test)]
mod tests {
    mod invocations;
    mod man_pages;
    mod one_command;
    mod script;

    use super::*;

    #[test]
    fn the_tree_is_consistent() {
        tree().debug_assert();
    }

    #[test]
    fn help_shows_the_global_flags_that_apply() {
        let help = |path: &[&str]| {
            parse(["cstar"].iter().chain(path).chain(&["--help"])).unwrap_err().render().to_string()
        };
        for path in [
            &["events"][..],
            &["events", "show"],
            &["history"],
            &["history", "list"],
            &["why"],
            &["demo"],
            &["sign"],
            &["verify"],
            &["completion"],
            &["sandbox", "seed"],
            &["sandbox", "openapi"],
        ] {
            let help = help(path);
            assert!(help.contains("--json") && help.contains("--quiet"), "{help}");
            for flag in ["--api-key", "--base-url", "--profile <", "--insecure-http-host", "--ca-cert"] {
                assert!(!help.contains(flag), "{path:?} has {flag}");
            }
        }
        for path in [&[][..], &["listen"], &["webhooks", "list"], &["status"]] {
            for flag in ["--api-key", "--insecure-http-host", "--ca-cert"] {
                assert!(help(path).contains(flag), "{path:?} has no {flag}");
            }
        }
        // A hidden flag is still accepted.
        for line in
            [&["cstar", "events", "--profile", "a"][..], &["cstar", "events", "show", "x", "--profile", "a"]]
        {
            assert_eq!(parse(line).unwrap().global.profile.as_deref(), Some("a"));
        }
    }

    #[test]
    fn global_flags_work_anywhere() {
        for line in [
            "cstar --json --api-key sk_test_a events",
            "cstar events --json --api-key sk_test_a",
            "cstar events --json --api-key sk_test_a show ticket.created",
            "cstar history --api-key=sk_test_a --json show evt_1",
            "cstar history show --json --api-key=sk_test_a evt_1",
            "cstar sandbox --json --api-key sk_test_a seed",
            "cstar webhooks --json --api-key sk_test_a list",
        ] {
            let cli = parse(line.split(' ')).unwrap();
            assert!(cli.global.json);
            assert_eq!(cli.global.api_key.unwrap().expose(), "sk_test_a");
        }
    }

    #[test]
    fn every_command_has_an_example() {
        fn check(command: &clap::Command) {
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(
                !is_public(command) || command.get_name() == "help" || after.contains("cstar "),
                "{} has no example",
                command.get_name()
            );
            command.get_subcommands().for_each(check);
        }
        tree().get_subcommands().for_each(check);
    }
}
