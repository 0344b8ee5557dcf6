//! What the API refuses, and what is refused before it is sent.

use super::api;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};
use crate::support::{CommandOutput, Home, LIVE_KEY, PUBLISHABLE_KEY};

/// The body on standard output, the error with the id of the request on standard error.
fn assert_refused(output: &CommandOutput, code: i32, status: u16) {
    let id = output.json()["error"]["request_id"].as_str().unwrap().to_owned();
    assert_eq!(output.code, code, "{output:?}");
    assert!(output.stderr.contains(&format!("(HTTP {status}) ({id})")), "{output:?}");
}

#[test]
fn refusals_print_body_and_error() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    assert_refused(&api(&sandbox, &home, &["tickets/tkt_none"]), 1, 404);
    let invalid = api(&sandbox, &home, &["tickets", "-f", "priority=no such priority"]);
    assert!(invalid.json()["error"]["code"].as_str().is_some(), "{invalid:?}");
    assert_eq!((invalid.code, invalid.stderr.contains("error: the API refused")), (1, true), "{invalid:?}");
    let key = |key: &str, args: &[&str]| {
        CommandOutput::run(sandbox.cstar_with_key(&home, key).arg("api").args(args))
    };
    assert_refused(&key("sk_test_unknown00000000000000000000000000", &["auth/whoami"]), 4, 401);
    assert_refused(&key(PUBLISHABLE_KEY, &["tickets", "-f", "title=x"]), 4, 403);
    // A program is for successes.
    let refused = api(&sandbox, &home, &["tickets/tkt_none", "--jq", ".data.id"]);
    assert_refused(&refused, 1, 404);
}

#[test]
fn refusals_are_json_lines_with_json() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let refused = api(&sandbox, &home, &["tickets/tkt_none", "--json"]);
    let error = refused.json_error();
    assert_eq!((refused.code, &error["exit_code"]), (1, &1.into()));
    assert_eq!(error["request_id"], refused.json()["error"]["request_id"]);
    let usage = api(&sandbox, &home, &["tickets", "--jq", ".[", "--json"]);
    assert_eq!((usage.code, usage.stdout.as_str()), (2, ""));
    assert!(usage.json_error()["message"].as_str().unwrap().contains("at character 3"), "{usage:?}");
}

#[test]
fn statuses_of_validation_are_kept() {
    let body = r#"{"success":false,"error":{"type":"invalid_request_error","code":"VALIDATION_ERROR","message":"title is too long.","param":"title","request_id":"req_9"}}"#;
    let server = ScriptedServer::start(move |_, _| json_response(422, &[], body));
    let home = Home::new();
    let output = CommandOutput::run(server.cstar(&home).args(["api", "tickets", "-f", "title=x"]));
    assert_eq!((output.code, output.stdout.as_str()), (1, body), "{output:?}");
    assert!(output.stderr.contains("title is too long (HTTP 422) (req_9)"), "{output:?}");
    assert_eq!(server.requests().len(), 1, "a refusal is not repeated");
}

#[test]
fn rate_limit_of_the_sandbox_is_an_error() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--rate-limit", "1"]);
    api(&sandbox, &home, &["auth/whoami"]).ok();
    let limited = api(&sandbox, &home, &["auth/whoami"]);
    assert_refused(&limited, 1, 429);
    assert!(limited.stderr.contains("too many requests"), "{limited:?}");
}

#[test]
fn api_without_login_sends_nothing() {
    let home = Home::new();
    let output = home.run(["api", "tickets"]);
    assert_eq!((output.code, output.stdout.as_str()), (4, ""));
    assert!(output.stderr.contains("cstar login"), "{output:?}");
    assert_eq!(home.run(["api", "tickets", "--json"]).json_error()["exit_code"], 4);
}

#[test]
fn live_keys_ask_before_a_write() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let live =
        |args: &[&str]| CommandOutput::run(sandbox.cstar_with_key(&home, LIVE_KEY).arg("api").args(args));
    for args in [&["tickets", "-f", "title=x"][..], &["DELETE", "tickets/tkt_1"], &["-X", "PUT", "settings"]]
    {
        let refused = live(args);
        assert!(refused.code == 2 && refused.stdout.is_empty(), "{refused:?}");
        assert!(refused.stderr.contains("add --yes"), "{refused:?}");
    }
    assert_eq!(live(&["tickets", "--jq", ".pagination.total"]).ok().stdout, "0\n");
    assert_eq!(live(&["tickets", "-f", "title=x", "--yes", "--jq", ".data.title"]).ok().stdout, "x\n");
}

#[test]
fn live_keys_never_go_over_plain_http() {
    let home = Home::new();
    let mut command = home.cstar();
    command.env("CSTAR_API_KEY", LIVE_KEY).env("CSTAR_BASE_URL", "http://cstar.example");
    let refused =
        CommandOutput::run(command.args(["api", "auth/whoami", "--insecure-http-host", "cstar.example"]));
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{refused:?}");
    assert!(refused.stderr.contains("use https"), "{refused:?}");
}

#[test]
fn bad_command_lines_send_nothing() {
    let home = Home::new();
    let server = ScriptedServer::without_whoami(|_, _| json_response(500, &[], "{}"));
    for (args, expected) in [
        (&[][..], "a path is missing"),
        (&["POST"], "a path is missing"),
        (&["FETCH", "tickets"], "`FETCH` is not a method"),
        (&["tickets", "-X", "FETCH"], "`FETCH` is not a method"),
        (&["GET", "tickets", "-X", "GET"], "cannot be used with"),
        (&["../x"], "the path has `..`"),
        (&["https://evil.example/api/v1/auth/whoami"], "not to evil.example"),
        (&["tickets/{id}"], "placeholder"),
        (&["tickets", "-f", "title"], "expected key=value"),
        (&["tickets", "-F", "a={"], "field `a` is not JSON"),
        (&["tickets", "-F", "a=@none.txt"], "could not read field `a`"),
        (&["tickets", "--input", "none.json"], "could not read the body"),
        (&["tickets", "--jq", ".a | nope"], "at character 6: unknown function `nope`"),
        (&["tickets", "-H", "Authorization: x"], "--api-key"),
        (&["tickets", "-H", "x"], "there is no colon"),
        (&["tickets", "--slurp"], "--paginate"),
        (&["POST", "tickets", "--paginate"], "--paginate is for GET"),
        (&["tickets", "extra", "words"], "words"),
    ] {
        let output = CommandOutput::run(server.cstar(&home).arg("api").args(args));
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains(expected), "{args:?}: {output:?}");
    }
    assert!(server.requests().is_empty());
}
