//! `cstar keys list`: one line per key, never the key itself.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::is_in_use;
use crate::api::TeamKey;
use crate::commands::Context;
use crate::commands::session::Session;
use crate::output::clean::{clean, shorten};
use crate::output::{Failure, style, table};

/// List the team's API keys
///
/// Each with its id, its beginning, and when it was last used. The keys themselves are shown by nobody once
/// they were created.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar keys list\n  cstar keys list --json | jq -r '.[] | select(.lastUsedAt == null) | .id'"
)]
pub(super) struct Args {}

const HEADER: [&str; 7] = ["ID", "NAME", "TYPE", "ENVIRONMENT", "KEY", "CREATED", "LAST USED"];

pub(super) async fn run(context: &mut Context, _: &Args) -> Result<(), Failure> {
    let session = Session::new(context).await?;
    let keys = session.client.keys(&session.identity).await?;
    if context.output.is_json() {
        let list: Vec<&Value> = keys.iter().map(|key| &key.raw).collect();
        return Ok(context.output.json(&list)?);
    }
    let aligned = context.output.stdout_is_terminal();
    for line in lines(&keys, aligned.then(TimeZone::system)) {
        context.output.data(&line)?;
    }
    for key in keys.iter().filter(|key| is_in_use(&session, key)) {
        let line = format!("In use now: {}, from {}", clean(key.id()), session.account.origin);
        context.output.note(&style::dim(&line))?;
    }
    Ok(())
}

/// Aligned for a person, in the zone of the machine; for a program separated by tabs, as the API says it.
fn lines(keys: &[TeamKey], zone: Option<TimeZone>) -> Vec<String> {
    let rows: Vec<Vec<String>> = keys.iter().map(|key| row(key, zone.as_ref())).collect();
    table::lines(&HEADER, &rows, zone.is_some())
}

fn row(key: &TeamKey, zone: Option<&TimeZone>) -> Vec<String> {
    let text = |member| key.text(member).map_or_else(|| "-".to_owned(), |text| shorten(&clean(text)));
    let time = |member, never: &str| match (key.text(member), zone) {
        (Some(text), Some(zone)) => local(text, zone),
        (None, Some(_)) => never.to_owned(),
        (_, None) => text(member),
    };
    let prefix = match zone {
        Some(_) => format!("{}…", text("prefix")),
        None => text("prefix"),
    };
    vec![
        text("id"),
        text("name"),
        text("type"),
        text("environment"),
        prefix,
        time("createdAt", "-"),
        time("lastUsedAt", "never"),
    ]
}

/// As on the clock here, or as it came when it is no time.
fn local(text: &str, zone: &TimeZone) -> String {
    match text.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => shorten(&clean(text)),
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
    fn a_program_gets_what_the_api_says_without_what_a_terminal_obeys() {
        assert_eq!(
            lines(&keys(), None),
            [
                "key_1\tCI\\x1b[2J\tsecret\ttest\tsk_test_AbCd\t2026-03-06T14:30:00Z\tyesterday",
                "key_2\t-\t-\t-\tpk_live_AbCd\t-\t-"
            ]
        );
    }

    #[test]
    fn a_person_gets_columns_and_the_time_of_the_place() {
        let lines = lines(&keys(), Some(TimeZone::fixed(jiff::tz::offset(1))));
        assert_eq!(
            lines[1],
            "key_1  CI\\x1b[2J  secret  test         sk_test_AbCd…  2026-03-06 15:30  yesterday"
        );
        assert!(lines[2].ends_with("pk_live_AbCd…  -                 never"), "{lines:?}");
    }
}
