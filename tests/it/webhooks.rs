//! `cstar webhooks`: webhooks are registered, tested, rotated and deleted.

mod refused;
mod wire;

use cstar::signature::verify_signature;
use serde_json::{Value, json};

use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
#[cfg(unix)]
use crate::support::terminal::SKIPPED;
#[cfg(unix)]
use crate::support::terminal::Terminal;
use crate::support::{CommandOutput, Home, PUBLISHABLE_KEY, TEST_KEY};

/// Runs `cstar webhooks` with these arguments.
fn run(sandbox: &Sandbox, home: &Home, args: &[&str]) -> CommandOutput {
    CommandOutput::run(sandbox.cstar(home).arg("webhooks").args(args))
}

/// Creates a webhook; returns its id and its secret.
fn create(sandbox: &Sandbox, home: &Home, url: &str) -> (String, String) {
    let args = ["create", "--name", "Server", "--url", url, "--events", "ticket.*", "--json"];
    let made = run(sandbox, home, &args).ok().json();
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

#[test]
fn webhook_gets_events_until_it_is_deleted() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let url = receiver.url();
    let made =
        run(&sandbox, &home, &["create", "--url", &url, "--events", "ticket.created,ticket.closed"]).ok();
    let secret = made.stdout.strip_suffix('\n').unwrap();
    assert!(secret.starts_with("whsec_") && !secret.contains(char::is_whitespace), "{made:?}");
    assert!(made.stderr.contains("not shown again") && !made.stderr.contains(secret), "{made:?}");
    assert!(made.stderr.starts_with("Created  whk_") && made.stderr.contains(&url), "{made:?}");

    let triggered = sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert!(triggered.stdout.contains("sent to 1 webhook"), "{triggered:?}");
    let request = receiver.next();
    verify_signature(&request.body, Some(request.header("x-signature")), secret).unwrap();

    let list = run(&sandbox, &home, &["list"]).ok();
    let cells: Vec<&str> = list.stdout.trim_end().split('\t').collect();
    let (id, name) = (cells[0], cells[1]);
    assert_eq!(
        (name, cells[2], cells[3], cells[4]),
        ("127.0.0.1", "active", "ticket.created,ticket.closed", url.as_str())
    );
    assert!(!list.stdout.contains("whsec_"), "{list:?}");
    let fetched = run(&sandbox, &home, &["get", &id[..8]]).ok();
    assert!(
        fetched.stdout.contains(&format!("Id\t{id}\n")) && !fetched.stdout.contains("whsec_"),
        "{fetched:?}"
    );

    let deleted = run(&sandbox, &home, &["delete", id, "--yes"]).ok();
    assert!(deleted.stdout.starts_with("Deleted  whk_"), "{deleted:?}");
    let none = run(&sandbox, &home, &["list"]).ok();
    assert!(none.stdout.is_empty() && none.stderr.contains("cstar webhooks create"), "{none:?}");
    assert_eq!(run(&sandbox, &home, &["list", "--json"]).ok().json(), json!([]));
}

#[test]
fn webhook_test_reports_the_response() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|request| match request.header("x-event-type") {
        "ticket.created" => Response::status(200),
        "ticket.closed" => Response::status(401),
        _ => Response::status(307).header("location", "/v2"),
    });
    let (id, secret) = create(&sandbox, &home, &receiver.url());
    let passed = run(&sandbox, &home, &["test", &id]).ok();
    assert!(passed.stdout.starts_with("Delivered  ticket.created  200  "), "{passed:?}");
    let request = receiver.next();
    verify_signature(&request.body, Some(request.header("x-signature")), &secret).unwrap();

    let refused = run(&sandbox, &home, &["test", &id, "ticket.closed"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stdout.starts_with("Failed  ticket.closed  401  "), "{refused:?}");
    assert!(
        refused.stderr.contains("whsec_") && refused.stderr.contains(&format!("rotate-secret {id}")),
        "{refused:?}"
    );
    assert!(!refused.stderr.contains(&secret), "{refused:?}");
    let moved = run(&sandbox, &home, &["test", &id, "ticket.updated"]);
    assert!(moved.code == 1 && moved.stderr.contains("redirects are not followed"), "{moved:?}");
    let reported = run(&sandbox, &home, &["test", &id, "ticket.closed", "--json"]);
    assert_eq!(
        (reported.code, &reported.json()["status"], &reported.json()["success"]),
        (1, &json!(401), &json!(false))
    );
    assert_eq!(reported.json_error()["exit_code"], 1);

    let closed = format!("http://127.0.0.1:{}/", closed_port());
    run(&sandbox, &home, &["update", &id, "--url", &closed]).ok();
    let refused = run(&sandbox, &home, &["test", &id]);
    assert!(refused.code == 1 && refused.stderr.contains("refuses connections"), "{refused:?}");
    let unknown = run(&sandbox, &home, &["test", &id, "ticket.craeted"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("ticket.created"), "{unknown:?}");
}

#[test]
fn deliveries_are_paginated_and_resendable() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = closed_port();
    let (id, _) = create(&sandbox, &home, &format!("http://127.0.0.1:{port}/"));
    let empty = run(&sandbox, &home, &["deliveries", &id]).ok();
    assert!(empty.stdout.is_empty() && empty.stderr.contains("Nothing"), "{empty:?}");
    for _ in 0..3 {
        assert_eq!(run(&sandbox, &home, &["test", &id]).code, 1);
    }
    let listed = run(&sandbox, &home, &["deliveries", &id]).ok();
    let rows: Vec<Vec<&str>> = listed.stdout.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 3);
    for row in &rows {
        assert_eq!(row.len(), 7);
        assert_eq!(row[1..5], ["ticket.created", "failed", "1", "refuses connections"], "{row:?}");
    }
    let page = |args: &[&str]| {
        let found = run(&sandbox, &home, &[&["deliveries", &id, "--json"], args].concat()).ok().json();
        found.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(page(&["--limit", "2"]), [rows[0][0], rows[1][0]]);
    assert_eq!(page(&["--after", rows[1][0]]), [rows[2][0]]);
    assert_eq!(page(&["--status", "failed"]).len(), 3);
    assert!(page(&["--status", "succeeded"]).is_empty());

    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let again = run(&sandbox, &home, &["resend", &id, &rows[2][0][..12]]).ok();
    assert!(again.stdout.starts_with("Delivered  ticket.created  200  "), "{again:?}");
    assert_eq!(receiver.next().header("x-delivery-attempt"), "2");
    assert_eq!(page(&["--status", "succeeded"]), [rows[2][0]]);
    let unknown = run(&sandbox, &home, &["resend", &id, "dlv_unknown"]);
    assert!(unknown.code == 1 && unknown.stderr.contains("Delivery not found"), "{unknown:?}");
}

#[test]
fn update_changes_only_the_given_members() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (id, _) = create(&sandbox, &home, "https://example.com/hook");
    let args = ["update", &id, "--events", "customer.*,boss.spawned,customer.*", "--active", "false"];
    let changed = run(&sandbox, &home, &args).ok();
    assert!(changed.stderr.contains("Updated") && changed.stdout.contains("State\tinactive"), "{changed:?}");
    let now = run(&sandbox, &home, &["get", &id, "--json"]).ok().json();
    assert_eq!((&now["events"], &now["isActive"]), (&json!(["customer.*", "boss.spawned"]), &json!(false)));
    assert_eq!((&now["url"], &now["name"]), (&json!("https://example.com/hook"), &json!("Server")));
    assert_eq!(run(&sandbox, &home, &["list", "--active"]).ok().stdout, "");
    let flat =
        run(&sandbox, &home, &["update", &id, "--flat-payload", "true", "--name", "Zapier", "--json"]).ok();
    assert_eq!((&flat.json()["flatPayload"], &flat.json()["name"]), (&json!(true), &json!("Zapier")));
    let nothing = run(&sandbox, &home, &["update", &id]);
    assert!(nothing.code == 2 && nothing.stderr.contains("--events"), "{nothing:?}");
}

#[test]
fn deleting_and_rotating_need_confirmation() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (id, secret) = create(&sandbox, &home, "https://example.com/hook");
    for deed in ["delete", "rotate-secret"] {
        for json in [&[][..], &["--json"]] {
            let output = run(&sandbox, &home, &[&[deed, id.as_str()], json].concat());
            assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{output:?}");
            assert!(output.stderr.contains(&format!("cstar webhooks {deed} {id} --yes")), "{output:?}");
        }
    }
    let rotated = run(&sandbox, &home, &["rotate-secret", &id, "--yes"]).ok();
    let new = rotated.stdout.trim_end();
    assert!(new.starts_with("whsec_") && new != secret && !rotated.stderr.contains(new), "{rotated:?}");
    assert!(rotated.stderr.contains("the old secret as well"), "{rotated:?}");
    let quiet = run(&sandbox, &home, &["rotate-secret", &id, "--yes", "--quiet"]).ok();
    assert!(quiet.stderr.is_empty() && quiet.stdout.lines().count() == 1, "{quiet:?}");
    assert_eq!(run(&sandbox, &home, &["delete", &id, "-y", "--json"]).ok().json(), json!({"deleted": true}));
}

#[cfg(unix)]
#[test]
fn terminal_asks_and_lists_in_columns() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (id, _) = create(&sandbox, &home, "https://example.com/hook");
    let Some(mut terminal) = Terminal::start(&sandbox.cstar(&home), &["webhooks", "list"]) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for("STATE");
    terminal.wait_for("[exit 0]");
    for (answer, code) in [('n', "[exit 1]"), ('y', "[exit 0]")] {
        let mut terminal = Terminal::start(&sandbox.cstar(&home), &["webhooks", "delete", &id]).unwrap();
        terminal.wait_for_prompt("[y/N]");
        terminal.type_key(answer);
        terminal.type_key('\r');
        terminal.wait_for(code);
    }
    assert_eq!(run(&sandbox, &home, &["list", "--json"]).ok().json(), json!([]));
}

#[test]
fn no_verbosity_prints_a_secret_to_stderr() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for verbosity in ["-v", "-vvv"] {
        let args = ["create", "--url", "https://e.test/", "--events", "*", verbosity];
        let made = run(&sandbox, &home, &args).ok();
        let secret = made.stdout.trim();
        assert!(made.stderr.contains("webhooks"), "{verbosity} logs nothing: {made:?}");
        assert!(!made.stderr.contains(&secret[8..]) && !made.stderr.contains(TEST_KEY), "{made:?}");
    }
}

#[test]
fn trigger_names_the_endpoint_that_failed() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (good, bad) = (Receiver::start(), Receiver::start_with(|_| Response::status(503)));
    create(&sandbox, &home, &good.url());
    create(&sandbox, &home, &bad.url());
    let triggered = sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let reported = format!("Not delivered to {}: the endpoint answered 503", bad.url());
    assert!(triggered.stderr.contains(&reported) && !triggered.stderr.contains(&good.url()), "{triggered:?}");
    let triggered = sandbox.run(&home, ["trigger", "ticket.created", "--json"]).ok();
    let failed: Vec<Value> = triggered.json()["deliveries"].as_array().unwrap().clone();
    assert_eq!(failed.iter().filter(|one| one["success"] == false).count(), 1);
    assert!(!triggered.stderr.contains("Not delivered"), "{triggered:?}");
}
