//! `cstar artifacts` (hidden): writes the completion scripts and man pages that are kept in the
//! repository. A test compares them with the command tree; `cargo artifacts` rewrites them.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory, ValueEnum};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Context;
use crate::cli::help::{ENVIRONMENT, EXIT_CODES};
use crate::cli::{self, Cli};
use crate::output::Failure;

/// Write completions and man pages below a directory
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Directory that gets `completions/` and `man/`
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Runs the command.
pub(crate) fn run(_context: &mut Context, args: Args) -> Result<(), Failure> {
    write(&args.directory).map_err(|error| {
        Failure::failed(format!("could not write below `{}`: {error}", args.directory.display()))
    })
}

fn write(directory: &Path) -> io::Result<()> {
    let completions = directory.join("completions");
    fs::create_dir_all(&completions)?;
    for shell in Shell::value_variants() {
        clap_complete::generate_to(*shell, &mut cli::public_tree(), "cstar", &completions)?;
    }
    let man = directory.join("man");
    fs::create_dir_all(&man)?;
    let mut tree = Cli::command().disable_help_subcommand(true);
    tree.build();
    pages(&tree, &man)
}

/// One page for `command` and one for each of its commands.
fn pages(command: &Command, directory: &Path) -> io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        pages(below, directory)?;
    }
    let source = format!("cstar {}", env!("CARGO_PKG_VERSION"));
    let page = Man::new(command.clone()).source(source).manual("cstar manual");
    fs::write(directory.join(page.get_filename()), render(&page, command)?)
}

/// The sections a reader of man pages looks for, under the names they have everywhere.
fn render(page: &Man, command: &Command) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    if command.get_subcommands().any(|below| !below.is_hide_set()) {
        page.render_subcommands_section(&mut out)?;
    }
    let mut sections = String::new();
    if let Some(examples) = command.get_after_help() {
        section(
            &mut sections,
            "EXAMPLES",
            examples.to_string().split_once('\n').map_or("", |(_, text)| text),
        );
    }
    section(&mut sections, "EXIT STATUS", EXIT_CODES);
    section(&mut sections, "ENVIRONMENT", ENVIRONMENT);
    out.extend_from_slice(sections.as_bytes());
    Ok(out)
}

/// `lines` as they stand: these are tables and commands, which must not be filled into paragraphs.
fn section(out: &mut String, title: &str, lines: &str) {
    let _ = writeln!(out, ".SH \"{title}\"\n.nf");
    for line in lines.lines() {
        let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
        // A dot at the start of a line would be a request.
        let _ = writeln!(out, "\\&{}", line.strip_prefix("  ").unwrap_or(&line));
    }
    out.push_str(".fi\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_section_are_text_and_never_requests() {
        let mut out = String::new();
        section(&mut out, "EXAMPLES", "  a --b 'c'\n.so x\\y");
        assert_eq!(out, ".SH \"EXAMPLES\"\n.nf\n\\&a \\-\\-b \\(aqc\\(aq\n\\&.so x\\ey\n.fi\n");
    }
}
