//! The output of `login`.

use serde_json::json;

use crate::account::{Origin, ProfileStore, SavedProfile};
use crate::commands::Context;
use crate::host::env::names;
use crate::output::profiles;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};

/// Prints the profile, where the key is stored, what it replaced, and warnings.
pub(super) fn show(
    context: &mut Context,
    store: &ProfileStore,
    saved: &SavedProfile,
    origin: Origin,
) -> Result<(), Failure> {
    let active = store.active_name();
    let profile = &saved.profile;
    let mut value = profiles::to_json(profile, active);
    value["replaced"] = json!(saved.replaced.as_ref().map(|old| profiles::to_json(old, active)));
    let place = saved.is_fallback().then(|| saved.location());
    value["notes"] = json!(place.iter().chain(&saved.notes).collect::<Vec<_>>());
    let warnings = warnings(context, saved, origin);
    context.output.show(&value, |out| {
        let words = profiles::in_words(profile);
        let line = format!("{}: {} key {words}", profile.name, profile.key_type);
        out.text(&format!("{}  {}", style::good("Logged in"), sanitize(&line)))?;
        out.status(&style::dim(&sanitize(&saved.location())))?;
        for warning in warnings {
            out.status(&style::warn(&sanitize(&warning)))?;
        }
        if let Some(old) = &saved.replaced {
            out.status(&style::dim(&format!("It replaces {}.", profiles::in_words(old))))?;
        }
        if profile.name != active {
            let name = &profile.name;
            let line = format!(
                "The active profile is still {active}. Use this one with --profile {name}, or: cstar profiles use {name}"
            );
            out.status(&style::dim(&line))?;
        }
        Ok(())
    })
}

fn warnings(context: &Context, saved: &SavedProfile, origin: Origin) -> Vec<String> {
    let mut warnings = saved.notes.clone();
    if saved.profile.is_publishable() {
        warnings.push(
            "A publishable key is read-only: listen, trigger and all changes need a secret key (sk_…)."
                .to_owned(),
        );
    }
    if origin == Origin::Flag("--api-key") {
        warnings.push(
            "Other users can see arguments, and the shell's history keeps them: leave --api-key out to be prompted, or pipe the key into --api-key -"
                .to_owned(),
        );
    }
    if context.env.secret(names::API_KEY).is_some() {
        warnings.push(format!("{} is set, and is used before the stored key.", names::API_KEY));
    }
    if origin == super::key::OLDER_TOOL {
        warnings.push(
            "The older tool's file was not changed; anyone who can read it can read the key.".to_owned(),
        );
    }
    warnings
}
