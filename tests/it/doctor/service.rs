//! The API key and the event stream.

use std::time::Duration;

use super::DoctorReport;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, json_response, send};
use crate::support::{Home, PUBLISHABLE_KEY};

#[test]
fn checks_that_need_a_key_are_skipped() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let found = DoctorReport::run(&mut home.cstar(), &["--base-url", &sandbox.base_url]);
    assert_eq!((found.code, found.of_status("warn")), (0, vec!["api_key"]), "{found:#?}");
    found.assert_check("api_key", "not logged in", "CSTAR_API_KEY");
    assert_eq!(found.check("clock")["status"], "ok");
    for name in ["key", "rate_limit", "stream", "undocumented"] {
        assert_eq!(found.check(name)["status"], "skip");
        found.assert_check(name, "not logged in", "");
    }
}

#[test]
fn malformed_key_does_not_stop_the_checks() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let found = DoctorReport::run(sandbox.cstar(&home).env("CSTAR_API_KEY", "hunter2"), &[]);
    found.assert_only_failure("api_key", "(from CSTAR_API_KEY)", "copy the key whole");
    assert!(!found.value.to_string().contains("hunter2"), "{found:#?}");
    assert_eq!(found.check("http")["status"], "ok");
}

#[test]
fn rejected_key_fails_at_key() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let found = DoctorReport::run(sandbox.cstar(&home).env("CSTAR_API_KEY", "sk_test_unknown"), &[]);
    found.assert_only_failure("key", "HTTP 401", "revoked, mistyped, or of another server");
    assert_eq!(found.check("stream")["status"], "skip");

    let body = r#"{"error":{"code":"team_access_denied","message":"no \u001b[2J sk_test_hostile1"}}"#;
    let server = ScriptedServer::without_whoami(move |_, request| {
        json_response(if request.header("authorization").is_some() { 403 } else { 401 }, &[], body)
    });
    let found = DoctorReport::run(&mut server.cstar(&home), &[]);
    found.assert_only_failure("key", "HTTP 403", "another team");
    assert!(found.check("key")["message"].as_str().unwrap().contains("sk_test_…"), "{found:#?}");
}

#[test]
fn undocumented_operations_are_named() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &[]);
    assert_eq!(found.check("undocumented")["status"], "ok", "{found:#?}");
    found.assert_check("undocumented", "answered: keys, logs; not tried: webhooks test", "");
    let create = ["webhooks", "create", "--url", "http://127.0.0.1:1/x", "--events", "*", "--quiet"];
    sandbox.run(&home, create).ok();
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &[]);
    found.assert_check("undocumented", "answered: keys, logs, webhooks deliveries;", "");
    let server = ScriptedServer::start(|_, request| match request.target() {
        target if target.ends_with("/api-keys") => json_response(403, &[], "{}"),
        target if target.contains("/listen") => vec![send(STREAM), Step::Hold],
        _ => json_response(404, &[], "{}"),
    });
    let found = DoctorReport::run(&mut server.cstar(&home), &[]);
    assert_eq!(found.check("undocumented")["status"], "warn", "{found:#?}");
    found.assert_check(
        "undocumented",
        "answered: keys; not there: logs; not tried",
        "where the server has them",
    );
}

/// Neither a response of unknown length nor one with a large length is read to its end.
#[test]
fn oversized_whoami_fails_at_key() {
    const PAGE: usize = 64 << 20;
    let heads = [
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {PAGE}\r\n\r\n"),
    ];
    for head in heads {
        let home = Home::new();
        let server =
            ScriptedServer::without_whoami(move |_, request| match request.header("authorization") {
                Some(_) => vec![send(head.clone()), Step::Flood(vec![b' '; 1 << 20], PAGE)],
                None => json_response(401, &[], "{}"),
            });
        let found = DoctorReport::run(&mut server.cstar(&home), &[]);
        found.assert_only_failure("key", "is too large: it has more than 4 MiB", "");
    }
}

#[test]
fn exhausted_rate_limit_is_reported() {
    let home = Home::new();
    let server = ScriptedServer::without_whoami(|_, request| {
        let limit = ["x-ratelimit-limit: 1000", "x-ratelimit-remaining: 0", "retry-after: 60"];
        let status = if request.header("authorization").is_some() { 429 } else { 401 };
        json_response(status, &limit, r#"{"error":{"code":"rate_limit_exceeded","message":"slow down"}}"#)
    });
    let found = DoctorReport::run(&mut server.cstar(&home), &[]);
    found.assert_only_failure("rate_limit", "0 of 1000 requests left", "wait");
    assert_eq!(found.check("key")["status"], "warn");
    let sandbox = Sandbox::start_at(&home, 0, &[]);
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &[]);
    found.assert_check("rate_limit", " of 1000 requests left", "");
}

#[test]
fn publishable_key_limits_are_reported() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let found = DoctorReport::run(sandbox.cstar(&home).env("CSTAR_API_KEY", PUBLISHABLE_KEY), &[]);
    found.assert_only_failure("stream", "HTTP 403", "need a secret key");
    found.assert_check("api_key", "only reads", "secret key");
    assert_eq!(found.check("key")["status"], "ok");
}

#[test]
fn buffered_stream_fails_at_stream() {
    let home = Home::new();
    let server = ScriptedServer::start(|_, request| match request.header("authorization") {
        Some(_) => vec![send(STREAM), Step::Repeat(": wait\n\n", 100, Duration::from_millis(200))],
        None => json_response(401, &[], "{}"),
    });
    let found = DoctorReport::run(&mut server.cstar(&home), &[]);
    found.assert_only_failure("stream", "within", "--transport ws");
}

#[test]
fn foreign_stream_response_fails_at_stream() {
    let home = Home::new();
    for (status, message) in [(200, "application/json"), (404, "HTTP 404"), (503, "HTTP 503")] {
        let server = ScriptedServer::start(move |_, _| json_response(status, &[], "{}"));
        DoctorReport::run(&mut server.cstar(&home), &[]).assert_only_failure("stream", message, "");
    }
}
