//! `cstar logout`: removes stored keys, and warns about other keys that are still in use.

use serde_json::{Value, json};

use super::Context;
use super::confirm::{Question, confirm};
use crate::account::{Profile, ProfileStore};
use crate::host::env::names;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, error_hints, profiles, style};

/// Remove a stored API key
///
/// Without a flag, removes the key that commands use now, with its profile. Warns if another key, such as
/// CSTAR_API_KEY, is still in use. Asks first, because cStar shows a key only once.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar logout",
    "cstar logout --profile acme-live",
    "cstar logout --all --yes";
    "The key itself stays valid: revoke it under Settings → Team → API Keys.",
])]
pub(crate) struct Args {
    /// Every profile
    #[arg(long)]
    all: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let options = context.global.account_options();
    if args.all && options.profile.is_some() {
        return Err(Failure::usage("--all and --profile exclude each other").hint("leave out one of them"));
    }
    let mut store = ProfileStore::open(&context.env)?;
    let names = match args.all {
        true => store.profiles().into_iter().map(|profile| profile.name).collect(),
        false => vec![store.target_profile(&options, &context.env).0],
    };
    if !args.yes {
        ask(context, &store, &names, args.all).await?;
    }
    store.clear_drafts()?;
    let (mut removed, mut failures) = (Vec::new(), Vec::new());
    for name in &names {
        match store.remove(name).map_err(|error| error_hints::profile_not_removed(name, error)) {
            Ok(profile) => removed.extend(profile),
            Err(failure) => failures.push(failure),
        }
    }
    if removed.is_empty() && failures.is_empty() {
        report_nothing(context, &names)?;
    }
    show(context, &store, &removed)?;
    failures.into_iter().next().map_or(Ok(()), Err)
}

/// Asks for confirmation if a stored key would be lost.
async fn ask(context: &Context, store: &ProfileStore, names: &[String], all: bool) -> Result<(), Failure> {
    let known: Vec<Profile> = names.iter().filter_map(|name| store.profile(name)).collect();
    let Some(first) = known.first() else { return Ok(()) };
    let (text, action, hint) = match all {
        true => {
            let names: Vec<&str> = known.iter().map(|profile| profile.name.as_str()).collect();
            let text = format!("Remove the keys of {} from this machine?", names.join(", "));
            (text, "removing stored keys".to_owned(), "cstar logout --all --yes".to_owned())
        }
        false => {
            let text = format!("Remove the key {} from this machine?", profiles::in_words(first));
            let action = format!("removing the stored key of profile {}", first.name);
            (text, action, format!("cstar logout --profile {} --yes", first.name))
        }
    };
    let text = format!("{} cStar does not show a key again.", sanitize(&text));
    confirm(context, &Question { text: &text, action: &action, hint: &hint }).await.map(drop)
}

fn report_nothing(context: &mut Context, names: &[String]) -> Result<(), Failure> {
    let line = match names {
        [name] => format!("Not logged in as {}: there is nothing to remove.", sanitize(name)),
        _ => "There are no profiles: there is nothing to remove.".to_owned(),
    };
    Ok(context.output.status(&line)?)
}

fn show(context: &mut Context, store: &ProfileStore, removed: &[Profile]) -> Result<(), Failure> {
    let active = store.active_name();
    let gone: Vec<Value> = removed.iter().map(|profile| profiles::to_json(profile, active)).collect();
    let left: Vec<String> = store.profiles().into_iter().map(|profile| profile.name).collect();
    let variable = context.env.secret(names::API_KEY).is_some();
    let value = json!({ "removed": gone, "remaining": left, "key_in_environment": variable });
    context.output.show(&value, |out| {
        for profile in removed {
            let (words, place) = (profiles::in_words(profile), profile.backend.describe());
            let line = format!("{}: {words}, from {place}", profile.name);
            out.text(&format!("{}  {}", style::good("Logged out"), sanitize(&line)))?;
        }
        profiles::remains(store, &context.env).iter().try_for_each(|line| out.status(&style::warn(line)))
    })
}
