//! Responses of the API that are errors, hostile, or not responses at all.

use std::time::{Duration, Instant};

use super::{KEY, MARK, QUICKLY, SECRET};
use crate::support::scripted_server::{ScriptedServer, Step, WHOAMI, json_response, send};
use crate::support::{CommandOutput, Home};

/// Answers every request with these bytes.
fn always(response: impl Into<Vec<u8>>) -> ScriptedServer {
    let response = response.into();
    ScriptedServer::without_whoami(move |_, _| vec![Step::Send(response.clone())])
}

/// Answers every request with this JSON text.
fn always_json(status: u16, body: &str) -> ScriptedServer {
    let body = body.to_owned();
    ScriptedServer::without_whoami(move |_, _| json_response(status, &[], &body))
}

fn run<const N: usize>(server: &ScriptedServer, args: [&str; N]) -> CommandOutput {
    let home = Home::new();
    CommandOutput::run(server.cstar(&home).args(args).env("CSTAR_API_KEY", KEY))
}

/// The documented error object and its older shapes, and the message that each must show.
const ERROR_SHAPES: [(&str, &str); 6] = [
    (
        r#"{"success":false,"error":{"type":"authentication_error","code":"invalid_api_key","message":"The key is revoked.","request_id":"req_1"}}"#,
        "The key is revoked",
    ),
    (
        r#"{"error":{"code":"INVALID_API_KEY","message":"The key is revoked","field":"key"}}"#,
        "The key is revoked",
    ),
    (r#"{"success":false,"error":"The key is revoked"}"#, "The key is revoked"),
    (r#"{"code":"key_expired","message":"The key is revoked"}"#, "The key is revoked"),
    ("{}", "no reason given"),
    ("", "no reason given"),
];

#[test]
fn rejected_key_is_exit_4_in_every_shape() {
    for (body, message) in ERROR_SHAPES {
        for status in [401, 403] {
            let server = always_json(status, body);
            let output = run(&server, ["trigger", "ticket.created"]);
            assert_eq!(output.code, 4, "{body} {output:?}");
            let stderr = &output.stderr;
            assert!(stderr.contains(message) && stderr.lines().count() == 2, "{body} {output:?}");
            assert_eq!(server.requests().len(), 1, "a rejected key is not retried");
            let output = run(&server, ["listen", "--json"]);
            assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{body} {output:?}");
            assert_eq!(output.json_error()["exit_code"], 4);
        }
    }
}

#[test]
fn json_error_contains_the_api_error() {
    let server = always_json(401, ERROR_SHAPES[0].0);
    let error = run(&server, ["trigger", "ticket.created", "--json"]).json_error();
    assert_eq!(error["type"], "authentication_error");
    assert_eq!(error["code"], "invalid_api_key");
    assert_eq!(error["request_id"], "req_1");
}

#[test]
fn long_retry_after_is_not_waited_for() {
    let server = ScriptedServer::without_whoami(|_, _| {
        json_response(429, &["retry-after: 3600"], r#"{"error":{"message":"slow down"}}"#)
    });
    let begin = Instant::now();
    let output = run(&server, ["trigger", "ticket.created"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("slow down"), "{output:?}");
    assert!(begin.elapsed() < QUICKLY);
}

#[test]
fn server_texts_are_escaped_and_keys_redacted() {
    let escapes = "\\u001b[2J \\u009b31m \\u202e \\u200b \\r\\n error: forged";
    let body = format!(
        r#"{{"error":{{"type":"{KEY}","code":"{KEY}","message":"{escapes} your key {KEY} {SECRET} x","param":"{KEY}","request_id":"{KEY}{escapes}"}}}}"#
    );
    std::thread::scope(|scope| {
        for (status, code) in [(401, 4), (400, 1), (500, 1)] {
            for verbosity in ["-q", "-v", "-vv", "-vvv", "--json"] {
                let body = body.clone();
                scope.spawn(move || {
                    let server = ScriptedServer::start(move |_, _| json_response(status, &[], &body));
                    let output = run(&server, ["trigger", "ticket.created", verbosity]);
                    let all = format!("{}{}", output.stdout, output.stderr);
                    assert_eq!(output.code, code, "{output:?}");
                    assert!(all.contains("your key"), "{output:?}");
                    assert!(!all.contains(MARK), "{verbosity}: {output:?}");
                    let is_escaped = all.contains("\\x1b[2J") || all.contains("\\u001b[2J");
                    assert!(is_escaped, "escaped, not dropped: {output:?}");
                    let raw = all
                        .chars()
                        .find(|c| (c.is_control() && *c != '\n') || matches!(*c, '\u{202e}' | '\u{200b}'));
                    assert_eq!(raw, None, "{verbosity}: {output:?}");
                    let is_forged = all.lines().any(|line| line.trim_start().starts_with("error: forged"));
                    assert!(!is_forged, "{output:?}");
                });
            }
        }
    });
}

#[test]
fn hostile_identity_is_sanitized() {
    for team in ["../../admin", "a/b", "", "a?b", "a%2fb", "\\u001b[2J", "x y"] {
        let server = always_json(200, &format!(r#"{{"success":true,"data":{{"teamId":"{team}"}}}}"#));
        let output = run(&server, ["trigger", "ticket.created"]);
        assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{team} {output:?}");
        assert!(output.stderr.contains("team id"), "{output:?}");
        assert_eq!(server.requests().len(), 1, "{team} is not put into an address");
    }
    let name = format!(r#"{{"data":{{"teamId":"a","teamName":"\u001b[2J {KEY}","environment":"\u202e"}}}}"#);
    let server = ScriptedServer::without_whoami(move |_, request| {
        let is_whoami = request.target().ends_with("/auth/whoami");
        if is_whoami { json_response(200, &[], &name) } else { json_response(404, &[], "{}") }
    });
    let stderr = run(&server, ["listen", "--forward-to", "1"]).stderr;
    assert!(stderr.contains("\\x1b[2J sk_test_…") && stderr.contains("\\u{202e}"), "{stderr}");
    assert!(!stderr.contains('\u{1b}') && !stderr.contains(MARK), "{stderr}");
}

/// Malformed responses: name, exit code, a part of the error, and the server.
fn malformed() -> Vec<(&'static str, i32, &'static str, ScriptedServer)> {
    let html = "<html>\u{1b}[2JBad Gateway</html>";
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{}", WHOAMI.len(), &WHOAMI[20..]);
    let endless = |status: &str| {
        let head = format!("HTTP/1.1 {status} Status\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = [&b"10000\r\n"[..], &vec![b' '; 0x10000], b"\r\n"].concat();
        ScriptedServer::without_whoami(move |_, _| {
            vec![send(head.clone()), Step::Flood(chunk.clone(), 1 << 40)]
        })
    };
    vec![
        ("HTML 502", 1, "HTTP 502", always_json(502, html)),
        ("HTML 200", 1, "not what the API documents", always_json(200, html)),
        ("no body", 1, "not what the API documents", always_json(200, "")),
        ("half JSON", 1, "not what the API documents", always_json(200, &WHOAMI[..40])),
        ("deep JSON", 1, "is too large", always_json(200, &"[".repeat(100_000))),
        ("other JSON", 1, "not what the API documents", always_json(200, "[1]")),
        ("204", 1, "not what the API documents", always("HTTP/1.1 204 No Content\r\n\r\n")),
        ("404", 1, "HTTP 404", always_json(404, html)),
        ("cut off", 3, "could not reach", always(cut)),
        ("closed", 3, "could not reach", always("")),
        ("not HTTP", 3, "could not reach", always("220 smtp ready\r\n")),
        ("endless", 1, "is too large", endless("200")),
        ("endless 403", 4, "HTTP 403", endless("403")),
    ]
}

#[test]
fn malformed_responses_get_a_two_line_error() {
    let cases = malformed();
    std::thread::scope(|scope| {
        for (name, code, part, server) in &cases {
            for json in [false, true] {
                scope.spawn(move || {
                    let begin = Instant::now();
                    let flag = if json { "--json" } else { "--no-color" };
                    let output = run(server, ["trigger", "ticket.created", flag]);
                    assert_eq!((output.code, output.stdout.as_str()), (*code, ""), "{name}: {output:?}");
                    let stderr = &output.stderr;
                    assert!(stderr.contains(part), "{name}: {output:?}");
                    assert!(stderr.lines().count() <= 2, "{name}: {output:?}");
                    assert!(!stderr.contains('\u{1b}') && !stderr.contains(MARK), "{name}: {output:?}");
                    for raw in ["os error", "EOF", "message completed", "hyper", "invalid HTTP version"] {
                        assert!(!stderr.contains(raw), "{name}: {raw}: {output:?}");
                    }
                    assert!(begin.elapsed() < Duration::from_secs(20), "{name}");
                    if json {
                        assert_eq!(output.json_error()["exit_code"], *code);
                    }
                });
            }
        }
    });
}
