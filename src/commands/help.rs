//! `cstar help`: help for a command, as `--help` gives it, or a text about a topic.

use clap::error::ErrorKind;
use serde_json::json;

use super::Context;
use crate::cli::topic::{TOPICS, Topic};
use crate::cli::{self, help};
use crate::output::{Failure, style};

/// Print help for a command or about a topic
#[derive(clap::Args, Debug)]
#[command(after_help = help::topics_and_examples())]
pub(crate) struct Args {
    /// A command, such as `history show`, or a topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let topic = words.first().filter(|_| words.len() == 1).and_then(|name| Topic::named(name));
    let text = match topic {
        Some(topic) => shown(topic),
        None => of_command(&words)?,
    };
    if context.output.is_json() {
        let text = anstream::adapter::strip_str(&text).to_string();
        return Ok(context.output.json(&json!({ "name": words.join(" "), "text": text }))?);
    }
    Ok(context.output.data(text.trim_end())?)
}

/// The text, with a title and headings that stand out on a terminal.
fn shown(topic: &Topic) -> String {
    let text = topic.text();
    let heading = |line: &str| line.strip_prefix("# ").map_or_else(|| line.to_owned(), style::strong);
    let rest: Vec<String> = text.lines().skip(1).map(heading).collect();
    format!("{}\n{}", style::strong(topic.title()), rest.join("\n"))
}

/// What `cstar PATH --help` prints.
fn of_command(path: &[&str]) -> Result<String, Failure> {
    let tree = cli::tree();
    let mut command = Some(&tree);
    for name in path {
        command =
            command.and_then(|command| command.find_subcommand(name)).filter(|found| !found.is_hide_set());
    }
    command.ok_or_else(|| unknown(path))?;
    let line = [tree.get_name()].into_iter().chain(path.iter().copied()).chain(["--help"]);
    match cli::parse(line) {
        Err(help) if help.kind() == ErrorKind::DisplayHelp => Ok(help.render().ansi().to_string()),
        _ => Err(unknown(path)),
    }
}

fn unknown(path: &[&str]) -> Failure {
    let names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    Failure::usage(format!("there is no command or topic `{}`", path.join(" ")))
        .hint(format!("topics are {}; commands are listed by: cstar --help", names.join(", ")))
}
