//! `cstar login`: checks an API key with cStar and stores it.

mod key;
mod report;

use clap::ValueEnum;

use super::Context;
use crate::account::{Account, NewCredential, ProfileStore, StorageChoice};
use crate::net::BaseUrl;
use crate::output::Failure;
use key::{KeyInput, KeySource};

/// Check an API key and store it, so that commands find it
///
/// The key is checked with cStar before it is stored. It is stored as a profile, `default` unless `--profile` names
/// another, which becomes the active one if there was none.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar login",
    "cstar login --api-key - < key.txt",
    "cstar login --profile acme-live",
    "cstar login --sandbox";
    "On a terminal you are prompted for the key. From a pipe it is read from standard input.\n",
    "It is stored in the system's keychain, or if there is none in a file that only you can read.",
])]
pub(crate) struct Args {
    /// Where to store the key [default: the keychain, or the file if there is none]
    #[arg(long, value_name = "PLACE")]
    store: Option<StoreArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StoreArg {
    /// The system's keychain, or fail
    Keychain,
    /// A file that only you can read
    File,
}

/// Where the key is stored.
struct Destination {
    base: BaseUrl,
    name: String,
    choice: StorageChoice,
}

/// Runs the command. Errors that do not depend on the key are reported before the prompt.
pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let options = context.global.account_options();
    let store = ProfileStore::open(&context.env)?;
    let (name, _) = store.target_profile(&options, &context.env);
    ProfileStore::check_name(&name)?;
    let base = Account::login_address(&options, &context.env)?;
    let choice = match args.store {
        None => StorageChoice::Auto,
        Some(StoreArg::Keychain) => StorageChoice::Keychain,
        Some(StoreArg::File) => StorageChoice::File,
    };
    let destination = Destination { base, name, choice };
    match key::source(context, &store)? {
        KeySource::Given(given) => log_in(context, store, given, destination).await,
        KeySource::Ask(mut prompt, older) => {
            let given = key::ask(&mut prompt, older).await?;
            prompt.unless_interrupted(log_in(context, store, given, destination)).await
        }
    }
}

async fn log_in(
    context: &mut Context,
    mut store: ProfileStore,
    given: KeyInput,
    destination: Destination,
) -> Result<(), Failure> {
    let imported = given.origin == key::OLDER_TOOL;
    let account =
        Account::from_key((given.key, given.origin), destination.base, &context.global.account_options())?;
    context.warn_about_host(&account.base)?;
    let identity = context.client_for(&account)?.whoami().await?;
    let new = NewCredential {
        key: account.key,
        base: account.base,
        team_id: identity.team_id,
        team_name: identity.team_name,
        team_slug: identity.team_slug,
        key_type: identity.key_type,
        environment: identity.environment,
        saved_at: context.clock.now(),
    };
    let saved = match imported {
        true => store.save_imported(&destination.name, &new, destination.choice)?,
        false => store.save(&destination.name, &new, destination.choice)?,
    };
    report::show(context, &store, &saved, account.origin)
}
