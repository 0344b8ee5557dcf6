//! Responses of cStar, of other servers in its place, and of targets.

use std::io::{Read, Write};

use crate::snapshots::errors::{Area, area, check_all};
use crate::snapshots::filter::Names;
use crate::support::Home;
use crate::support::ports::closed_port;
use crate::support::raw_server::{raw_server, read_request};
use crate::support::receiver::{Receiver, Response};
use crate::support::scripted_server::{ScriptedServer, WHOAMI, json_response, send};
use crate::support::tls_front::{Certificate, TlsFront};

const KEY: &str = "CSTAR_API_KEY=sk_test_hunter2hunter2hunter2";

/// The errors of `lines` with a server that answers `whoami` correctly, and everything else like this.
fn api(status: u16, headers: &'static [&'static str], body: &'static str, lines: &[&str]) -> Area {
    let server = ScriptedServer::start(move |_, _| json_response(status, headers, body));
    at(server.port, lines)
}

/// The same, with this response for `whoami` as well.
fn whoami(status: u16, headers: &'static [&'static str], body: &'static str, lines: &[&str]) -> Area {
    let server = ScriptedServer::without_whoami(move |_, _| json_response(status, headers, body));
    at(server.port, lines)
}

/// The errors of `lines` with the API at this port.
fn at(port: u16, lines: &[&str]) -> Area {
    let names = Names::default().name("[API]", port);
    let lines: Vec<String> = lines
        .iter()
        .map(|line| format!("{KEY} CSTAR_BASE_URL=http://127.0.0.1:[API] cstar {line}"))
        .collect();
    area(&Home::new(), &names, &lines.join("\n"))
}

const TRIGGER: &[&str] = &["trigger ticket.created"];
const LISTS: &[&str] = &["keys list", "webhooks list", "logs"];

fn error(kind: &str, code: &str, message: &str) -> &'static str {
    let error = format!(
        r#"{{"success":false,"error":{{"type":"{kind}","code":"{code}","message":"{message}","request_id":"req_1"}}}}"#
    );
    error.leak()
}

/// A server that reads a request and answers with these bytes.
fn raw(bytes: &'static [u8]) -> u16 {
    raw_server(move |mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(bytes);
    })
}

#[test]
fn refusals_of_the_api_are_as_reviewed() {
    let refused: [(&str, u16, &'static str); 9] = [
        ("key-invalid", 401, error("authentication_error", "invalid_api_key", "The key is revoked.")),
        ("key-expired", 401, error("authentication_error", "key_expired", "The key has expired.")),
        ("key-without-reason", 401, "{}"),
        ("other-team", 403, error("permission_error", "team_access_denied", "Not your team.")),
        ("other-environment", 403, error("permission_error", "forbidden", "This environment is not yours.")),
        ("publishable-key", 403, error("permission_error", "forbidden", "A secret key is needed.")),
        ("not-found", 404, "{}"),
        ("invalid", 422, error("invalid_request_error", "validation_error", "The name is too long.")),
        ("conflict", 409, error("invalid_request_error", "conflict", "It exists.")),
    ];
    let mut areas: Vec<(&str, Area)> =
        refused.into_iter().map(|(name, status, body)| (name, api(status, &[], body, TRIGGER))).collect();
    areas.extend([
        ("key-refused-by-listen", whoami(401, &[], refused[0].2, &["listen", "status", "doctor"][..2])),
        ("not-json", whoami(200, &[], "<html>", TRIGGER)),
        ("other-json", whoami(200, &[], "[1]", TRIGGER)),
        ("lists-of-other-json", api(200, &[], "[1]", LISTS)),
        ("odd-team", whoami(200, &[], r#"{"success":true,"data":{"teamId":"../x"}}"#, TRIGGER)),
        ("redirect", whoami(308, &["location: https://elsewhere.example/api/v1/auth/whoami"], "", TRIGGER)),
        ("rate-limit", whoami(429, &["retry-after: 3600"], r#"{"error":{"message":"Slow down."}}"#, TRIGGER)),
        (
            "rate-limit-of-a-sandbox",
            whoami(
                429,
                &["retry-after: 3600"],
                r#"{"error":{"message":"The limit of --rate-limit 5"}}"#,
                TRIGGER,
            ),
        ),
    ]);
    assert!(check_all("errors-api", areas) >= 15);
}

/// Reported after three retries.
#[test]
fn unreachable_servers_are_as_reviewed() {
    let broken =
        ScriptedServer::without_whoami(|_, _| json_response(500, &[], r#"{"error":{"message":"Oh no."}}"#));
    let half = ScriptedServer::without_whoami(|_, _| {
        vec![send(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{{", WHOAMI.len()))]
    });
    let servers = [
        ("closed", closed_port()),
        ("server-error", broken.port),
        ("cut-off", half.port),
        ("hangs-up", raw(b"")),
        ("not-http", raw(b"220 smtp ready\r\n")),
        ("https-not-http", raw(b"\x15\x03\x03\0\x02\x02\x46")),
        ("http2", raw(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64")),
    ];
    let mut areas = std::thread::scope(|scope| {
        let running = servers.map(|(name, port)| (name, scope.spawn(move || at(port, TRIGGER))));
        Vec::from(running.map(|(name, area)| (name, area.join().unwrap())))
    });
    let behind = Receiver::start();
    for (name, certificate) in [
        ("certificate-unknown", Certificate::Good),
        ("certificate-expired", Certificate::Expired),
        ("certificate-of-another-name", Certificate::WrongName),
    ] {
        let front = TlsFront::start(behind.port, certificate);
        let names = Names::default().name("[API]", front.port);
        let line = format!("{KEY} cstar status --base-url https://localhost:[API]");
        areas.push((name, area(&Home::new(), &names, &line)));
    }
    assert!(check_all("errors-unreachable", areas) >= 8);
}

#[test]
fn failures_of_targets_are_as_reviewed() {
    let target = |port: u16, scheme: &str| {
        let names = Names::default().name("[TARGET]", port);
        let line =
            format!("cstar trigger ticket.created --secret whsec_x --to {scheme}://127.0.0.1:[TARGET]/x");
        area(&Home::new(), &names, &line)
    };
    let plain = raw_server(|mut stream| {
        let _ = stream.read(&mut [0; 16_384]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    });
    let mut areas = vec![
        ("closed", target(closed_port(), "http")),
        ("hangs-up", target(raw(b""), "http")),
        ("not-http", target(raw(b"SSH-2.0-Open\r\n"), "http")),
        ("http2", target(raw(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64"), "http")),
        ("https-not-http", target(raw(b"\x15\x03\x03\0\x02\x02\x46"), "http")),
        ("http-not-https", target(plain, "https")),
        ("cut-off", target(raw(b"HTTP/1.1 200 OK\r\n"), "http")),
        ("redirect", target(raw(b"HTTP/1.1 308 P\r\nlocation: /hook/\r\ncontent-length: 0\r\n\r\n"), "http")),
    ];
    for (name, status, body) in [
        ("status-400", 400, "bad signature"),
        ("status-401", 401, ""),
        ("status-403", 403, "CSRF verification failed"),
        ("status-404", 404, ""),
        ("status-405", 405, ""),
        ("status-410", 410, ""),
        ("status-413", 413, ""),
        ("status-415", 415, ""),
        ("status-422", 422, "{\"error\":\"no ticket\"}"),
        ("status-429", 429, ""),
        ("status-500", 500, "no such table"),
        ("status-502", 502, ""),
        ("status-503", 503, ""),
    ] {
        let receiver = Receiver::start_with(move |_| {
            Response::status(status).header("content-type", "text/plain").body(body.to_owned())
        });
        areas.push((name, target(receiver.port, "http")));
    }
    let behind = Receiver::start();
    let front = TlsFront::start(behind.port, Certificate::Good);
    areas.push(("certificate-unknown", target(front.port, "https")));
    assert!(check_all("errors-targets", areas) >= 15);
}
