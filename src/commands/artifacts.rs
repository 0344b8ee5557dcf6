//! `cstar artifacts` (hidden): writes the man pages that are kept in the repository. A test compares them
//! with the command tree and the topics; `cargo artifacts` rewrites them.

mod page;
mod roff;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Command;

use super::Context;
use crate::output::Failure;
use crate::topics::TOPICS;

/// Write the man pages below a directory
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Directory that gets `man/`
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Runs the command.
pub(crate) fn run(_context: &mut Context, args: Args, tree: Command) -> Result<(), Failure> {
    write(&args.directory, tree).map_err(|error| {
        Failure::failed(format!("could not write below `{}`: {error}", args.directory.display()))
    })
}

fn write(directory: &Path, mut tree: Command) -> io::Result<()> {
    let man = directory.join("man");
    fs::create_dir_all(&man)?;
    tree.build();
    for topic in TOPICS {
        fs::write(man.join(format!("cstar-{}.7", topic.name)), page::of_topic(&topic))?;
    }
    pages("cstar", &tree, &man)
}

/// One page for `command`, and one for each of its commands.
fn pages(name: &str, command: &Command, directory: &Path) -> io::Result<()> {
    for below in page::shown(command) {
        pages(&format!("{name}-{}", below.get_name()), below, directory)?;
    }
    fs::write(directory.join(format!("{name}.1")), page::of_command(name, command))
}
