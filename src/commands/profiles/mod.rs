//! `cstar profiles`: the stored keys by name, and the project files that are trusted.

mod list;
mod trust;

use std::path::PathBuf;

use super::Context;
use crate::account::{Profile, Store, StoreError};
use crate::ops::profiles;
use crate::output::clean::safe;
use crate::output::{Failure, style};

/// List stored keys by name, choose one, and trust project files
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar profiles list\n  cstar profiles use acme-live\n  cstar profiles remove acme-test\n  cstar profiles trust"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Subcommand,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    /// List the profiles
    #[command(
        after_help = "Examples:\n  cstar profiles list\n  cstar profiles list --json | jq -r '.[].name'"
    )]
    List,
    /// Make a profile the active one: it is used when none is named
    #[command(after_help = "Example:\n  cstar profiles use acme-live")]
    Use {
        /// Name of the profile
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Remove a profile and its key
    #[command(after_help = "Example:\n  cstar profiles remove acme-test")]
    Remove {
        /// Name of the profile
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Obey a project file as it is now, after showing what it asks for
    #[command(
        after_help = "Examples:\n  cstar profiles trust\n  cstar profiles trust ../shop/.cstar.toml --yes\n\nWithout this, a .cstar.toml can pick a profile that exists and name addresses of this machine, nothing else."
    )]
    Trust {
        /// The project file [default: the nearest .cstar.toml]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
}

/// Runs the command.
pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        Subcommand::List => list::run(context),
        Subcommand::Use { name } => make_active(context, &name),
        Subcommand::Remove { name } => remove(context, &name),
        Subcommand::Trust { file, yes } => trust::run(context, file, yes).await,
    }
}

fn make_active(context: &mut Context, name: &str) -> Result<(), Failure> {
    let mut store = Store::open(&context.env)?;
    let profile = store.use_profile(name)?;
    show(context, "Active", &store, &profile)
}

fn remove(context: &mut Context, name: &str) -> Result<(), Failure> {
    let mut store = Store::open(&context.env)?;
    let Some(profile) = profiles::remove(&mut store, name)? else {
        return Err(StoreError::NoProfile(name.to_owned()).into());
    };
    show(context, "Removed", &store, &profile)?;
    for line in profiles::remains(&store, &context.env) {
        context.output.note(&style::warn(&line))?;
    }
    Ok(())
}

fn show(context: &mut Context, done: &str, store: &Store, profile: &Profile) -> Result<(), Failure> {
    if context.output.is_json() {
        return Ok(context.output.json(&profiles::to_json(profile, store.active_name()))?);
    }
    let line = format!("{}: {}", profile.name, profiles::in_words(profile));
    Ok(context.output.data(&format!("{}  {}", style::good(done), safe(&line)))?)
}
