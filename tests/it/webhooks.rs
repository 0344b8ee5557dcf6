//! `cstar webhooks` through the real binary: registered, tested, rotated, deleted; and what is sent and read
//! when the server is not the sandbox.

use std::process::Command;

use cstar::signature::verify_signature;
use serde_json::{Value, json};

use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{FAKE_KEY, ScriptedServer, json_response};
#[cfg(unix)]
use crate::support::terminal::{SKIPPED, Terminal};
use crate::support::{CommandOutput, Home, TEST_KEY};

const PUBLISHABLE: &str = "pk_test_sandbox0000000000000000000000000";

/// Runs `cstar webhooks` with these arguments.
fn run(sandbox: &Sandbox, home: &Home, args: &[&str]) -> CommandOutput {
    CommandOutput::run(sandbox.cstar(home).arg("webhooks").args(args))
}

/// A new webhook: its id and its secret.
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

    let fired = sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert!(fired.stdout.contains("sent to 1 webhook"), "{fired:?}");
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
    let got = run(&sandbox, &home, &["get", &id[..8]]).ok();
    assert!(got.stdout.contains(&format!("Id\t{id}\n")) && !got.stdout.contains("whsec_"), "{got:?}");

    let gone = run(&sandbox, &home, &["delete", id, "--yes"]).ok();
    assert!(gone.stdout.starts_with("Deleted  whk_"), "{gone:?}");
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
    let told = run(&sandbox, &home, &["test", &id, "ticket.closed", "--json"]);
    assert_eq!((told.code, &told.json()["status"], &told.json()["success"]), (1, &json!(401), &json!(false)));
    assert_eq!(told.json_error()["exit_code"], 1);

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
fn unknown_and_ambiguous_webhooks_are_refused() {
    let listed = r#"{"data":[{"id":"whk_aa11"},{"id":"whk_aa22"},{"id":"whk_b"}]}"#;
    let server = ScriptedServer::start(move |_, _| json_response(200, &[], listed));
    let home = Home::new();
    for (id, code, says) in [
        ("whk_zz", 1, "there is no webhook `whk_zz`"),
        ("whk_aa", 2, "whk_aa11, whk_aa22"),
        ("whk_", 2, "is too short for the id of a webhook"),
        ("", 2, "is too short for the id of a webhook"),
        ("../tickets", 2, "is not the id of a webhook"),
    ] {
        for args in [
            &["get", id][..],
            &["delete", id, "--yes"],
            &["rotate-secret", id, "--yes"],
            &["test", id],
            &["deliveries", id],
            &["resend", id, "dlv_1"],
            &["update", id, "--active", "true"],
        ] {
            let output = CommandOutput::run(server.cstar(&home).arg("webhooks").args(args));
            assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{args:?}: {output:?}");
            assert!(output.stderr.contains(says), "{args:?}: {output:?}");
        }
    }
    assert!(server.requests().iter().all(|asked| asked.head.starts_with("GET ")), "nothing was changed");
}

#[test]
fn usage_errors_send_nothing() {
    let home = Home::new();
    let server = ScriptedServer::without_whoami(|_, _| json_response(500, &[], "{}"));
    for (args, says) in [
        (&["create", "--url", "https://e.test/"][..], "--events"),
        (&["create", "--events", "*"], "--url"),
        (&["create", "--url", "e.test", "--events", "*"], "expected a URL"),
        (&["create", "--url", "https://e.test/", "--events", "ticket.craeted"], "ticket.created"),
        (&["create", "--url", "https://e.test/", "--events", ""], "empty"),
        (&["create", "--name", " ", "--url", "https://e.test/", "--events", "*"], "needs a name"),
        (&["update", "whk_a", "--active", "maybe"], "true"),
        (&["update", "whk_a"], "nothing to change"),
        (&["test", "whk_a", "no.such"], "cstar events"),
        (&["deliveries", "whk_a", "--status", "lost"], "pending"),
        (&["deliveries", "whk_a", "--limit", "101"], "100"),
        (&["resend", "whk_a", "dlv_/x"], "dlv_x9y8z7w6v5u4"),
        (&["resend", "whk_a"], "<DELIVERY>"),
        (&["show"], "unrecognized subcommand"),
    ] {
        let output = CommandOutput::run(server.cstar(&home).arg("webhooks").args(args));
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains(says), "{args:?}: {output:?}");
    }
    assert!(server.requests().is_empty());
    // Whether a sandbox delivers over plain http is for that sandbox to say; cStar never does.
    let mut plain = server.cstar(&home);
    plain.env("CSTAR_BASE_URL", "https://cstar.invalid");
    let plain =
        CommandOutput::run(plain.args(["webhooks", "create", "--url", "http://e.test/", "--events", "*"]));
    assert!(plain.code == 2 && plain.stderr.contains("webhooks need https"), "{plain:?}");
    let scale = CommandOutput::run(home.cstar().args(["sandbox", "--ephemeral", "--time-scale", "0"]));
    assert!(scale.code == 2 && scale.stderr.contains("above 0"), "{scale:?}");
}

#[test]
fn webhook_commands_need_a_secret_key() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let publishable = |args: &[&str]| {
        let mut command: Command = sandbox.cstar(&home);
        CommandOutput::run(command.env("CSTAR_API_KEY", PUBLISHABLE).arg("webhooks").args(args))
    };
    for args in [
        &["list"][..],
        &["get", "whk_a"],
        &["create", "--url", "3000", "--events", "*"],
        &["update", "whk_a", "--active", "true"],
        &["delete", "whk_a", "--yes"],
        &["test", "whk_a"],
        &["rotate-secret", "whk_a", "--yes"],
        &["deliveries", "whk_a"],
        &["resend", "whk_a", "dlv_a"],
    ] {
        let output = CommandOutput::run(home.cstar().arg("webhooks").args(args));
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains("not logged in") && output.stderr.contains("--sandbox"), "{output:?}");
        let refused = publishable(args);
        assert_eq!((refused.code, refused.stdout.as_str()), (4, ""), "{args:?}: {refused:?}");
        assert!(refused.stderr.contains("this needs a secret key"), "{args:?}: {refused:?}");
    }
}

#[test]
fn no_verbosity_prints_a_secret_to_stderr() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for verbosity in ["-v", "-vvv"] {
        let args = ["create", "--url", "https://e.test/", "--events", "*", verbosity];
        let made = run(&sandbox, &home, &args).ok();
        let secret = made.stdout.trim();
        assert!(made.stderr.contains("webhooks"), "{verbosity} says nothing: {made:?}");
        assert!(!made.stderr.contains(&secret[8..]) && !made.stderr.contains(TEST_KEY), "{made:?}");
    }
}

// --- what is sent, and what is read from others ---

const LISTED: &str = r#"{"success":true,"data":[
    {"id":"whk_a1","name":"Server","url":"https://e.test/","events":["ticket.created"],"isActive":true},
    {"id":"whk_b2","name":"\u001b[2Jweb\nfake\ttab","url":"https://f.test/","events":"ticket.*, boss.spawned","is_active":false,"new":1}
    ],"pagination":{"total":2,"page":1,"pageSize":20,"hasMore":false},"meta":{"requestId":"req_abc123"}}"#;

#[test]
fn requests_are_the_documented_ones() {
    let server = ScriptedServer::start(|_, asked| {
        let (method, target) = (asked.head.split(' ').next().unwrap(), asked.target());
        let tested = r#"{"data":{"deliveryId":"dlv_1","event":"boss.spawned","success":true,"status":200}}"#;
        match method {
            "GET" if target.contains("/deliveries") => {
                json_response(200, &[], r#"{"data":[{"id":"dlv_1"}]}"#)
            }
            "GET" if target.ends_with("/whk_b2") => json_response(200, &[], r#"{"data":{"id":"whk_b2"}}"#),
            "GET" => json_response(200, &[], LISTED),
            "POST" if target.ends_with("/test") || target.ends_with("/resend") => {
                json_response(200, &[], tested)
            }
            "POST" => json_response(201, &[], r#"{"data":{"id":"whk_c3","signingSecret":"whsec_new"}}"#),
            "DELETE" => json_response(200, &[], r#"{"data":{"deleted":true}}"#),
            _ => json_response(200, &[], r#"{"data":{"id":"whk_a1"}}"#),
        }
    });
    let home = Home::new();
    let run = |args: &[&str]| CommandOutput::run(server.cstar(&home).arg("webhooks").args(args)).ok();
    assert_eq!(
        run(&[
            "create",
            "--name",
            " Büro ",
            "--url",
            "3000",
            "--events",
            "ticket.*",
            "--events",
            "boss.spawned"
        ])
        .stdout,
        "whsec_new\n"
    );
    run(&["update", "whk_a", "--active", "false"]);
    run(&["test", "whk_b"]);
    run(&["rotate-secret", "whk_a1", "--yes"]);
    run(&["deliveries", "whk_a1", "--status", "failed", "--limit", "7", "--after", "dlv_9"]);
    run(&["resend", "whk_a1", "dlv_1"]);
    run(&["delete", "whk_b2", "--yes"]);
    let active = run(&["list", "--active"]);
    assert_eq!(active.stdout.lines().count(), 1, "a server that knows no filter is read as if it did");

    let asked = server.requests();
    let path = "/api/v1/teams/your-team-uuid/webhooks";
    let lines: Vec<String> = asked
        .iter()
        .map(|asked| asked.head.lines().next().unwrap().replace(path, "W").replace(" HTTP/1.1", ""))
        .filter(|line| line != "GET W")
        .collect();
    assert_eq!(
        lines,
        [
            "POST W",
            "PATCH W/whk_a1",
            "POST W/whk_b2/test",
            "POST W/whk_a1/rotate-secret",
            "GET W/whk_a1/deliveries?limit=7&status=failed&after=dlv_9",
            "GET W/whk_a1/deliveries?limit=100",
            "POST W/whk_a1/deliveries/dlv_1/resend",
            "DELETE W/whk_b2",
            "GET W?active=true",
        ]
    );
    let bodies: Vec<Value> =
        asked.iter().filter_map(|asked| serde_json::from_slice(&asked.body).ok()).collect();
    let created = json!({"name": "Büro", "url": "http://localhost:3000/api/webhooks", "events": "ticket.*,boss.spawned"});
    assert_eq!(bodies[..3], [created, json!({"isActive": false}), json!({"event": "ticket.created"})]);
    for asked in &asked {
        assert_eq!(asked.header("authorization"), Some(format!("Bearer {FAKE_KEY}").as_str()));
        assert_eq!(asked.header("idempotency-key").is_some(), !asked.body.is_empty());
    }
}

#[test]
fn list_of_another_api_version_is_escaped() {
    let server = ScriptedServer::start(|_, _| json_response(200, &[], LISTED));
    let home = Home::new();
    let list = CommandOutput::run(server.cstar(&home).args(["webhooks", "list"])).ok();
    assert_eq!(
        list.stdout,
        "whk_a1\tServer\tactive\tticket.created\thttps://e.test/\t-\n\
         whk_b2\t\\x1b[2Jweb\\x0afake\\x09tab\tinactive\tticket.*,boss.spawned\thttps://f.test/\t-\n"
    );
    let told = CommandOutput::run(server.cstar(&home).args(["webhooks", "list", "--json"])).ok();
    assert!(!told.stdout.contains('\u{1b}') && told.json()[1]["new"] == 1, "{told:?}");
}

#[test]
fn response_without_secret_gets_a_hint() {
    let server = ScriptedServer::start(|_, _| json_response(201, &[], r#"{"data":{"id":"whk_c3"}}"#));
    let home = Home::new();
    let args = ["webhooks", "create", "--url", "3000", "--events", "*"];
    let output = CommandOutput::run(server.cstar(&home).args(args));
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("cstar webhooks rotate-secret whk_c3"), "{output:?}");
}

#[test]
fn malformed_responses_get_a_one_line_error() {
    for (status, body, code, says) in [
        (200, "<html>", 1, "not what the API documents"),
        (200, r#"{"data":{"id":"whk_1"}}"#, 1, "not what the API documents"),
        (
            404,
            r#"{"success":false,"error":{"type":"not_found_error","code":"RESOURCE_MISSING","message":"Webhook not found"}}"#,
            1,
            "Webhook not found",
        ),
        (
            403,
            r#"{"success":false,"error":{"type":"authorization_error","code":"insufficient_permissions","message":"Secret key required for this endpoint"}}"#,
            4,
            "needs a secret key",
        ),
    ] {
        let server = ScriptedServer::start(move |_, _| json_response(status, &[], body));
        let home = Home::new();
        let output = CommandOutput::run(server.cstar(&home).args(["webhooks", "list"]));
        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{output:?}");
        assert!(output.stderr.contains(says), "{output:?}");
        assert!(output.stderr.lines().count() <= 2, "{output:?}");
    }
}

#[test]
fn trigger_names_the_endpoint_that_failed() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (good, bad) = (Receiver::start(), Receiver::start_with(|_| Response::status(503)));
    create(&sandbox, &home, &good.url());
    create(&sandbox, &home, &bad.url());
    let fired = sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let told = format!("Not delivered to {}: the endpoint answered 503", bad.url());
    assert!(fired.stderr.contains(&told) && !fired.stderr.contains(&good.url()), "{fired:?}");
    let fired = sandbox.run(&home, ["trigger", "ticket.created", "--json"]).ok();
    let failed: Vec<Value> = fired.json()["deliveries"].as_array().unwrap().clone();
    assert_eq!(failed.iter().filter(|one| one["success"] == false).count(), 1);
    assert!(!fired.stderr.contains("Not delivered"), "{fired:?}");
}
