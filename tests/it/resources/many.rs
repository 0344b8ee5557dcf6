//! `cstar import`, `cstar export` and `cstar audit-log`.

use serde_json::{Value, json};

use super::run;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

fn import(sandbox: &Sandbox, home: &Home, args: &[&str], input: &str) -> CommandOutput {
    let args = [&["import"], args].concat();
    CommandOutput::run_with_input(sandbox.cstar(home).args(args), input.as_bytes())
}

#[test]
fn import_splits_requests_and_counts_records() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let record = |n: usize| json!({"name": format!("N {n}"), "email": format!("n{n}@example.com")});
    let mut records: Vec<Value> = (0..600).map(record).collect();
    records[550] = json!({"name": "No address"});
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    let output = import(&sandbox, &home, &["customers", "-"], &lines);
    assert_eq!((output.code, output.stderr.as_str()), (1, ""), "{output:?}");
    assert_eq!(output.stdout, "Failed  record 551  The 'email' field is required.\nCreated 599, 1 failed\n");
    let again = json!([records[0], {"name": "New name", "email": "n1@example.com"}]).to_string();
    let skipped = import(&sandbox, &home, &["customers", "-"], &again).ok();
    assert_eq!(skipped.stdout, "Created 0, 2 skipped\n");
    let args = ["customers", "-", "--existing", "update", "--json"];
    let updated = import(&sandbox, &home, &args, &again).ok().json();
    let expected = json!({"object": "import_result", "resource": "customers", "total": 2, "created": 0,
        "updated": 1, "skipped": 1, "errors": []});
    assert_eq!(updated, expected);
    let found = run(&sandbox, &home, &["customers", "list", "--search", "New name", "--json"]).ok().json();
    assert_eq!(found[0]["email"], "n1@example.com");
}

#[test]
fn import_refuses_what_are_no_records() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for (input, expected) in [
        ("", "there are no records"),
        ("[]", "there are no records"),
        ("name,email\nJane,jane@example.com\n", "the records are not JSON"),
        ("[{}, 7]", "record 2 is not an object"),
        ("{\"name\": ", "the records are not JSON"),
    ] {
        let output = import(&sandbox, &home, &["customers", "-"], input);
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{output:?}");
        assert!(
            output.stderr.contains(expected) && output.stderr.contains("one object per line"),
            "{output:?}"
        );
    }
    let missing = run(&sandbox, &home, &["import", "customers", "/no/such/file"]);
    assert!(missing.code == 2 && missing.stderr.contains("could not read the records"), "{missing:?}");
    let other = run(&sandbox, &home, &["import", "members", "x.json"]);
    assert!(other.code == 2 && other.stderr.contains("tickets, customers, articles"), "{other:?}");
    let input = br#"[{"title": "T"}]"#;
    let no_key = CommandOutput::run_with_input(home.cstar().args(["import", "tickets", "-"]), input);
    assert!(no_key.code == 4 && no_key.stderr.contains("cstar login"), "{no_key:?}");
}

#[test]
fn export_prints_the_rows_of_a_list() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let records =
        r#"[{"title": "Two\nlines, \"quoted\"", "tags": ["a", "b"], "status": "open"}, {"title": "Other"}]"#;
    import(&sandbox, &home, &["tickets", "-"], records).ok();
    let all = run(&sandbox, &home, &["export", "tickets"]).ok();
    assert!(all.stdout.starts_with("id,object,title,priority,status,"), "{all:?}");
    assert!(
        all.stdout.contains(",\"Two\nlines, \"\"quoted\"\"\",") && all.stdout.contains(",Other,"),
        "{all:?}"
    );
    let open = run(&sandbox, &home, &["export", "tickets", "--status", "open"]).ok();
    assert!(open.stdout.contains("Two\nlines") && !open.stdout.contains(",Other,"), "{open:?}");
    let found = run(&sandbox, &home, &["export", "tickets", "--search", "Other"]).ok();
    assert_eq!(found.stdout.lines().count(), 2, "{found:?}");
    let public = run(&sandbox, &home, &["export", "articles", "--public", "true"]).ok();
    assert!(public.stdout.starts_with("id,") && public.stdout.lines().count() == 1, "{public:?}");
    let json = run(&sandbox, &home, &["export", "tickets", "--json"]);
    assert_eq!((json.code, json.stdout.as_str()), (2, ""), "{json:?}");
    assert_eq!(json.json_error()["hint"], "as JSON: cstar tickets list --all --json");
}

#[test]
fn audit_log_shows_who_changed_what() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let empty = run(&sandbox, &home, &["audit-log"]).ok();
    assert_eq!((empty.stdout.as_str(), empty.stderr.as_str()), ("", "No entry matches.\n"));
    let id = super::create(&sandbox, &home, &["tickets", "create", "--title", "T"]);
    run(&sandbox, &home, &["tickets", "close", &id]).ok();
    let list = run(&sandbox, &home, &["audit-log"]).ok().stdout;
    let actions: Vec<&str> = list.lines().filter_map(|line| line.split('\t').nth(1)).collect();
    assert_eq!(actions, ["ticket.closed", "ticket.updated", "ticket.created"], "{list}");
    assert!(list.lines().all(|line| line.contains(&id) && line.ends_with("key")), "{list}");
    let args = ["audit-log", "--action", "ticket.closed", "--since", "1h", "--json"];
    let closed = run(&sandbox, &home, &args).ok().json();
    assert_eq!(
        (closed.as_array().map(Vec::len), &closed[0]["resourceId"]),
        (Some(1), &json!(id)),
        "{closed}"
    );
    let actor = closed[0]["actorId"].as_str().unwrap();
    let by_actor = ["audit-log", "--actor-id", actor, "--resource-type", "ticket", "--jq", "length"];
    assert_eq!(run(&sandbox, &home, &by_actor).ok().stdout, "3\n");
    let newest = run(&sandbox, &home, &["audit-log", "--limit", "1"]).ok().stdout;
    assert_eq!(newest.lines().count(), 1, "{newest}");
    assert!(run(&sandbox, &home, &["audit-log", "--until", "1h"]).ok().stdout.is_empty());
    for (args, expected) in [
        (["audit-log", "--since", "1h", "--until", "2h"], "--since is not before --until"),
        (["audit-log", "--since", "yesterday", "--limit", "1"], "expected a time"),
    ] {
        let output = run(&sandbox, &home, &args);
        assert!(output.code == 2 && output.stderr.contains(expected), "{output:?}");
    }
}
