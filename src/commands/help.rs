//! `cstar help`: the `--help` of a command, or the text of a topic.

use clap::Command;
use clap::error::ErrorKind;
use serde_json::json;

use super::Context;
use crate::output::width::{fill, pad, width};
use crate::output::{Failure, style};
use crate::topics::{Block, TOPICS, Topic, help_text, plain};

/// Longer lines are hard to read.
const FULL_WIDTH: usize = 78;
const NARROWEST: usize = 20;
/// In tables, wider names are printed above their text.
const WIDEST_NAME: usize = 26;

/// Print help for a command or about a topic
#[derive(clap::Args, Debug)]
#[command(after_help = help_text::topics_and_examples())]
pub(crate) struct Args {
    /// A command, such as `history show`, or a topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

/// Runs the command. `tree` is the whole command line, which is declared above this module.
pub(crate) fn run(context: &mut Context, args: Args, tree: Command) -> Result<(), Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let topic = words.first().filter(|_| words.len() == 1).and_then(|name| Topic::named(name));
    // JSON does not depend on the width of the terminal.
    let columns = context.output.columns().filter(|_| !context.output.is_json());
    let columns = columns.map_or(FULL_WIDTH, |columns| columns.min(FULL_WIDTH));
    let guide = topic.map(|topic| render(topic, columns));
    let text = match (guide, command_help(tree, &words)) {
        // `sandbox` is a command and a topic: its flags come first, then its guide.
        (Some(guide), Ok(command)) => format!("{}\n\n{guide}", command.trim_end()),
        (Some(guide), Err(_)) => guide,
        (None, command) => command?,
    };
    let value =
        || json!({ "name": words.join(" "), "text": anstream::adapter::strip_str(&text).to_string() });
    context.output.show_with(value, |out| out.data(text.trim_end()))
}

/// A topic wrapped to `columns`, with styled title and headings. Code is not wrapped.
fn render(topic: &Topic, columns: usize) -> String {
    let title = fill(topic.title(), columns).lines().map(style::strong).collect::<Vec<_>>().join("\n");
    let block = |block: Block| match block {
        Block::Heading(text) => {
            fill(&text, columns).lines().map(style::strong).collect::<Vec<_>>().join("\n")
        }
        Block::Paragraph(text) => fill(&text, columns),
        Block::Items(items) => {
            let items = items.iter().map(|(marker, text)| hanging(&format!("{marker} "), text, columns));
            items.collect::<Vec<_>>().join("\n")
        }
        Block::Table { header, rows } => table(&header, &rows, columns),
        Block::Code { lines, .. } => {
            let indented = |line: String| if line.is_empty() { line } else { format!("  {line}") };
            lines.into_iter().map(indented).collect::<Vec<_>>().join("\n")
        }
    };
    [title].into_iter().chain(topic.blocks().into_iter().map(block)).collect::<Vec<_>>().join("\n\n")
}

/// `text` after `lead`, with a hanging indent.
fn hanging(lead: &str, text: &str, columns: usize) -> String {
    let indent = width(lead);
    let text = fill(text, columns.saturating_sub(indent).max(NARROWEST));
    format!("{lead}{}", text.replace('\n', &format!("\n{}", " ".repeat(indent))))
}

/// Two columns side by side if they fit. Otherwise the first cell of a row is a line, with the others indented below.
fn table(header: &[String], rows: &[Vec<String>], columns: usize) -> String {
    let widest = rows.iter().filter_map(|row| row.first()).map(|cell| width(&plain(cell))).max().unwrap_or(0);
    let side_by_side = header.len() == 2 && widest + 4 + NARROWEST <= columns && widest <= WIDEST_NAME;
    let row = |row: &Vec<String>| {
        let name = plain(row.first().map_or("", String::as_str));
        let texts = row.iter().zip(header).enumerate().skip(1).filter(|(_, (text, _))| !text.is_empty());
        if side_by_side {
            let lead = format!("  {}  ", pad(&name, widest));
            return texts.map(|(_, (text, _))| hanging(&lead, text, columns)).collect();
        }
        let texts = texts.map(|(at, (text, title))| match at {
            1 => hanging("      ", text, columns),
            _ => hanging("      ", &format!("{title}: {text}"), columns),
        });
        [hanging("  ", &name, columns)].into_iter().chain(texts).collect::<Vec<_>>().join("\n")
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// What `cstar PATH --help` prints.
fn command_help(tree: Command, path: &[&str]) -> Result<String, Failure> {
    let mut command = Some(&tree);
    for name in path {
        command = command
            .and_then(|command| command.find_subcommand(name))
            // `cstar --help` hides some commands only to list them in a section of their own
            .filter(|found| !found.get_name().starts_with("__"));
    }
    command.ok_or_else(|| unknown(path))?;
    let line = ["cstar"].iter().chain(path).chain(&["--help"]);
    match tree.try_get_matches_from(line) {
        Err(help) if help.kind() == ErrorKind::DisplayHelp => Ok(help.render().ansi().to_string()),
        _ => Err(unknown(path)),
    }
}

fn unknown(path: &[&str]) -> Failure {
    let names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    Failure::usage(format!("there is no command or topic `{}`", path.join(" ")))
        .hint(format!("topics are {}; commands are listed by: cstar --help", names.join(", ")))
}
