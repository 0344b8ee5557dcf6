//! `cstar profiles list`: one line per profile. No key is looked at.

use serde_json::Value;

use crate::account::{Origin, Profile, ProfileStore};
use crate::commands::Context;
use crate::output::profiles;
use crate::output::sanitize::{escape, shorten};
use crate::output::table::{Column, Fit};
use crate::output::{Failure, style, table};

const COLUMNS: [Column; 7] = [
    Column::new("", Fit::Whole),
    Column::new("NAME", Fit::Truncate(12)),
    Column::new("TEAM", Fit::Truncate(8)),
    Column::new("ENVIRONMENT", Fit::Whole),
    Column::new("KEY", Fit::Whole),
    Column::optional("KEPT IN", Fit::Whole),
    Column::optional("BASE URL", Fit::Truncate(16)),
];

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let store = ProfileStore::open(&context.env)?;
    let (all, active) = (store.profiles(), store.active_name());
    let list: Vec<Value> = all.iter().map(|profile| profiles::to_json(profile, active)).collect();
    context.output.show(&list, |out| {
        let rows: Vec<Vec<String>> = all.iter().map(|profile| row(profile, active)).collect();
        if rows.is_empty() {
            return out.status("There are no profiles yet; make one: cstar login");
        }
        let lines = match out.stdout_is_terminal() {
            true => table::render(&COLUMNS, &rows, out.columns()),
            false => rows.iter().map(|row| row.join("\t")).collect(),
        };
        lines.iter().try_for_each(|line| out.data(line))?;
        let (named, origin) = store.target_profile(&context.global.account_options(), &context.env);
        if let Origin::Environment(variable) = origin {
            let line = format!("In use here: {}, because of {variable}", escape(&named));
            out.status(&style::dim(&line))?;
        }
        Ok(())
    })
}

fn row(profile: &Profile, active: &str) -> Vec<String> {
    let mark = if profile.name == active { "*" } else { "" };
    let base = profile.base.to_string();
    let cells = [
        mark,
        &profile.name,
        profile.team_label(),
        &profile.environment,
        &profile.masked_key,
        profile.backend.name(),
        &base,
    ];
    cells.iter().map(|cell| shorten(&escape(cell))).collect()
}
