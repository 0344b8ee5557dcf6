//! What is offered where, without a shell.

use super::*;
use crate::args::shell::Shell;
use crate::host::clock::Clock;
use crate::host::env::Env;
use crate::output::{Options, Output};

fn offered(env: &Env, line: &str) -> Vec<String> {
    let global = crate::args::global::GlobalArgs::default();
    let output = Output::from_process(Options::default(), env);
    let context = Context { global, env: env.clone(), clock: Clock::System, output };
    let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let line = Line::read(Shell::Fish, &words, words.len() - 1).unwrap();
    let found = candidates(&context, crate::cli::public_tree(), &line);
    let part = crate::cli::public_tree_for(&words_before(&line));
    assert_eq!(candidates(&context, part, &line), found, "with only the commands that the line needs");
    found.into_iter().map(|(value, _)| value).collect()
}

fn nowhere() -> Env {
    Env::from([("CSTAR_HOME", "/nonexistent")])
}

#[test]
fn event_types_are_offered() {
    let tickets = offered(&nowhere(), "cstar trigger tick");
    assert!(tickets.len() > 5 && tickets.iter().all(|name| name.starts_with("ticket.")), "{tickets:?}");
    assert_eq!(offered(&nowhere(), "cstar events show tick"), tickets);
    assert_eq!(offered(&nowhere(), "cstar --json trigger survey."), ["survey.submitted"]);
    assert_eq!(offered(&nowhere(), "cstar bench 3000 --events survey.s"), ["survey.submitted"]);
}

#[test]
fn names_of_scenarios_are_offered() {
    assert_eq!(offered(&nowhere(), "cstar trigger --scenario esc"), ["escalation"]);
    assert_eq!(offered(&nowhere(), "cstar trigger --scenario=esc"), ["--scenario=escalation"]);
}

#[test]
fn patterns_are_offered_in_lists_and_routes() {
    assert!(
        offered(&nowhere(), "cstar listen --events ticket.*,survey.")
            .contains(&"ticket.*,survey.*".to_owned())
    );
    assert_eq!(offered(&nowhere(), "cstar listen --events=survey.s"), ["--events=survey.submitted"]);
    assert!(offered(&nowhere(), "cstar listen --route ticket").contains(&"ticket.*=".to_owned()));
    for line in ["cstar webhooks create --events", "cstar webhooks update whk_1 --events"] {
        assert_eq!(offered(&nowhere(), &format!("{line} survey.")), ["survey.submitted", "survey.*"]);
    }
    assert_eq!(offered(&nowhere(), "cstar webhooks test whk_1 survey."), ["survey.submitted"]);
}

#[test]
fn possible_values_are_offered() {
    let tools = offered(&nowhere(), "cstar mcp-server --tools cstar_list_");
    assert!(tools.contains(&"cstar_list_tickets".to_owned()), "{tools:?}");
    assert_eq!(offered(&nowhere(), "cstar login --store k"), ["keychain"]);
    assert_eq!(offered(&nowhere(), "cstar logs --method PA"), ["PATCH"]);
    assert_eq!(offered(&nowhere(), "cstar sandbox se"), ["seed"]);
}

#[test]
fn flags_are_offered_after_a_dash() {
    assert!(offered(&nowhere(), "cstar trigger ").iter().all(|name| !name.starts_with('-')));
    assert_eq!(offered(&nowhere(), "cstar trigger --al"), ["--all"]);
    assert!(offered(&nowhere(), "cstar trigger --sand").contains(&"--sandbox".to_owned()));
    for line in ["cstar status ", "cstar events show ticket.created ", "cstar why evt_1 "] {
        assert!(offered(&nowhere(), line).is_empty(), "a shell types what all flags begin with: {line}");
    }
    assert!(offered(&nowhere(), "cstar status -").contains(&"--json".to_owned()));
}

#[test]
fn files_are_offered_after_an_at_sign() {
    let here = tempfile::tempdir().unwrap();
    std::fs::write(here.path().join("body.json"), "").unwrap();
    std::fs::create_dir(here.path().join("bodies")).unwrap();
    std::fs::write(here.path().join("bodies/a b.json"), "").unwrap();
    let env = nowhere().at(here.path(), here.path());
    let directory = format!("@bodies{}", std::path::MAIN_SEPARATOR);
    for (typed, expected) in [
        ("--data @b", vec![directory.as_str(), "@body.json"]),
        ("--data @body", vec!["@body.json"]),
        ("--data ", vec![directory.as_str(), "@body.json"]),
        ("--data @bodies/", vec!["@bodies/a b.json"]),
        ("--data b", vec![]),
        ("--data {", vec![]),
    ] {
        assert_eq!(offered(&env, &format!("cstar trigger ticket.created {typed}")), expected, "{typed}");
    }
    assert_eq!(offered(&env, "cstar trigger ticket.created --data=@body"), ["--data=@body.json"]);
    assert_eq!(offered(&env, "./target/debug/cstar trigger x --data @body"), ["@body.json"]);
}

#[test]
fn hidden_commands_are_not_offered() {
    let commands = offered(&nowhere(), "cstar ");
    assert!(commands.contains(&"listen".to_owned()) && commands.contains(&"help".to_owned()), "{commands:?}");
    assert!(!commands.iter().any(|name| name.starts_with('_')), "{commands:?}");
    assert_eq!(offered(&nowhere(), "cstar help exi"), ["exit-codes"]);
    assert_eq!(offered(&nowhere(), "cstar completion "), ["bash", "zsh", "fish", "powershell", "elvish"]);
}

#[test]
fn profiles_are_those_of_the_configuration() {
    let home = tempfile::tempdir().unwrap();
    let text =
        "version = 1\nactive = \"b\"\n[profiles.a]\nkey = 1\n[profiles.b]\nkey = 2\n[profiles.\"$(id)\"]\n";
    std::fs::write(home.path().join("config.toml"), text).unwrap();
    let env = Env::from([("CSTAR_HOME", home.path().to_str().unwrap())]);
    for line in ["cstar profiles use ", "cstar --profile ", "cstar trigger --profile "] {
        assert_eq!(offered(&env, line), ["a", "b"], "{line}");
    }
}

#[test]
fn unreadable_files_offer_nothing() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("config.toml"), "[[[").unwrap();
    std::fs::write(home.path().join("history.sqlite3"), "no database").unwrap();
    let env = Env::from([("CSTAR_HOME", home.path().to_str().unwrap())]);
    for line in ["cstar why evt", "cstar replay evt", "cstar nothing here", "cstar why"] {
        offered(&env, line);
    }
    assert!(offered(&env, "cstar why evt").is_empty());
}
