//! `cstar keys list`: one line per key, without the keys themselves.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::summary::is_in_use;
use crate::api::TeamKey;
use crate::commands::Context;
use crate::output::sanitize::{escape, shorten};
use crate::output::table::{Column, Fit};
use crate::output::{Failure, style, table};

/// List the team's API keys
///
/// Shows the id and the beginning of each key, and when it was last used. Full keys are shown only at creation.
///
/// cStar does not document this request. `cstar doctor` shows whether your server has it.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar keys list",
    "cstar keys list --json | jq -r '.[] | select(.lastUsedAt == null) | .id'",
])]
pub(super) struct Args {}

/// The columns on a terminal. The beginning of a key already shows type and environment, so those come last.
const COLUMNS: [Column; 7] = [
    Column::new("ID", Fit::Whole),
    Column::new("NAME", Fit::Truncate(16)),
    Column::new("KEY", Fit::Whole),
    Column::optional("LAST USED", Fit::Whole),
    Column::optional("TYPE", Fit::Whole),
    Column::optional("ENVIRONMENT", Fit::Whole),
    Column::optional("CREATED", Fit::Whole),
];

pub(super) async fn run(context: &mut Context, _: &Args) -> Result<(), Failure> {
    let session = context.session().await?;
    let keys = session.client.keys(&session.identity).await?;
    let list: Vec<&Value> = keys.iter().map(|key| &key.raw).collect();
    context.output.show(&list, |out| {
        let lines = match out.stdout_is_terminal() {
            true => for_person(&keys, &TimeZone::system(), out.columns()),
            false => for_program(&keys),
        };
        lines.iter().try_for_each(|line| out.data(line))?;
        for key in keys.iter().filter(|key| is_in_use(&session, key)) {
            let line = format!("In use now: {}, from {}", escape(key.id()), session.account.origin);
            out.status(&style::dim(&line))?;
        }
        Ok(())
    })
}

/// Columns that fit the terminal, with times in the local time zone.
fn for_person(keys: &[TeamKey], zone: &TimeZone, room: Option<usize>) -> Vec<String> {
    let row = |key: &TeamKey| {
        let time =
            |member, never: &str| key.text(member).map_or_else(|| never.to_owned(), |text| local(text, zone));
        let prefix = format!("{}…", cell(key, "prefix"));
        let [id, name, kind, environment] =
            ["id", "name", "type", "environment"].map(|member| cell(key, member));
        let (used, created) = (time("lastUsedAt", "never"), time("createdAt", "-"));
        vec![id, name, prefix, used, kind, environment, created]
    };
    table::render(&COLUMNS, &keys.iter().map(row).collect::<Vec<_>>(), room)
}

/// Tab-separated, with the values of the API.
fn for_program(keys: &[TeamKey]) -> Vec<String> {
    let members = ["id", "name", "type", "environment", "prefix", "createdAt", "lastUsedAt"];
    keys.iter().map(|key| members.map(|member| cell(key, member)).join("\t")).collect()
}

fn cell(key: &TeamKey, member: &str) -> String {
    key.text(member).map_or_else(|| "-".to_owned(), |text| shorten(&escape(text)))
}

/// In local time; text that is not a time is returned unchanged.
fn local(text: &str, zone: &TimeZone) -> String {
    match text.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => shorten(&escape(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn keys() -> Vec<TeamKey> {
        let full = json!({"id": "key_1", "object": "api_key", "name": "CI\u{1b}[2J", "type": "secret",
            "environment": "test", "prefix": "sk_test_AbCd", "createdAt": "2026-03-06T14:30:00Z",
            "lastUsedAt": "yesterday", "expiresAt": null});
        let never = json!({"id": "key_2", "prefix": "pk_live_AbCd", "lastUsedAt": null});
        [full, never].into_iter().map(|raw| TeamKey { raw }).collect()
    }

    #[test]
    fn pipe_gets_sanitized_api_values() {
        assert_eq!(
            for_program(&keys()),
            [
                "key_1\tCI\\x1b[2J\tsecret\ttest\tsk_test_AbCd\t2026-03-06T14:30:00Z\tyesterday",
                "key_2\t-\t-\t-\tpk_live_AbCd\t-\t-"
            ]
        );
    }

    #[test]
    fn terminal_gets_columns_and_local_time() {
        let lines = for_person(&keys(), &TimeZone::fixed(jiff::tz::offset(1)), None);
        assert_eq!(
            lines[1],
            "key_1  CI\\x1b[2J  sk_test_AbCd…  yesterday  secret  test         2026-03-06 15:30"
        );
        assert!(lines[2].contains("pk_live_AbCd…  never "), "{lines:?}");
        let short = for_person(&keys(), &TimeZone::UTC, Some(44));
        assert_eq!(short[1], "key_1  CI\\x1b[2J  sk_test_AbCd…  yesterday");
    }
}
