//! `cstar help`: help for a command, as `--help` gives it, or a text about a topic.

use clap::error::ErrorKind;
use serde_json::json;

use super::Context;
use crate::cli::topic::{Block, TOPICS, Topic};
use crate::cli::{self, help};
use crate::output::width::filled;
use crate::output::{Failure, style};

/// Lines that are longer are hard to read.
const FULL_WIDTH: usize = 78;

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
        // A program gets the same text whatever terminal there is.
        Some(topic) => shown(topic, context.output.columns().filter(|_| !context.output.is_json())),
        None => of_command(&words)?,
    };
    if context.output.is_json() {
        let text = anstream::adapter::strip_str(&text).to_string();
        return Ok(context.output.json(&json!({ "name": words.join(" "), "text": text }))?);
    }
    Ok(context.output.data(text.trim_end())?)
}

/// The text, with a title and headings that stand out on a terminal. Sentences are filled up to the width of the
/// terminal; commands and tables stay as they are.
fn shown(topic: &Topic, columns: Option<usize>) -> String {
    let columns = columns.map_or(FULL_WIDTH, |columns| columns.min(FULL_WIDTH));
    let block = |block: Block| match block {
        Block::Heading(text) => style::strong(&text),
        Block::Paragraph(text) => filled(&text, columns),
        Block::Lines(lines) => {
            let indented = |line: String| if line.is_empty() { line } else { format!("  {line}") };
            lines.into_iter().map(indented).collect::<Vec<_>>().join("\n")
        }
    };
    let title = filled(topic.title(), columns).lines().map(style::strong).collect::<Vec<_>>().join("\n");
    [title].into_iter().chain(topic.blocks().into_iter().map(block)).collect::<Vec<_>>().join("\n\n")
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
