//! Every command line that people may copy parses: on cStar's public pages, in README.md, in the examples of `--help`
//! and in the topics. The man pages are written from the last two.

use super::script::commands;
use crate::cli;
use crate::topics::{Block, TOPICS};

/// The command lines of cStar's public pages, with a value for each placeholder (documented).
const DOCUMENTED: &[&str] = &[
    "cstar login --api-key sk_live_...",
    "cstar login --api-key sk_test_abc123",
    "cstar login",
    "cstar logout",
    "cstar status",
    "cstar status --json",
    "cstar events",
    "cstar events --category tickets",
    "cstar keys list",
    "cstar keys create --name 'My key'",
    "cstar keys create --name 'My key' --type publishable --environment test",
    "cstar keys revoke key_1",
    "cstar listen",
    "cstar listen --forward-to http://localhost:3000/webhook",
    "cstar listen --forward-to http://localhost:3000/webhooks",
    "cstar trigger ticket.created",
    "cstar trigger boss.spawned --json",
    "cstar trigger ticket.created --base-url https://cstar.example --no-color --api-key sk_test_abc123",
    "cstar logs",
    "cstar logs --tail",
    "cstar logs --method POST --status 4xx --tail",
    "cstar mcp-server",
    "cstar mcp-server --api-key sk_live_...",
    "cstar --version",
    "cstar --help",
];

/// Why a line is not one of ours; `None` if it is.
fn wrong(words: &[String]) -> Option<String> {
    let printed = [clap::error::ErrorKind::DisplayHelp, clap::error::ErrorKind::DisplayVersion];
    let error = cli::parse(words).err().filter(|error| !printed.contains(&error.kind()))?;
    Some(format!("{}\n  {}", words.join(" "), error.render().to_string().lines().next()?))
}

/// Fails and names every line of `text` that does not parse. Returns the number of lines.
fn check(place: &str, text: &str) -> usize {
    let commands = commands(text);
    let wrong: Vec<String> = commands.iter().filter_map(|words| wrong(words)).collect();
    assert!(wrong.is_empty(), "{place}:\n{}", wrong.join("\n"));
    commands.len()
}

#[test]
fn public_command_lines_parse() {
    assert_eq!(check("public pages", &DOCUMENTED.join("\n")), DOCUMENTED.len());
}

#[test]
fn readme_command_lines_parse() {
    let readme = include_str!("../../../README.md");
    let blocks: Vec<&str> = readme.split("\n```").skip(1).step_by(2).collect();
    let count: usize = blocks
        .iter()
        .filter_map(|block| block.split_once('\n'))
        .map(|(info, text)| in_code(info, text))
        .sum();
    assert!(count > 8, "{count}");
    // In a table a bar is escaped.
    let outside = readme.split("\n```").step_by(2).collect::<String>().replace("\\|", "|");
    assert!(check("README.md, sentences", &inline(&outside)) > 0, "{}", inline(&outside));
}

/// Checks a code block that is a script or has only command lines. Returns the number of command lines.
fn in_code(info: &str, text: &str) -> usize {
    let is_script = info.starts_with("sh") || info == "bash";
    if is_script || text.lines().all(|line| line.starts_with("cstar ")) {
        check(info, &without_documents(text))
    } else {
        0
    }
}

/// The command lines in back quotes in `text`. A mere command name may lack arguments, so `--help` is added. A form such
/// as `cstar help TOPIC` is skipped.
fn inline(text: &str) -> String {
    let capital = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
    let quoted = text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("cstar "));
    let lines = quoted.filter(|code| !code.split_whitespace().any(capital)).map(|code| {
        let names_it = code.split_whitespace().count() == 2;
        if names_it { format!("{code} --help\n") } else { format!("{code}\n") }
    });
    lines.collect()
}

/// The text between `<<'EOF'` and `EOF` is in another language.
fn without_documents(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let was_inside = inside;
        inside = if inside { *line != "EOF" } else { line.contains("<<'EOF'") };
        !was_inside
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn help_command_lines_parse() {
    fn below(command: &clap::Command, count: &mut usize) {
        let texts = [command.get_after_help(), command.get_after_long_help(), command.get_long_about()];
        for text in texts.into_iter().flatten() {
            let text = text.to_string();
            let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("  ")).collect();
            *count += check(command.get_name(), &lines.join("\n"));
        }
        command.get_subcommands().for_each(|command| below(command, count));
    }
    let mut count = 0;
    below(&cli::tree(), &mut count);
    assert!(count > 40, "{count}");
}

#[test]
fn topic_command_lines_parse() {
    let mut count = 0;
    for topic in TOPICS {
        for block in topic.blocks() {
            match block {
                Block::Code { info, lines } => count += in_code(&info, &lines.join("\n")),
                Block::Paragraph(text) => count += check(topic.name, &inline(&text)),
                Block::Items(items) => {
                    count += items.iter().map(|(_, text)| check(topic.name, &inline(text))).sum::<usize>();
                }
                Block::Table { rows, .. } => {
                    let cells = rows.iter().flatten();
                    count += cells.map(|cell| check(topic.name, &inline(cell))).sum::<usize>();
                }
                Block::Heading(_) => {}
            }
        }
    }
    assert!(count > 80, "{count}");
}
