//! `cstar profiles`: stored keys by name, and trusted project files.

mod list;
mod trust;

use std::path::PathBuf;

use super::Context;
use super::confirm::{Question, confirm};
use crate::account::{Profile, ProfileStore, ProfileStoreError};
use crate::output::sanitize::sanitize;
use crate::output::{Failure, error_hints, profiles, style};

/// List stored keys by name, choose one, and trust project files
///
/// A profile is a stored key with a name, its team and its server. `cstar login --profile NAME` creates one.
/// Commands use the profile named by `--profile`, CSTAR_PROFILE or the project's .cstar.toml, otherwise the active
/// one.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar profiles list",
    "cstar profiles use acme-live",
    "cstar profiles remove acme-test",
    "cstar profiles trust",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Subcommand,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    /// List the profiles
    ///
    /// Shows the team, the environment and where the key is stored, and marks the active profile. Works offline and
    /// prints no key.
    #[command(after_help = examples![
        "cstar profiles list",
        "cstar profiles list --json | jq -r '.[].name'",
    ])]
    List,
    /// Make a profile the active one
    ///
    /// It is used in every terminal when no other profile is named. For one command or one project use `--profile`,
    /// CSTAR_PROFILE or .cstar.toml instead.
    #[command(after_help = "Example:\n  cstar profiles use acme-live")]
    Use {
        /// Name of the profile
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Remove a profile and its key
    ///
    /// Deletes the key from where it is stored. It stays valid at cStar until you revoke it: `cstar keys revoke`. Asks
    /// first, because cStar shows a key only once.
    #[command(after_help = examples!["cstar profiles remove acme-test", "cstar profiles remove acme-test --yes"])]
    Remove {
        /// Name of the profile
        #[arg(value_name = "NAME")]
        name: String,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
    /// Trust a project file, after showing its contents
    ///
    /// A .cstar.toml comes with a project that someone else may have written. It can name a profile, a base URL and
    /// targets. Only the content shown is trusted: a file that changed must be trusted again.
    #[command(after_help = examples![
        "cstar profiles trust",
        "cstar profiles trust ../shop/.cstar.toml --yes";
        "An untrusted .cstar.toml can only choose a profile of test data, deliver to /api/webhooks on this machine, and\n",
        "name a server on this machine for the sandbox's public keys.",
    ])]
    Trust {
        /// The project file [default: the nearest .cstar.toml]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        Subcommand::List => list::run(context),
        Subcommand::Use { name } => make_active(context, &name),
        Subcommand::Remove { name, yes } => remove(context, &name, yes).await,
        Subcommand::Trust { file, yes } => trust::run(context, file, yes).await,
    }
}

fn make_active(context: &mut Context, name: &str) -> Result<(), Failure> {
    let mut store = ProfileStore::open(&context.env)?;
    let profile = store.use_profile(name)?;
    show(context, "Active", &store, &profile)
}

async fn remove(context: &mut Context, name: &str, yes: bool) -> Result<(), Failure> {
    let mut store = ProfileStore::open(&context.env)?;
    if let (false, Some(profile)) = (yes, store.profile(name)) {
        let words = profiles::in_words(&profile);
        let text = format!("Remove the key {words} from this machine? cStar does not show a key again.");
        let question = Question {
            text: &text,
            action: &format!("removing the stored key of profile {name}"),
            hint: &format!("cstar profiles remove {name} --yes"),
        };
        confirm(context, &question).await?;
    }
    let removed = store.remove(name).map_err(|error| error_hints::profile_not_removed(name, error))?;
    let Some(profile) = removed else {
        return Err(ProfileStoreError::NoProfile(name.to_owned()).into());
    };
    show(context, "Removed", &store, &profile)?;
    for line in profiles::remains(&store, &context.env) {
        context.output.status(&style::warn(&line))?;
    }
    Ok(())
}

fn show(context: &mut Context, done: &str, store: &ProfileStore, profile: &Profile) -> Result<(), Failure> {
    context.output.show(&profiles::to_json(profile, store.active_name()), |out| {
        let line = format!("{}: {}", profile.name, profiles::in_words(profile));
        out.text(&format!("{}  {}", style::good(done), sanitize(&line)))
    })
}
