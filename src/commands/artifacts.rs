//! `cstar artifacts` (hidden): writes the completion scripts and man pages that are kept in the
//! repository. A test compares them with the command tree; `cargo artifacts` rewrites them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;

use super::Context;
use crate::cli::Cli;
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
        clap_complete::generate_to(*shell, &mut Cli::command(), "cstar", &completions)?;
    }
    let man = directory.join("man");
    fs::create_dir_all(&man)?;
    clap_mangen::generate_to(Cli::command(), &man)
}
