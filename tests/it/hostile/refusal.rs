//! Responses that end the command, and responses that try to obtain the key.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::opened;
use crate::support::ports::closed_port;
use crate::support::receiver::Receiver;
use crate::support::scripted_server::{
    FAKE_KEY, RecordedRequest, ScriptedServer, Step, json_response, send, ticket_event,
};
use crate::support::{CommandOutput, Home};

fn error(stderr: &str) -> Value {
    let value: Value = serde_json::from_str(stderr.lines().last().unwrap()).unwrap();
    value["error"].clone()
}

#[test]
fn refusal_ends_with_exit_code_and_hint() {
    for (status, exit) in [(401, 4), (403, 4), (404, 1)] {
        let body = json!({"success": false, "error": {"message": "No.", "code": "c", "request_id": "req_1"}});
        let server = ScriptedServer::start(move |_, _| json_response(status, &[], &body.to_string()));
        let began = Instant::now();
        let ended = server.listen(&Home::new(), &["--forward-to", "1"]).finish();
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        assert_eq!(ended.code, exit, "{ended:#?}");
        let error = error(&ended.stderr);
        assert_eq!(error["exit_code"], exit);
        assert_eq!(error["request_id"], "req_1");
        assert!(error["message"].as_str().unwrap().contains("No"), "{error}");
        assert!(error["hint"].is_string(), "{status}: {error}");
        assert_eq!(server.requests().len(), 1, "a refusal is not retried");
    }
}

#[test]
fn refusal_with_endless_body_still_ends() {
    let server = ScriptedServer::start(|_, _| {
        vec![send("HTTP/1.1 401 No\r\ncontent-length: 100\r\n\r\n{\"error\":"), Step::Hold]
    });
    let began = Instant::now();
    let ended = server.listen(&Home::new(), &["--forward-to", "1"]).finish();
    assert_eq!(ended.code, 4, "{ended:#?}");
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[test]
fn revoked_key_ends_listen_at_reconnect() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => vec![opened(json!({})), send(ticket_event("evt_1"))],
        _ => json_response(401, &[], r#"{"error":{"code":"invalid_api_key","message":"revoked"}}"#),
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let ended = server.listen(&home, &["--forward-to", &receiver.url()]).finish();
    assert_eq!(ended.code, 4, "{ended:#?}");
    assert_eq!(ended.summary()["delivered"], 1);
    assert_eq!(ended.summary()["reason"], "refused");
    assert_eq!(error(&ended.stderr)["code"], "invalid_api_key");
}

#[test]
fn first_response_must_be_an_event_stream() {
    let html = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let empty = "HTTP/1.1 204 No Content\r\n\r\n";
    let gzip = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n";
    for (reply, word) in [(html, "text/html"), (empty, "no content"), (gzip, "encoding gzip")] {
        let server = ScriptedServer::start(move |_, _| vec![send(reply)]);
        let ended = server.listen(&Home::new(), &["--forward-to", "1"]).finish();
        assert_eq!(ended.code, 1, "{ended:#?}");
        let error = error(&ended.stderr);
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
        assert!(error["hint"].is_string());
    }
}

#[test]
fn later_foreign_response_is_retried() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => vec![opened(json!({})), send(ticket_event("evt_1"))],
        1 => vec![send("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>")],
        _ => vec![opened(json!({"resumed": true})), send(ticket_event("evt_2")), Step::Hold],
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "2"]);
    listen.summary();
    let reasons: Vec<_> = listen.all("disconnected").iter().map(|line| line["reason"].to_string()).collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[1].contains("text/html"), "{reasons:?}");
    assert_eq!(listen.finish().code, 0);
}

#[test]
fn redirect_is_not_followed_with_the_key() {
    let elsewhere = ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}"));
    let to = format!("{}/stolen", elsewhere.base_url());
    let home = Home::new();
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {to}");
        let at_listen = ScriptedServer::start({
            let location = location.clone();
            move |_, _| json_response(status, &[&location], "")
        });
        let ended = at_listen.listen(&home, &["--forward-to", "1"]).finish();
        assert_eq!(ended.code, 1, "{ended:#?}");
        assert!(error(&ended.stderr)["message"].as_str().unwrap().contains("redirect"), "{ended:#?}");
        let at_whoami = ScriptedServer::without_whoami(move |_, _| json_response(status, &[&location], ""));
        assert_eq!(at_whoami.listen(&home, &["--forward-to", "1"]).finish().code, 1);
        for server in [at_listen, at_whoami] {
            for args in [["trigger", "ticket.created"], ["listen", "--print-secret"]] {
                let output = CommandOutput::run(server.cstar(&home).args(args));
                assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{args:?} {output:?}");
                assert!(output.stderr.contains("redirect") && output.stderr.contains(&to), "{output:?}");
            }
        }
    }
    assert!(elsewhere.requests().is_empty(), "{:?}", elsewhere.requests());
}

#[test]
fn redirect_at_reconnect_is_not_followed() {
    let elsewhere = ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}"));
    let location = format!("location: {}/stolen", elsewhere.base_url());
    let server = ScriptedServer::start(move |number, _| match number {
        0 => vec![opened(json!({}))],
        _ => json_response(307, &[&location], ""),
    });
    let ended = server.listen(&Home::new(), &["--forward-to", "1"]).finish();
    assert_eq!(ended.code, 1, "{ended:#?}");
    assert!(elsewhere.requests().is_empty(), "{:?}", elsewhere.requests());
}

#[test]
fn echoed_key_is_redacted() {
    let echo = |_: usize, request: &RecordedRequest| {
        let key = request.header("authorization").unwrap().to_owned();
        json_response(
            403,
            &[],
            &json!({"error": {"code": "c", "message": key, "type": key, "request_id": key}}).to_string(),
        )
    };
    let frame = |_: usize, _: &_| {
        let error = json!({"error": {"type": "authentication_error", "code": FAKE_KEY, "message": FAKE_KEY,
            "request_id": FAKE_KEY}});
        vec![opened(json!({})), send(format!("event: error\ndata: {error}\n\n"))]
    };
    let location =
        |_: usize, _: &_| json_response(302, &[&format!("location: http://127.0.0.1:1/{FAKE_KEY}")], "");
    let home = Home::new();
    for server in [ScriptedServer::start(echo), ScriptedServer::start(frame), ScriptedServer::start(location)]
    {
        for json in [true, false] {
            let mut command = server.cstar(&home);
            command.args(["-vv", "listen", "--forward-to", "1"]);
            let output = CommandOutput::run(if json { command.arg("--json") } else { &mut command });
            assert_ne!(output.code, 0, "{output:?}");
            let printed = output.stdout + &output.stderr;
            assert!(!printed.contains(FAKE_KEY), "{printed}");
        }
    }
}

#[test]
fn local_addresses_bypass_the_proxy() {
    let server =
        ScriptedServer::start(|_, _| vec![opened(json!({})), send(ticket_event("evt_1")), Step::Hold]);
    let (home, receiver) = (Home::new(), Receiver::start());
    let proxy = format!("http://127.0.0.1:{}", closed_port());
    for target in [receiver.url(), format!("http://localhost:{}/x", receiver.port)] {
        let mut command = server.cstar(&home);
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env(name, &proxy);
        }
        let output = CommandOutput::run(command.args([
            "listen",
            "--json",
            "--count",
            "1",
            "--for",
            "10s",
            "--forward-to",
            &target,
        ]));
        assert_eq!(output.code, 0, "{output:?}");
        assert_eq!(receiver.next().header("x-event-id"), "evt_1");
        let lines = output.json_lines();
        assert!(
            lines.iter().all(|line| line["type"] != "disconnected" && line["type"] != "retrying"),
            "{output:?}"
        );
    }
}

#[test]
fn proxy_is_used_remotely_without_the_key() {
    let (home, proxy) = (Home::new(), ScriptedServer::without_whoami(|_, _| json_response(403, &[], "{}")));
    let mut command = home.cstar();
    command.env("HTTPS_PROXY", proxy.base_url()).env("CSTAR_API_KEY", FAKE_KEY);
    let output = CommandOutput::run(command.args([
        "listen",
        "--json",
        "--base-url",
        "https://cstar.invalid",
        "--forward-to",
        "1",
    ]));
    assert_eq!(output.code, 3, "{output:?}");
    let requests = proxy.requests();
    assert!(!requests.is_empty());
    for request in requests {
        assert!(request.head.starts_with("CONNECT cstar.invalid:443 HTTP/1.1"), "{request:?}");
        assert!(!request.head.contains(FAKE_KEY), "{request:?}");
    }
}

#[test]
fn failing_server_is_not_hammered() {
    let server = ScriptedServer::start(|number, _| match number {
        // The shortest retry interval, and then one failure after the other.
        0 => vec![opened(json!({})), send("retry: 0\n\n")],
        1..6 => json_response(503, &["retry-after: 0"], ""),
        _ => vec![send("HTTP/1.1 200 OK\r\n")],
    });
    let ended = server.listen(&Home::new(), &["--forward-to", "1", "--for", "3s"]).finish();
    // No event, and no connection at the end.
    assert_eq!(ended.code, 3, "{ended:#?}");
    let count = server.requests().len();
    assert!((3..=25).contains(&count), "{count} requests in 3 s");
}

#[test]
fn endless_api_response_is_abandoned() {
    for head in ["", "content-encoding: gzip\r\n"] {
        let server = ScriptedServer::without_whoami(move |_, _| {
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{head}\r\n{{\"data\":\"");
            vec![send(head), Step::Flood(vec![b'x'; 1 << 20], 1 << 40)]
        });
        let home = Home::new();
        let output = CommandOutput::run(server.cstar(&home).args(["listen", "--json", "--forward-to", "1"]));
        assert_eq!(output.code, 1, "{output:?}");
        assert_eq!(output.stdout, "");
        output.json_error();
    }
}
