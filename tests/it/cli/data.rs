//! Commands that print what is built in: the event catalogue and completions.

use std::collections::BTreeSet;

use super::commands;
use crate::support::Home;

#[test]
fn events_list_has_columns_for_cut() {
    let home = Home::new();
    let all = home.run(["events"]).ok();
    assert_eq!(all.stdout.lines().count(), 35);
    let rows: Vec<Vec<&str>> = all.stdout.lines().map(|line| line.split('\t').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 3 && row.iter().all(|cell| !cell.is_empty())), "{rows:?}");
    let categories: BTreeSet<&str> = rows.iter().map(|row| row[1]).collect();
    assert_eq!(categories.len(), 7, "{categories:?}");
    let mut sum = 0;
    for category in categories {
        let some = home.run(["events", "--category", category]).ok();
        assert!(some.stdout.lines().all(|line| line.split('\t').nth(1) == Some(category)), "{some:?}");
        sum += some.stdout.lines().count();
    }
    assert_eq!(sum, 35);
}

#[test]
fn events_show_prints_a_whole_event() {
    let home = Home::new();
    let printed = home.run(["events", "show", "ticket.created"]).ok().json();
    for member in ["id", "type", "created_at", "team_id", "data"] {
        assert!(!printed[member].is_null(), "{member}: {printed}");
    }
    assert_eq!(printed["type"], "ticket.created");
    let catalogue = home.run(["events", "--json"]).ok().json();
    for event in catalogue.as_array().unwrap() {
        let name = event["type"].as_str().unwrap();
        assert_eq!(home.run(["events", "show", name, "--json"]).ok().json()["type"], name);
    }
}

#[test]
fn completion_has_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let offered = home.run(["__complete", shell, "1", "--", "cstar", ""]).ok().stdout;
        let offered: Vec<&str> = offered.lines().filter_map(|line| line.split(['\t', ':']).next()).collect();
        for command in commands(&home) {
            assert!(offered.contains(&command.as_str()), "{shell} does not offer {command}: {offered:?}");
        }
    }
}
