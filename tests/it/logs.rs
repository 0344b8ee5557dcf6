//! `cstar logs`: what is listed, what is refused, and what never enters the log.

mod filters;
mod tail;

use serde_json::{Value, json};

use crate::support::http::{TEAM, api, bearer, send};
use crate::support::ports::closed_port;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{FAKE_KEY, ScriptedServer, WHOAMI, json_response};
#[cfg(unix)]
use crate::support::terminal::SKIPPED;
#[cfg(unix)]
use crate::support::terminal::Terminal;
use crate::support::{CommandOutput, Home, LIVE_KEY, PUBLISHABLE_KEY, TEST_KEY};

/// `cstar logs --json args…`.
fn logs(sandbox: &Sandbox, home: &Home, args: &[&str]) -> Vec<Value> {
    let output = CommandOutput::run(sandbox.cstar(home).args(["logs", "--json"]).args(args)).ok();
    assert_eq!(output.stderr, "");
    output.json().as_array().unwrap().clone()
}

/// Method, path without the team, and status of each.
fn outlines(requests: &[Value]) -> Vec<String> {
    let path =
        |request: &Value| request["path"].as_str().unwrap().replace(&format!("/api/v1/teams/{TEAM}"), "…");
    let outline = |request: &Value| {
        format!("{} {} {}", request["method"].as_str().unwrap(), path(request), request["status"])
    };
    requests.iter().map(outline).collect()
}

/// A sandbox with these requests: `GET …/api-keys` 200, `POST …/webhooks/trigger-test` 200, the same with an
/// unknown type 400, `DELETE …/api-keys/key_x?a=b` 404.
fn sandbox_with_requests(home: &Home) -> Sandbox {
    let sandbox = Sandbox::start(home);
    let port = sandbox.port;
    assert_eq!(api(port, "GET", "/api-keys", "").status, 200);
    assert_eq!(api(port, "POST", "/webhooks/trigger-test", r#"{"event":"ticket.created"}"#).status, 200);
    assert_eq!(api(port, "POST", "/webhooks/trigger-test", r#"{"event":"ticket.x"}"#).status, 400);
    assert_eq!(api(port, "DELETE", "/api-keys/key_x?a=b", "").status, 404);
    sandbox
}

const ALL: [&str; 4] = [
    "GET …/api-keys 200",
    "POST …/webhooks/trigger-test 200",
    "POST …/webhooks/trigger-test 400",
    "DELETE …/api-keys/key_x?a=b 404",
];

#[test]
fn list_is_newest_last_without_its_own_request() {
    let home = Home::new();
    let sandbox = sandbox_with_requests(&home);
    let output = sandbox.run(&home, ["logs"]).ok();
    let rows: Vec<Vec<&str>> = output.stdout.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!((rows.len(), output.stderr.as_str()), (4, ""), "{output:?}");
    let path = format!("/api/v1/teams/{TEAM}/api-keys/key_x?a=b");
    assert_eq!(rows[3][1..3], ["DELETE", "404"]);
    assert_eq!(rows[3][4..6], [&path, "sk_test_sand"]);
    assert!(rows[3][6].starts_with("req_") && rows.iter().all(|row| row.len() == 7), "{rows:?}");
    assert!(rows[3][3].parse::<f64>().unwrap() >= 0.0);
    assert!(rows.is_sorted_by_key(|row| row[0]), "{rows:?}");

    let list = logs(&sandbox, &home, &["--limit", "4", "--path", "*/api-keys*"]);
    let members: Vec<&String> = list[1].as_object().unwrap().keys().collect();
    let documented = [
        "id",
        "object",
        "time",
        "method",
        "path",
        "status",
        "duration_ms",
        "error_code",
        "key_prefix",
        "user_agent",
        "environment",
        "ip",
    ];
    assert_eq!(members, documented);
    assert_eq!(list[1]["error_code"], "RESOURCE_MISSING");
    assert_eq!((&list[1]["environment"], &list[1]["ip"]), (&json!("test"), &json!("127.0.0.1")));
    assert_eq!((&list[1]["object"], &list[0]["error_code"]), (&json!("request_log"), &Value::Null));
}

#[test]
fn log_id_is_the_request_id_of_the_response() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let answer = api(sandbox.port, "GET", "/nothing", "");
    let listed = logs(&sandbox, &home, &["--status", "404"]);
    assert_eq!(Some(listed[0]["id"].as_str().unwrap()), answer.header("x-cstar-request-id"));
}

#[test]
fn logs_need_a_secret_key() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for tail in [&[][..], &["--tail"]] {
        let mut none = home.cstar();
        let none = CommandOutput::run(none.env("CSTAR_BASE_URL", &sandbox.base_url).arg("logs").args(tail));
        assert_eq!((none.code, none.stdout.as_str()), (4, ""), "{none:?}");
        assert!(none.stderr.contains("not logged in") && none.stderr.contains("hint: "), "{none:?}");

        let mut publishable = sandbox.cstar_with_key(&home, PUBLISHABLE_KEY);
        let output = CommandOutput::run(publishable.arg("logs").args(tail));
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{output:?}");
        assert!(
            output.stderr.contains("Secret key required") && output.stderr.contains("hint: "),
            "{output:?}"
        );
        let error = CommandOutput::run(publishable.arg("--json")).json_error();
        assert_eq!((&error["code"], &error["exit_code"]), (&json!("insufficient_permissions"), &json!(4)));

        let mut unreachable = home.cstar();
        unreachable.env("CSTAR_BASE_URL", format!("http://127.0.0.1:{}", closed_port()));
        let unreachable =
            CommandOutput::run(unreachable.env("CSTAR_API_KEY", TEST_KEY).arg("logs").args(tail));
        assert_eq!(unreachable.code, 3, "{unreachable:?}");
    }
}

/// Must not be found anywhere later.
const SECRETS: [&str; 8] =
    ["AAAAbody", "BBBBwhsec", "CCCCquery", "DDDDpath", "EEEEagent", "FFFFtext", "GGGGmember", "HHHHencoded"];

#[test]
fn secrets_never_enter_the_request_log() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--rate-limit", "0", "--log-bodies"]);
    let made = sandbox.run(&home, ["keys", "create", "--name", "CI", "--json"]).ok().json();
    let key = made["key"].as_str().unwrap();
    let body = json!({ "event": "ticket.created", "data": { "note": "my key is sk_live_AAAAbody, whsec_BBBBwhsec",
        "password": "GGGGmember", "deep": [{ "apiKey": "GGGGmember", "whsec_AAAAbody": 1 }] } });
    assert_eq!(api(sandbox.port, "POST", "/webhooks/trigger-test", &body.to_string()).status, 200);
    let path =
        format!("GET /api/v1/teams/{TEAM}/pk_test_DDDDpath/sk%5Flive_HHHHencoded?api_key=CCCCquery&x=1");
    send(sandbox.port, &path, &[&bearer(key), "user-agent: curl sk_test_EEEEagent"], "");
    api(sandbox.port, "POST", "/webhooks/trigger-test", "no json: pk_live_FFFFtext");
    api(sandbox.port, "GET", "/api-keys", "");

    let list = sandbox.run(&home, ["logs", "--json"]).ok();
    for secret in SECRETS.into_iter().chain([&key[12..]]) {
        assert!(!list.stdout.contains(secret), "{secret} in {}", list.stdout);
    }
    let list = list.json();
    let of = |path: &str| {
        let found =
            list.as_array().unwrap().iter().find(|line| line["path"].as_str().unwrap().contains(path));
        found.unwrap_or_else(|| panic!("no {path}: {list:#}"))
    };
    let triggered = of("trigger-test");
    assert_eq!(triggered["request_body"]["event"], "ticket.created");
    assert_eq!(triggered["request_body"]["data"]["password"], "[redacted]");
    assert_eq!(triggered["response_body"]["data"]["event"], "ticket.created");
    assert_eq!(of("/api-keys")["response_body"]["data"]["key"], "[redacted]");
    let odd = of("pk_test_…");
    assert!(odd["path"].as_str().unwrap().ends_with("/pk_test_…/[redacted]?api_key=[redacted]&x=1"), "{odd}");
    assert_eq!(odd["user_agent"], "curl sk_test_…");
    assert_eq!(odd["key_prefix"], key[..12]);
}

#[test]
fn bodies_are_bounded_and_opt_in() {
    let home = Home::new();
    let long = json!({ "event": "ticket.created", "data": { "title": "x".repeat(100_000) } }).to_string();
    let with = Sandbox::start_at(&home, 0, &["--ephemeral", "--log-bodies"]);
    api(with.port, "POST", "/webhooks/trigger-test", &long);
    // requests for the log are not kept in the log
    logs(&with, &home, &[]);
    let list = logs(&with, &home, &[]);
    let body = list[0]["request_body"].as_str().unwrap();
    assert!(body.len() < 4_200 && body.ends_with(" bytes)"), "{} bytes", body.len());
    assert!(
        list[2]["path"].as_str().unwrap().contains("/logs?") && list[2]["response_body"].is_null(),
        "{list:#?}"
    );

    let without = Sandbox::start(&home);
    api(without.port, "POST", "/webhooks/trigger-test", &long);
    let text = without.run(&home, ["logs", "--json"]).ok().stdout;
    assert!(!text.contains("_body") && text.len() < 1_000, "{text}");
}

#[test]
fn log_texts_are_escaped_on_the_terminal() {
    let line = json!({ "id": "req_\u{1b}[2J", "path": "/a\nb\u{202e}", "method": "G\tET", "status": 200,
        "time": "\u{7}", "key_prefix": "\u{9b}2J" });
    let page = json!({ "success": true, "data": [line], "meta": {} }).to_string();
    let server = ScriptedServer::start(move |_, _| json_response(200, &[], &page));
    let home = Home::new();
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", server.base_url()).env("CSTAR_API_KEY", FAKE_KEY).arg("logs");
    let output = CommandOutput::run(&mut command).ok();
    assert_eq!(output.stdout, "\\x07\tG\\x09ET\t200\t-\t/a\\x0ab\\u{202e}\t\\x9b2J\treq_\\x1b[2J\n");
    let json = CommandOutput::run(command.arg("--json")).ok().stdout;
    assert!(!json.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{7}']), "{json:?}");
}

#[test]
fn foreign_response_is_not_shown_as_a_log() {
    let server = ScriptedServer::start(move |_, _| json_response(200, &[], WHOAMI));
    let home = Home::new();
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", server.base_url()).env("CSTAR_API_KEY", FAKE_KEY);
    let output = CommandOutput::run(command.arg("logs"));
    assert_eq!(output.code, 1, "{output:?}");
    assert!(
        output.stderr.contains("not what the API documents") && output.stderr.contains("hint: "),
        "{output:?}"
    );
}

#[cfg(unix)]
#[test]
fn terminal_has_header_colours_and_short_paths() {
    let home = Home::new();
    let sandbox = sandbox_with_requests(&home);
    let Some(mut terminal) = Terminal::start(&sandbox.cstar(&home), &["logs", "--limit", "4"]) else {
        return println!("{SKIPPED}");
    };
    terminal.wait_for("STATUS  METHOD  PATH ");
    terminal.wait_for("\u{1b}[32m200   \u{1b}[0m");
    terminal.wait_for("…/webhooks/trigger-test ");
    terminal.wait_for("\u{1b}[33m404   \u{1b}[0m");
    terminal.wait_for("[exit 0]");
}
