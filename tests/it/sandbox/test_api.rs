//! `cstar sandbox wait`, `snapshot` and `clock`, and the API for tests behind them, through the real binary.

use serde_json::{Value, json};

use crate::support::api_connection::ApiConnection;
use crate::support::http::send;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

#[test]
fn wait_finds_events_and_deliveries() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let api = || ApiConnection::open(sandbox.port);
    let url = format!("http://127.0.0.1:{}/", sandbox.port);
    api().data("POST webhooks", &json!({"name": "W", "url": url, "events": "ticket.created"}));
    let start = home.run(["sandbox", "wait", "--timeout", "0s", "--after", "latest", "--json"]);
    assert_eq!((start.code, start.json_error()["exit_code"].as_u64()), (1, Some(1)), "{start:?}");
    api().data("POST tickets", &json!({"title": "The kettle sings"}));
    let found = home.run(["sandbox", "wait", "ticket.*", "--containing", "kettle"]).ok();
    assert!(
        found.stdout.starts_with("ticket.created  evt_") && found.stdout.lines().count() == 1,
        "{found:?}"
    );
    let json = home.run(["sandbox", "wait", "--json"]).ok().json();
    assert_eq!(json["events"][0]["data"]["ticket"]["title"], "The kettle sings");
    let after = json["cursor"].as_str().unwrap();
    let none = home.run(["sandbox", "wait", "ticket.closed", "--after", after, "--timeout", "10ms"]);
    assert_eq!((none.code, none.stdout.as_str()), (1, ""), "{none:?}");
    assert!(none.stderr.contains("no matching event of ticket.closed within 0.01 s"), "{none:?}");
    let over = home.run(["sandbox", "clock", "advance", "48h"]).ok();
    assert!(over.stdout.ends_with("  48h ahead of the system\n"), "{over:?}");
    let failed = home.run(["sandbox", "wait", "--deliveries", "--status", "failed"]).ok();
    assert!(failed.stdout.starts_with("failed  ticket.created  http://"), "{failed:?}");
    assert!(failed.stdout.contains("  attempt 7: 405"), "{failed:?}");
    for (args, part) in [
        (&["sandbox", "wait", "--after", "evt_none"][..], "names no place in the log"),
        (&["sandbox", "wait", "--deliveries", "--webhook", "whk_none"], "names no webhook"),
        (&["sandbox", "wait", "tickets"], "tickets"),
        (&["sandbox", "clock", "set", "2001-01-01T00:00:00Z"], "must not be before"),
        (&["sandbox", "clock", "advance", "1d"], "expected a duration"),
    ] {
        let output = CommandOutput::run(home.cstar().args(args));
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains(part), "{args:?}: {output:?}");
    }
    let back = home.run(["sandbox", "clock", "reset", "--json"]).ok().json();
    assert_eq!(back["offset_ms"], 0);
    assert!(home.run(["sandbox", "clock"]).ok().stdout.ends_with("  the time of the system\n"));
}

#[test]
fn snapshots_are_saved_and_restored() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let api = || ApiConnection::open(sandbox.port);
    let empty = home.run(["sandbox", "snapshot", "list"]).ok();
    assert!(empty.stderr.contains("cstar sandbox snapshot save NAME"), "{empty:?}");
    let saved = home.run(["sandbox", "snapshot", "save", "empty"]).ok();
    assert!(saved.stdout.starts_with("Saved empty  "), "{saved:?}");
    api().data("POST tickets", &json!({"title": "T"}));
    assert_eq!(api().total("tickets"), 1);
    home.run(["sandbox", "snapshot", "restore", "empty"]).ok();
    assert_eq!(api().total("tickets"), 0);
    let list = home.run(["sandbox", "snapshot", "list", "--json"]).ok().json();
    assert_eq!(list["snapshots"][0]["name"], "empty");
    let deleted = home.run(["sandbox", "snapshot", "delete", "empty"]).ok();
    assert_eq!(deleted.stdout, "Deleted empty\n");
    for (args, part) in [
        (["sandbox", "snapshot", "restore", "empty"], "Snapshot not found"),
        (["sandbox", "snapshot", "save", "a/b"], "letters, digits"),
    ] {
        let output = home.run(args);
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains(part), "{args:?}: {output:?}");
    }
}

#[test]
fn no_running_sandbox_is_reported() {
    let home = Home::new();
    for args in [&["sandbox", "wait"][..], &["sandbox", "clock"], &["sandbox", "snapshot", "list"]] {
        let output = CommandOutput::run(home.cstar().args(args));
        assert_eq!((output.code, output.stdout.as_str()), (3, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains("no sandbox is running for"), "{args:?}: {output:?}");
        assert!(output.stderr.contains("hint: start it with: cstar sandbox"), "{args:?}: {output:?}");
    }
}

#[test]
fn cursors_survive_a_restart() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let url = format!("http://127.0.0.1:{}/", sandbox.port);
    let mut api = ApiConnection::open(sandbox.port);
    api.data("POST webhooks", &json!({"name": "W", "url": url, "events": "*"}));
    api.data("POST tickets", &json!({"title": "one"}));
    let poll = |port: u16, path: &str, after: &str| -> Value {
        let answer = send(port, &format!("GET /_sandbox/{path}{after}"), &[], "");
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let deliveries = "deliveries?status=pending,succeeded,failed&after=";
    let (events, changes) =
        (poll(sandbox.port, "events?after=", "latest"), poll(sandbox.port, deliveries, "latest"));
    drop(sandbox);
    let sandbox = Sandbox::start(&home);
    ApiConnection::open(sandbox.port).data("POST tickets", &json!({"title": "two"}));
    let found = poll(sandbox.port, "events?after=", events["cursor"].as_str().unwrap());
    assert_eq!(found["events"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["events"][0]["data"]["ticket"]["title"], "two");
    let found = poll(sandbox.port, deliveries, changes["cursor"].as_str().unwrap());
    let bodies = found["deliveries"].as_array().unwrap().iter().map(|one| one["requestBody"].to_string());
    assert!(bodies.filter(|body| body.contains("two")).count() == 1, "{found}");
}
