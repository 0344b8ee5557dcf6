//! `cstar status`: with an account, without one, and when the API does not respond.

use serde_json::{Value, json};

use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{FAKE_KEY, ScriptedServer, WHOAMI, json_response};
use crate::support::{CommandOutput, Home, TEST_KEY};

/// The value beside a name; panics unless there is exactly one.
fn value<'r>(output: &'r CommandOutput, name: &str) -> &'r str {
    let rows = output.stdout.lines().filter_map(|line| line.split_once('\t'));
    let found: Vec<&str> = rows.filter(|(found, _)| *found == name).map(|(_, value)| value).collect();
    assert_eq!(found.len(), 1, "{name}: {output:?}");
    found[0]
}

#[test]
fn status_names_the_account_and_its_origin() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &[]);
    let output = sandbox.run(&home, ["status"]).ok();
    assert_eq!(output.stderr, "");
    for (name, printed) in [
        ("Team", "Acme Corp (acme)"),
        ("Team id", "550e8400-e29b-41d4-a716-446655440000"),
        ("Environment", "test"),
        ("Key", "sk_test_…0000, secret"),
        ("Key from", "CSTAR_API_KEY"),
        ("Base URL", sandbox.base_url.as_str()),
        ("Rate limit", "999 of 1,000 left, resets in 60 minutes"),
        ("Listening", "no"),
    ] {
        assert_eq!(value(&output, name), printed);
    }
    let flags = ["status", "--sandbox", "--base-url", &sandbox.base_url];
    assert_eq!(value(&home.run(flags).ok(), "Key from"), "--sandbox");
    let key =
        ["status", "--base-url", &sandbox.base_url, "--api-key", "pk_live_sandbox0000000000000000000000000"];
    let output = home.run(key).ok();
    assert_eq!(value(&output, "Key"), "pk_live_…0000, publishable");
    assert_eq!((value(&output, "Environment"), value(&output, "Key from")), ("live", "--api-key"));
    assert_eq!(value(&output, "Rate limit"), "99 of 100 left, resets in 60 minutes");
}

#[test]
fn moved_clocks_do_not_move_the_reset() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &[]);
    sandbox.run(&home, ["sandbox", "clock", "advance", "25h"]).ok();
    let (sixty, printed) = ("999 of 1,000 left, resets in 60 minutes", sandbox.run(&home, ["status"]).ok());
    assert_eq!(value(&printed, "Rate limit"), sixty);
    let checked = CommandOutput::run(sandbox.cstar(&home).args(["doctor", "--json"])).json();
    let check = checked["checks"].as_array().unwrap().iter().find(|check| check["name"] == "rate_limit");
    assert!(check.unwrap()["message"].as_str().unwrap().ends_with(", for the next 60 min"), "{checked:#}");
    // The clock of a server, and that of this machine, may be years off.
    let headers = [
        "Date: Fri, 06 Mar 2026 14:30:00 GMT",
        "X-RateLimit-Limit: 1000",
        "X-RateLimit-Remaining: 999",
        "X-RateLimit-Reset: 1772811000",
    ];
    let server = ScriptedServer::without_whoami(move |_, _| json_response(200, &headers, WHOAMI));
    let printed = CommandOutput::run(server.cstar(&home).arg("status")).ok();
    assert_eq!(value(&printed, "Rate limit"), sixty);
}

#[test]
fn status_json_has_these_members() {
    let home = Home::new();
    let headers = [
        "X-RateLimit-Limit: 1000",
        "X-RateLimit-Remaining: 987",
        "X-RateLimit-Reset: 1774583010",
        "X-RateLimit-Window: 3600",
    ];
    let server = ScriptedServer::without_whoami(move |_, _| json_response(200, &headers, WHOAMI));
    let output = CommandOutput::run(server.cstar(&home).args(["status", "--json"])).ok();
    assert_eq!(
        output.json(),
        json!({
            "team": {"id": "your-team-uuid", "name": "Acme Corp", "slug": "acme"},
            "environment": "live",
            "key_type": "secret",
            "key": "sk_test_…0000",
            "key_origin": "CSTAR_API_KEY",
            "profile": null,
            "store": null,
            "base_url": server.base_url(),
            "rate_limit": {"limit": 1000, "used": 13, "remaining": 987, "reset": "2026-03-27T03:43:30.000Z"},
            "listening": [],
        })
    );
    assert!(!format!("{output:?}").contains(FAKE_KEY));
    assert_eq!(server.requests().len(), 1, "one request is enough");
    let output = CommandOutput::run(server.cstar(&home).args(["status"])).ok();
    assert_eq!(value(&output, "Rate limit"), "987 of 1,000 left, resets in 0 seconds", "it is in the past");
}

#[test]
fn missing_rate_limit_is_reported() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    assert_eq!(value(&sandbox.run(&home, ["status"]).ok(), "Rate limit"), "none");
    assert_eq!(sandbox.run(&home, ["status", "--json"]).ok().json()["rate_limit"], Value::Null);
}

#[test]
fn stored_key_is_shown_with_profile_and_file() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let login = ["login", "--base-url", &sandbox.base_url, "--profile", "acme", "--store", "file"];
    home.run_with_input(login, TEST_KEY.as_bytes()).ok();
    let output = home.run(["status"]).ok();
    assert_eq!(value(&output, "Key from"), "the credentials file, profile acme");
    assert_eq!(value(&output, "Key"), "sk_test_…0000, secret");
    assert_eq!(value(&output, "Base URL"), sandbox.base_url);
    let json = home.run(["status", "--json", "--profile", "acme"]).ok().json();
    assert_eq!((&json["profile"], &json["store"]), (&json!("acme"), &json!("file")));
    // A key from another source does not belong to a profile.
    let given = CommandOutput::run(home.cstar().env("CSTAR_API_KEY", TEST_KEY).args(["status", "--json"]))
        .ok()
        .json();
    assert_eq!((&given["key_origin"], &given["profile"]), (&json!("CSTAR_API_KEY"), &Value::Null));
    home.run(["logout", "--yes", "--profile", "acme"]).ok();
    assert_eq!(home.run(["status"]).code, 4);
}

#[test]
fn not_logged_in_is_exit_4_with_next_command() {
    let home = Home::new();
    let output = home.run(["status"]);
    assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{output:?}");
    assert!(output.stderr.contains("cstar login") && output.stderr.contains("--sandbox"), "{output:?}");
    let error = home.run(["status", "--json"]).json_error();
    assert_eq!((&error["exit_code"], error["hint"].is_string()), (&json!(4), true));
}

#[test]
fn local_facts_are_shown_without_the_api() {
    let home = Home::new();
    let base = format!("http://127.0.0.1:{}", closed_port());
    let run = |args: &[&str]| {
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", &base).env("CSTAR_API_KEY", FAKE_KEY).args(args);
        CommandOutput::run(&mut command)
    };
    std::thread::scope(|scope| {
        let json = scope.spawn(|| run(&["status", "--json"]));
        let output = run(&["status"]);
        assert_eq!(output.code, 3, "{output:?}");
        assert!(output.stderr.starts_with("error: could not reach "), "{output:?}");
        assert_eq!(
            (value(&output, "Key"), value(&output, "Base URL")),
            ("sk_test_…0000, secret", base.as_str())
        );
        assert_eq!(value(&output, "Environment"), "test", "by the prefix");
        let json = json.join().unwrap();
        assert_eq!((json.code, &json.json()["team"]), (3, &Value::Null), "{json:?}");
        assert_eq!(json.json()["base_url"], base);
        assert_eq!(json.json_error()["exit_code"], 3);
    });
}

#[test]
fn rejected_key_is_exit_4_and_named() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = CommandOutput::run(sandbox.cstar(&home).env("CSTAR_API_KEY", FAKE_KEY).arg("status"));
    assert_eq!(output.code, 4, "{output:?}");
    assert_eq!(
        (value(&output, "Key from"), value(&output, "Key")),
        ("CSTAR_API_KEY", "sk_test_…0000, secret")
    );
    assert!(
        output.stderr.contains("invalid or has been revoked") && output.stderr.contains("hint: "),
        "{output:?}"
    );
}

#[test]
fn listener_is_shown_until_it_ends() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let listening = || sandbox.run(&home, ["status", "--json"]).ok().json()["listening"].clone();
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let pid = listen.pid();
    let output = sandbox.run(&home, ["status"]).ok();
    let printed = value(&output, "Listening");
    assert!(printed.starts_with(&format!("pid {pid} → {}, since ", receiver.url())), "{printed}");
    assert!(!printed.contains("events of"), "it is this server: {printed}");
    let reported = listening();
    assert_eq!((&reported[0]["pid"], &reported[0]["targets"]), (&json!(pid), &json!([receiver.url()])));
    assert_eq!(
        (&reported[0]["base_url"], &reported[0]["environment"]),
        (&json!(sandbox.base_url), &json!("test"))
    );
    // Those of other servers are shown with the server's name.
    let elsewhere = ScriptedServer::start(|_, _| json_response(500, &[], "{}"));
    let output = CommandOutput::run(elsewhere.cstar(&home).arg("status")).ok();
    let printed = value(&output, "Listening");
    assert!(printed.ends_with(&format!("events of {}", sandbox.base_url)), "{printed}");

    drop(listen);
    assert_eq!(listening(), json!([]), "killed");
    let again = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    assert_eq!(listening()[0]["pid"], again.pid());
    again.stop();
    assert_eq!(listening(), json!([]));
}

#[test]
fn unreadable_history_does_not_fail_status() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    std::fs::create_dir_all(home.path().join("cstar")).unwrap();
    std::fs::write(home.path().join("cstar/history.sqlite3"), [b'x'; 4096]).unwrap();
    let output = sandbox.run(&home, ["status"]).ok();
    assert!(output.stderr.contains("Could not look for a running listener"), "{output:?}");
    assert_eq!(value(&output, "Team"), "Acme Corp (acme)");
    assert_eq!(sandbox.run(&home, ["status", "--json"]).ok().json()["listening"], Value::Null);
}

#[test]
fn server_texts_are_sanitized() {
    let home = Home::new();
    let whoami =
        r#"{"data":{"teamId":"t-1","teamName":"\u001b[2JAcme\nKey\tfake","keyType":"se\u202ecret"}}"#;
    let server = ScriptedServer::without_whoami(move |_, _| json_response(200, &[], whoami));
    let output = CommandOutput::run(server.cstar(&home).arg("status")).ok();
    assert_eq!(value(&output, "Team"), "\\x1b[2JAcme\\x0aKey\\x09fake");
    assert_eq!(value(&output, "Key"), "sk_test_…0000, se\\u{202e}cret");
}
