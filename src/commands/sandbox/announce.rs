//! The output of a starting sandbox: address, keys, faults, and earlier state.

use serde_json::json;

use super::start_data::Loaded;
use crate::commands::Context;
use crate::ops::local_sandbox;
use crate::output::sanitize::escape;
use crate::output::{Failure, style};
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
    let others = teams.others();
    if !others.is_empty() {
        ready["teams"] = others.iter().map(|state| sandbox::team_view(state)).collect();
    }
    loaded.add_to(&mut ready);
    context.output.show_line(&ready, |out| {
        out.text(&format!("{}  {}", style::good("Sandbox ready"), style::strong(base_url)))?;
        for (kind, key) in keys {
            out.text(&format!("  {:17} {key}", style::dim(&format!("{kind:16}"))))?;
        }
        out.text(&format!("  {:17} {}", style::dim("team            "), sandbox_info::TEAM_ID))?;
        for state in &others {
            let [key, ..] = state.settings.keys.all();
            out.text(&format!("  {:17} {}  {key}", style::dim("another team    "), state.store.team().id))?;
        }
        if let Some(page) = page {
            out.status(&format!("  {:17} {page}", style::dim("inspector       ")))?;
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
