//! `cstar init receiver`: a receiver with a test, for one of the frameworks of the topic `receivers`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use serde_json::json;

use super::framework::{FRAMEWORKS, Framework, SourceFile};
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::host::io_error::io_message;
use crate::host::shell::quote;
use crate::output::format::pluralize;
use crate::output::sanitize::sanitize;
use crate::output::width::pad;
use crate::output::{Failure, style};

/// Write a webhook receiver with a test
///
/// The receiver is that of `cstar help receivers`, and processes each event only once: it remembers the ids, in SQLite
/// where the language has it, otherwise in files. The test runs it with `cstar dev` and the sandbox. Before anything is
/// written, the files are listed. If one exists already, nothing is written.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar init receiver --list",
    "cstar init receiver --framework express --dir receiver",
    "cstar init receiver --framework flask --yes",
])]
pub(super) struct Args {
    /// Framework of the receiver
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "list",
        value_parser = PossibleValuesParser::new(FRAMEWORKS.each_ref().map(|framework| framework.name)),
    )]
    framework: Option<String>,
    /// Directory to write to; it is created if it is missing
    #[arg(long, value_name = "PATH", default_value = ".")]
    dir: PathBuf,
    /// Write without asking
    #[arg(long)]
    yes: bool,
    /// List the frameworks
    #[arg(long, conflicts_with = "framework")]
    list: bool,
}

pub(super) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let chosen = FRAMEWORKS.iter().find(|framework| Some(framework.name) == args.framework.as_deref());
    let Some(framework) = chosen else { return list(context) };
    let files = framework.files()?;
    let paths: Vec<PathBuf> = files.iter().map(|file| args.dir.join(file.name)).collect();
    if let Some(path) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(exists(path));
    }
    announce(context, framework, &args.dir, &files)?;
    if !args.yes {
        let text = format!("Write {} to {}?", pluralize(files.len() as u64, "file"), shown(&args.dir));
        let question = Question { text: &text, action: "writing files", hint: "add --yes" };
        confirm(context, &question).await?;
    }
    write_all(&paths, &files)?;
    report(context, framework, &args.dir, &files)
}

fn list(context: &mut Context) -> Result<(), Failure> {
    let names: Vec<_> = FRAMEWORKS.iter().map(|it| json!({ "name": it.name, "title": it.title })).collect();
    context.output.show(&names, |out| {
        FRAMEWORKS
            .iter()
            .try_for_each(|it| out.data(&format!("{}  {}", style::name(&pad(it.name, 8)), it.title)))
    })
}

/// What is written, before it is written.
fn announce(
    context: &mut Context,
    framework: &Framework,
    directory: &Path,
    files: &[SourceFile],
) -> Result<(), Failure> {
    let mut lines = vec![format!("A receiver for {}, in {}:", framework.title, shown(directory))];
    let widest = files.iter().map(|file| file.name.len()).max().unwrap_or_default();
    lines.extend(files.iter().map(|file| {
        let count = pluralize(file.text.lines().count() as u64, "line");
        format!(
            "  {}  {}",
            style::name(&pad(file.name, widest)),
            style::dim(&format!("{count}; {}", file.about))
        )
    }));
    Ok(lines.iter().try_for_each(|line| context.output.status(line))?)
}

/// Writes new files only. If one fails, those before it are removed.
fn write_all(paths: &[PathBuf], files: &[SourceFile]) -> Result<(), Failure> {
    for (at, (path, file)) in paths.iter().zip(files).enumerate() {
        if let Err(error) = write(path, &file.text) {
            for written in paths.iter().take(at) {
                // The first error is the one to report.
                let _ = fs::remove_file(written);
            }
            return Err(match error.kind() {
                io::ErrorKind::AlreadyExists => exists(path),
                _ => Failure::usage(format!("could not write `{}`: {}", path.display(), io_message(&error))),
            });
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory).map_err(|error| match error.kind() {
            // On Windows, when a part of the path is a file.
            io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
            _ => error,
        })?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

fn exists(path: &Path) -> Failure {
    Failure::usage(format!("`{}` exists already; nothing was written", path.display()))
        .hint("name an empty directory with --dir")
}

fn report(
    context: &mut Context,
    framework: &Framework,
    directory: &Path,
    files: &[SourceFile],
) -> Result<(), Failure> {
    let change = (directory != Path::new(".")).then(|| format!("cd {}", quote(&directory.to_string_lossy())));
    let next: Vec<String> =
        change.into_iter().chain(framework.next.iter().map(|line| (*line).to_owned())).collect();
    let names: Vec<&str> = files.iter().map(|file| file.name).collect();
    let value = json!({
        "framework": framework.name,
        "directory": directory.display().to_string(),
        "files": names,
        "next": next,
    });
    context.output.show(&value, |out| {
        out.data(&format!("{} Install, test and run it:", style::good("Written.")))?;
        next.iter().try_for_each(|line| out.data(&format!("  {}", sanitize(line))))
    })
}

fn shown(directory: &Path) -> String {
    match directory == Path::new(".") {
        true => "this directory".to_owned(),
        false => format!("`{}`", sanitize(&directory.display().to_string())),
    }
}
