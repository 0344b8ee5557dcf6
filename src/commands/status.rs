//! `cstar status`: team, key, server, rate limit, and running listeners.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Context;
use crate::api::RateLimit;
use crate::history::{self, ActiveRun};
use crate::ops::status::Status;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, format, style, table};

/// Show team, key, rate limit and running listeners
///
/// Also lists every `cstar listen` that runs on this machine. If cStar cannot be reached, local information is still
/// shown, and the exit code says why the rest is missing.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar status",
    "cstar status --profile acme-live",
    "cstar status --sandbox",
    "cstar status --json | jq -r .team.id",
])]
pub(crate) struct Args {}

pub(crate) async fn run(context: &mut Context, _: Args) -> Result<(), Failure> {
    let account = context.account()?;
    let client = context.client_for(&account)?;
    let history = history::default_path(&context.env);
    let mut status = Status::offline(&account, history.as_deref(), context.clock.now());
    let asked = status.ask(&client).await;
    // Local information is printed in any case, the error after it.
    show(context, &status)?;
    Ok(asked?)
}

fn show(context: &mut Context, status: &Status) -> Result<(), Failure> {
    context.output.show(&status.to_json(), |out| {
        let rows = rows(status, context.clock.now(), &TimeZone::system());
        table::pairs(&rows, out.stdout_is_terminal()).iter().try_for_each(|line| out.text(line))
    })?;
    if let Err(error) = &status.listening {
        let line = format!("Could not look for a running listener: {}", sanitize(&error.to_string()));
        context.output.status(&style::warn(&line))?;
    }
    Ok(())
}

/// Names and values, sanitized.
fn rows(status: &Status, now: Timestamp, zone: &TimeZone) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut add = |name: &str, value: String| rows.push(vec![name.to_owned(), value]);
    if let Some(identity) = &status.identity {
        let name = identity.team_name.as_deref().unwrap_or("-");
        let slug = identity.team_slug.as_deref().map(|slug| format!(" ({slug})")).unwrap_or_default();
        add("Team", sanitize(&format!("{name}{slug}")));
        add("Team id", sanitize(&identity.team_id));
    }
    add("Environment", sanitize(&status.environment));
    // Not `sanitize`, which would also redact the end of the key.
    add("Key", format!("{}, {}", status.key, sanitize(&status.key_type)));
    let profile = status.profile.as_ref().map(|(name, _)| format!(", profile {name}")).unwrap_or_default();
    add("Key from", sanitize(&format!("{}{profile}", status.key_origin)));
    add("Base URL", sanitize(&status.base_url));
    if status.identity.is_some() {
        add("Rate limit", status.rate_limit.map_or_else(|| "none".to_owned(), |rate| budget(rate, now)));
    }
    match &status.listening {
        Ok(runs) if runs.is_empty() => add("Listening", "no".to_owned()),
        Ok(runs) => runs.iter().for_each(|run| add("Listening", listener(run, status, now, zone))),
        Err(_) => {}
    }
    rows
}

fn budget(rate: RateLimit, now: Timestamp) -> String {
    let left = format!("{} of {} left", format::count(rate.remaining), format::count(rate.limit));
    match rate.resets_in(now) {
        Some(wait) => format!("{left}, resets in {}", format::duration_in_words(wait)),
        None => left,
    }
}

/// A running `listen`; its server, or its team there, is named if it is not the one in use.
fn listener(run: &ActiveRun, status: &Status, now: Timestamp, zone: &TimeZone) -> String {
    let since = run.started_at.to_zoned(zone.clone());
    let ago = now.duration_since(run.started_at);
    let day = if ago > SignedDuration::from_hours(20) { "%Y-%m-%d %H:%M" } else { "%H:%M" };
    let own_team = status.identity.as_ref().map(|identity| identity.team_id.as_str());
    let server = match (run.scope.base_url.as_str(), run.scope.team_id.as_deref()) {
        (other, _) if other != status.base_url => format!(", events of {other}"),
        (_, Some(team)) if own_team.is_some_and(|own| own != team) => format!(", events of team {team}"),
        _ => String::new(),
    };
    let line = format!(
        "pid {} → {}, since {} ({}){server}",
        run.pid,
        run.targets.join(", "),
        since.strftime(day),
        format::duration_in_words(ago)
    );
    sanitize(&line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Backend;
    use crate::api::Identity;
    use crate::history::RunScope;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_772_807_400 + seconds).unwrap()
    }

    fn run(base_url: &str) -> ActiveRun {
        ActiveRun {
            pid: 4242,
            scope: RunScope { base_url: base_url.to_owned(), team_id: None, environment: None },
            targets: vec!["http://localhost:3000/a".to_owned(), "http://localhost:3001/b".to_owned()],
            started_at: at(-720),
        }
    }

    fn status() -> Status {
        Status {
            base_url: "https://www.cstar.help".to_owned(),
            key: "sk_test_…AB12".to_owned(),
            key_origin: "the credentials file".to_owned(),
            profile: Some(("acme-test".to_owned(), Backend::File)),
            key_type: "secret".to_owned(),
            environment: "test".to_owned(),
            identity: Some(Identity {
                team_id: "t-1".to_owned(),
                team_name: Some("Acme\u{1b}[2J".to_owned()),
                team_slug: Some("acme".to_owned()),
                key_type: None,
                environment: None,
            }),
            rate_limit: Some(RateLimit { limit: 1000, remaining: 987, reset: Some(at(715)), sent: None }),
            listening: Ok(vec![run("https://www.cstar.help"), run("http://127.0.0.1:4747")]),
        }
    }

    fn printed(status: &Status) -> Vec<String> {
        table::lines(&["", ""], &rows(status, at(0), &TimeZone::UTC), false)
    }

    #[test]
    fn status_rows_are_sanitized() {
        assert_eq!(
            printed(&status()),
            [
                "Team\tAcme\\x1b[2J (acme)",
                "Team id\tt-1",
                "Environment\ttest",
                "Key\tsk_test_…AB12, secret",
                "Key from\tthe credentials file, profile acme-test",
                "Base URL\thttps://www.cstar.help",
                "Rate limit\t987 of 1,000 left, resets in 12 minutes",
                "Listening\tpid 4242 → http://localhost:3000/a, http://localhost:3001/b, since 14:18 (12 minutes)",
                "Listening\tpid 4242 → http://localhost:3000/a, http://localhost:3001/b, since 14:18 (12 minutes), events of http://127.0.0.1:4747",
            ]
        );
    }

    #[test]
    fn listeners_of_other_teams_are_named() {
        let mut run = run("https://www.cstar.help");
        for (team, end) in
            [(None, "minutes)"), (Some("t-1"), "minutes)"), (Some("t-2"), ", events of team t-2")]
        {
            run.scope.team_id = team.map(str::to_owned);
            let line = listener(&run, &status(), at(0), &TimeZone::UTC);
            assert!(line.ends_with(end), "{line}");
        }
    }

    #[test]
    fn unknown_values_are_omitted() {
        let offline = Status { identity: None, rate_limit: None, listening: Ok(Vec::new()), ..status() };
        let printed = printed(&offline);
        assert_eq!(printed[0], "Environment\ttest");
        assert_eq!(printed.last().unwrap(), "Listening\tno");
        let json = offline.to_json();
        assert!(
            json["team"].is_null()
                && json["rate_limit"].is_null()
                && json["listening"] == serde_json::json!([])
        );
    }
}
