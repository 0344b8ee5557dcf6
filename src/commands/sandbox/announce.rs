//! The output of a starting sandbox: address, keys, faults, and earlier state.

use std::io;

use serde_json::{Value, json};

use super::start_data::Loaded;
use crate::commands::Context;
use crate::ops::local_sandbox;
use crate::output::sanitize::escape;
use crate::output::{Failure, Output, style};
use crate::sandbox::{self, StorageLocation, Teams};
use crate::sandbox_info;

/// Prints address and keys, the address of the inspector's page if there is one, and what `stops` it.
pub(super) fn announce(
    context: &mut Context,
    (base_url, page): (&str, Option<&str>),
    place: &StorageLocation,
    teams: &Teams,
    (loaded, stops): (&Loaded, &str),
) -> Result<(), Failure> {
    let settings = &teams.main().settings;
    let [secret_test, secret_live, publishable_test, publishable_live] = settings.keys.all();
    let keys = [
        ("secret test", secret_test),
        ("secret live", secret_live),
        ("publishable test", publishable_test),
        ("publishable live", publishable_live),
    ];
    let directory = match place {
        StorageLocation::Memory => None,
        StorageLocation::Directory(directory) => Some(directory.display().to_string()),
    };
    let mut ready = json!({
        "type": "ready",
        "base_url": base_url,
        "team_id": sandbox_info::TEAM_ID,
        "keys": keys.map(|(_, key)| key),
        "data_dir": directory,
        "chaos_seed": settings.fault_seed,
    });
    if let Some(page) = page {
        ready["inspector"] = page.into();
    }
    let others: Vec<Value> = teams.others().iter().map(|state| sandbox::team_view(state)).collect();
    if !others.is_empty() {
        ready["teams"] = others.clone().into();
    }
    loaded.add_to(&mut ready);
    context.output.show_line(&ready, |out| {
        out.text(&format!("{}  {}", style::good("Sandbox ready"), style::strong(base_url)))?;
        for (kind, key) in keys {
            out.text(&format!("  {:17} {key}", style::dim(&format!("{kind:16}"))))?;
        }
        out.text(&format!("  {:17} {}", style::dim("team            "), sandbox_info::TEAM_ID))?;
        for team in &others {
            announce_team(out, team)?;
        }
        if let Some(page) = page {
            out.status(&format!("  {:17} {page}", style::dim("inspector       ")))?;
        }
        if !others.is_empty() {
            out.status(&style::dim(
                "Commands use the team of their key: CSTAR_API_KEY=KEY cstar status --sandbox",
            ))?;
            out.status(&style::dim(&format!("All keys and signing secrets: {base_url}/_sandbox/teams")))?;
        }
        for fault in &settings.faults {
            out.status(&format!("  {:17} {fault}", style::warn(&format!("{:16}", "fault"))))?;
        }
        if !settings.faults.is_empty() {
            let line = format!("Reproduce these faults: --chaos-seed {}", settings.fault_seed);
            out.status(&style::dim(&line))?;
        }
        let state = match &directory {
            None => "State is in memory and is lost when this process ends.".to_owned(),
            Some(directory) => format!("State is in {}.", escape(directory)),
        };
        out.status(&style::dim(&format!("{state} {stops}")))?;
        loaded.report(out)
    })
}

/// What a test needs of a team: its id, its secret test key, and what its test events are signed with.
fn announce_team(out: &mut Output, team: &Value) -> io::Result<()> {
    let text = |path: &str| team.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let id_and_slug = format!("{}  {}", text("/id"), text("/slug"));
    for (what, value) in [
        ("team", id_and_slug.as_str()),
        ("  secret test", text("/keys/secret_test")),
        ("  signing secret", text("/signing_secrets/test")),
    ] {
        out.text(&format!("  {:17} {value}", style::dim(&format!("{what:16}"))))?;
    }
    Ok(())
}

/// Prints what the state contains, and how to reset it.
pub(super) fn announce_state(
    context: &mut Context,
    place: &StorageLocation,
    state: &str,
) -> Result<(), Failure> {
    let reset = match place {
        StorageLocation::Directory(directory) if context_names(context, directory) => {
            "cstar sandbox reset".to_owned()
        }
        StorageLocation::Directory(directory) => {
            format!("cstar sandbox reset --data-dir '{}'", directory.display())
        }
        StorageLocation::Memory => return Ok(()),
    };
    let line = format!("{state} To reset it: {reset}");
    Ok(context.output.status(&style::dim(&escape(&line)))?)
}

/// Whether this is the default directory, which commands use without `--data-dir`.
fn context_names(context: &Context, directory: &std::path::Path) -> bool {
    local_sandbox::directory(&context.env).is_ok_and(|usual| usual == directory)
}
