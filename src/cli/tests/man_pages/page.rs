//! The man page of a command, with the usual sections, or of a topic.

use clap::{Arg, Command};

use super::roff::{Roff, bold, italic};
use crate::cli;
use crate::topics::help_text::{ENVIRONMENT, EXIT_CODES};
use crate::topics::{Block, TOPICS, Topic, plain};

/// The date of this version.
const DATE: &str = "2026-11-21";

/// Every file that is read or written, except those that a command line names.
const FILES: &str = "  ~/.config/cstar/  the directory of the following; CSTAR_HOME overrides it
  config.toml       the profiles and the active one; no keys
  credentials.toml  keys, if there is no keychain; only its owner can read it
  trusted.toml      the project files trusted by `cstar profiles trust`
  history.sqlite3   the events received, and every attempt to deliver them
  signing-secret    the generated signing secret, if no other is known
  sandbox/          the state of `cstar sandbox`; --data-dir overrides it

  .cstar.toml           the settings of a project, in its directory; only read
  ~/.cstar/config.json  the key of an older tool, which `cstar login` imports; only read";

/// The page of `command`. `name` is like `cstar-history-show`.
pub(super) fn command_page(name: &str, command: &Command) -> String {
    let mut page = Roff::new(name, 1, DATE);
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    page.name(name, &about);
    synopsis(&mut page, command);
    description(&mut page, command, &about);
    options(&mut page, command);
    commands(&mut page, name, command);
    after(&mut page, command);
    for (title, lines) in [("Exit status", EXIT_CODES), ("Environment", ENVIRONMENT), ("Files", FILES)] {
        page.heading(title);
        page.verbatim(&unindented(lines));
    }
    see_also(&mut page, name, 1);
    page.into_text()
}

/// The page of a topic.
pub(super) fn topic_page(topic: &Topic) -> String {
    let name = format!("cstar-{}", topic.name);
    let mut page = Roff::new(&name, 7, DATE);
    page.name(&name, topic.title());
    page.heading("Description");
    for (at, block) in topic.blocks().into_iter().enumerate() {
        match block {
            // The first heading repeats the title.
            Block::Heading(_) if at == 0 => {}
            Block::Heading(title) => page.heading(&title),
            Block::Paragraph(text) => page.paragraph(&text),
            Block::Items(items) => items.iter().for_each(|(marker, text)| page.list_item(marker, text)),
            Block::Table { header, rows } => rows.iter().for_each(|row| table_row(&mut page, &header, row)),
            Block::Code { lines, .. } => page.verbatim(&lines),
        }
    }
    see_also(&mut page, &name, 7);
    page.into_text()
}

/// The first cell is the name; the others describe it.
fn table_row(page: &mut Roff, header: &[String], row: &[String]) {
    let texts = row.iter().zip(header).enumerate().skip(1).filter(|(_, (text, _))| !text.is_empty());
    let texts: Vec<String> = texts
        .map(|(at, (text, title))| if at == 1 { text.clone() } else { format!("{title}: {text}") })
        .collect();
    page.item(&bold(&plain(row.first().map_or("", String::as_str))), &texts);
}

/// Commands that are not hidden.
pub(super) fn public_commands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|below| cli::is_public(below))
}

fn unindented(lines: &str) -> Vec<&str> {
    lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect()
}

/// The usage of clap, with literal words in bold.
fn synopsis(page: &mut Roff, command: &Command) {
    page.heading("Synopsis");
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage:").unwrap_or(&usage).to_owned();
    let word = |word: &str| match word.starts_with(|c: char| c.is_ascii_lowercase() || c == '-') {
        true => bold(word),
        false => italic(word),
    };
    let line = |line: &str| line.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = usage.lines().filter(|text| !text.trim().is_empty()).map(line).collect();
    page.lines(&lines);
}

fn description(page: &mut Roff, command: &Command, about: &str) {
    page.heading("Description");
    match command.get_long_about() {
        None => page.paragraph(&format!("{about}.")),
        Some(text) => text.to_string().split("\n\n").for_each(|part| {
            let stop = if part.ends_with(['.', ':']) { "" } else { "." };
            page.paragraph(&format!("{part}{stop}"));
        }),
    }
}

/// The arguments, then the flags under the headings of `--help`.
fn options(page: &mut Roff, command: &Command) {
    let args: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
    let mut titles: Vec<&str> = Vec::new();
    for arg in &args {
        if !titles.contains(&title(arg)) {
            titles.push(title(arg));
        }
    }
    titles.sort_by_key(|title| order(title));
    for title in titles {
        page.heading(title);
        for arg in args.iter().filter(|arg| self::title(arg) == title) {
            page.item(&tag(arg), &[text(arg)]);
        }
    }
}

fn title(arg: &Arg) -> &str {
    let usual = if arg.is_positional() { "Arguments" } else { "Options" };
    arg.get_help_heading().unwrap_or(usual)
}

fn order(title: &str) -> u8 {
    match title {
        "Arguments" => 0,
        "Global options" => 2,
        _ => 1,
    }
}

fn tag(arg: &Arg) -> String {
    let short = arg.get_short().map(|short| bold(&format!("-{short}")));
    let long = arg.get_long().map(|long| bold(&format!("--{long}")));
    let flags: Vec<String> = short.into_iter().chain(long).collect();
    let takes_values = arg.get_num_args().is_some_and(|number| number.takes_values());
    let names = arg.get_value_names().unwrap_or_default();
    let values = names.iter().filter(|_| takes_values).map(|name| italic(name));
    let parts: Vec<String> =
        [flags.join(", ")].into_iter().chain(values).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

fn text(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let values: Vec<String> =
        arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let takes_values = arg.get_num_args().is_some_and(|number| number.takes_values());
    let mut out = help;
    if takes_values && !values.is_empty() && !arg.is_hide_possible_values_set() {
        out.push_str(&format!(" [possible values: {}]", values.join(", ")));
    }
    if takes_values && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        out.push_str(&format!(" [default: {}]", defaults.join(", ")));
    }
    out
}

fn commands(page: &mut Roff, name: &str, command: &Command) {
    if public_commands(command).next().is_none() {
        return;
    }
    page.heading("Commands");
    for below in public_commands(command) {
        let about = below.get_about().map(ToString::to_string).unwrap_or_default();
        page.item(&format!("{}(1)", bold(&format!("{name}-{}", below.get_name()))), &[about]);
    }
}

/// The end of `--help`: examples, and in some pages a note.
fn after(page: &mut Roff, command: &Command) {
    let Some(text) = command.get_after_help().map(ToString::to_string) else { return };
    page.heading("Examples");
    for block in text.split("\n\n") {
        let (lines, sentences): (Vec<&str>, Vec<&str>) =
            block.lines().partition(|line| line.starts_with("  "));
        let sentence = sentences.join(" ");
        if !matches!(sentence.as_str(), "" | "Example:" | "Examples:") {
            page.paragraph(&sentence);
        }
        if !lines.is_empty() {
            page.verbatim(&unindented(&lines.join("\n")));
        }
    }
}

/// The parent page and the topics. A command (section 1) and a topic (section 7) may have the same name.
fn see_also(page: &mut Roff, name: &str, section: u8) {
    page.heading("See also");
    let above = name.rsplit_once('-').filter(|_| section == 1).map_or("cstar", |(above, _)| above);
    let pages = std::iter::once(format!("{}(1)", bold(above))).filter(|_| name != "cstar");
    let topics = TOPICS.iter().map(|topic| format!("cstar-{}", topic.name));
    let topics = topics.filter(|topic| section == 1 || topic != name);
    let all: Vec<String> = pages.chain(topics.map(|topic| format!("{}(7)", bold(&topic)))).collect();
    page.lines(&[all.join(",\n")]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_their_values() {
        let mut tree = crate::cli::public_tree();
        tree.build();
        let listen = tree.find_subcommand("listen").unwrap();
        let arg = |name: &str| listen.get_arguments().find(|arg| arg.get_id() == name).unwrap().clone();
        assert_eq!(tag(&arg("forward_to")), "\\fB\\-f\\fR, \\fB\\-\\-forward\\-to\\fR \\fITARGET\\fR");
        assert_eq!(tag(&arg("resume")), "\\fB\\-\\-resume\\fR");
        assert!(text(&arg("retries")).ends_with("[default: 5]"), "{}", text(&arg("retries")));
    }
}
