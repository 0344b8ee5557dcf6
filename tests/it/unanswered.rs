//! A server that does not respond as cStar or a sandbox does: a plain error and a fitting hint, from every command.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::support::raw_server::raw_server;
use crate::support::scripted_server::{ScriptedServer, json_response};
use crate::support::tls_front::{Certificate, TlsFront};
use crate::support::{CommandOutput, Home, TEST_KEY};

fn write_and_close(mut stream: TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    // Unread bytes would turn the close into a reset.
    while matches!(stream.read(&mut [0; 4096]), Ok(1..)) {}
}

/// Reads the first bytes, answers with `bytes` and closes.
fn answering(bytes: &'static [u8]) -> u16 {
    raw_server(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        write_and_close(stream, bytes);
    })
}

/// A TLS server that answers plain http with these bytes. Returns its port.
fn tls_server(plain: &'static [u8]) -> u16 {
    raw_server(move |mut stream| {
        let mut begun = [0; 4096];
        let read = stream.read(&mut begun).unwrap_or_default();
        let is_hello = begun.get(..read).is_some_and(|begun| begun.starts_with(&[0x16, 0x03]));
        write_and_close(stream, if is_hello { b"\x16\x03\x03\0\x40\x02" } else { plain });
    })
}

fn trigger(base: &str) -> CommandOutput {
    let args = ["trigger", "ticket.created", "--base-url", base, "--api-key", TEST_KEY];
    CommandOutput::run(Home::new().cstar().args(args))
}

fn doctor(base: &str) -> CommandOutput {
    CommandOutput::run(Home::new().cstar().args(["doctor", "--base-url", base, "--api-key", TEST_KEY]))
}

/// Fails if the output contains messages of the libraries below.
fn assert_plain(output: &CommandOutput) {
    let printed = format!("{}{}", output.stdout, output.stderr);
    for raw in [
        "Invalid",
        "Other",
        "Error",
        "os error",
        "received",
        "parsed",
        "message completed",
        "line 1",
        "peer",
        "tunnel",
    ] {
        assert!(!printed.contains(raw), "{raw}: {printed}");
    }
}

fn assert_both_report(base: &str, words: &str, hint: &str) {
    for output in [trigger(base), doctor(base)] {
        let printed = format!("{}{}", output.stdout, output.stderr);
        assert!(printed.contains(words) && printed.contains(hint), "no {words:?}, {hint:?} in {printed}");
        assert!(!printed.contains("is the sandbox running"), "{printed}");
        assert_plain(&output);
    }
}

const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";

#[test]
fn https_to_other_protocols_is_described() {
    for bytes in [BAD_REQUEST, b"SSH-2.0-Open\r\n", b"<html>"] {
        let base = format!("https://127.0.0.1:{}", answering(bytes));
        assert_both_report(&base, "the server does not speak https", "use http:// in --base-url");
    }
    // An alert: the server supports none of the offered protocols.
    let base = format!("https://127.0.0.1:{}", answering(b"\x15\x03\x03\0\x02\x02\x78"));
    assert_both_report(&base, "speaks HTTP/2 only", "does the server speak https there?");
    let base = format!("https://127.0.0.1:{}", answering(b""));
    assert_both_report(
        &base,
        "closed the connection during the TLS handshake",
        "does the server speak https there?",
    );
}

#[test]
fn http_to_other_protocols_is_described() {
    let base = format!("http://127.0.0.1:{}", answering(b"\x15\x03\x03\0\x02\x02\x46"));
    assert_both_report(
        &base,
        "the server speaks https, not http",
        "this port speaks TLS: use https:// in --base-url",
    );
    let bad_request: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 5\r\n\r\nHTTPS";
    for plain in [&b""[..], b"\x15\x03", bad_request] {
        let base = format!("http://127.0.0.1:{}", tls_server(plain));
        let output = trigger(&base);
        assert!(
            output.code == 3 && output.stderr.contains("the server speaks https, not http"),
            "{output:?}"
        );
        assert!(output.stderr.contains("use https:// in --base-url"), "{output:?}");
        assert_plain(&output);
    }
    let settings = b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64";
    let base = format!("http://127.0.0.1:{}", answering(settings));
    assert_both_report(&base, "the server speaks HTTP/2 only", "check host and port of --base-url");
    let foreign: [&[u8]; 3] = [b"SSH-2.0-Open\r\n", b"220 mail ready\r\n", b"\x15oops"];
    for bytes in foreign {
        let base = format!("http://127.0.0.1:{}", answering(bytes));
        assert_both_report(&base, "answered with something that is not HTTP", "is no cStar sandbox");
    }
    let base = format!("http://127.0.0.1:{}", answering(b""));
    assert_both_report(&base, "closed the connection without an answer", "is no cStar sandbox");
    let base = format!("http://127.0.0.1:{}", answering(b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n"));
    assert_both_report(&base, "answered with an invalid status line or header", "is no cStar sandbox");
}

#[test]
fn untrusted_certificates_are_described() {
    for certificate in [Certificate::Good, Certificate::Expired, Certificate::WrongName] {
        let front = TlsFront::start(1, certificate);
        assert_both_report(&front.base_url(), "the server has a", "certificate");
    }
}

#[test]
fn answers_that_are_not_json_are_described() {
    for (body, words) in [("<html>", "it is not JSON"), ("", "it is empty"), ("{}", "it has no `data`")] {
        let server = ScriptedServer::without_whoami(move |_, _| json_response(200, &[], body));
        let output = trigger(&server.base_url());
        assert!(output.code == 1 && output.stderr.contains(words), "{words}: {output:?}");
        assert_plain(&output);
    }
}

#[test]
fn listen_describes_other_protocols() {
    for (scheme, bytes, words) in [
        ("https", BAD_REQUEST, "the server does not speak https"),
        ("http", b"SSH-2.0-Open\r\n", "something that is not HTTP"),
        ("http", b"", "closed the connection without an answer"),
    ] {
        let base = format!("{scheme}://127.0.0.1:{}", answering(bytes));
        let args = ["listen", "--forward-to", "1", "--base-url", &base, "--api-key", TEST_KEY];
        let output = CommandOutput::run(Home::new().cstar().args(args));
        assert!(output.stderr.contains(words), "{output:?}");
        assert_plain(&output);
    }
}

#[test]
fn long_error_answers_keep_their_message() {
    let long = "é".repeat(50_000);
    let first = json!({"error": {"code": "odd_thing", "message": "Too odd.", "stack": long}});
    let last = json!({"stack": long, "error": {"code": "odd_thing", "message": "Too odd."}});
    let all = json!({"error": {"code": "odd_thing", "message": format!("Too odd{long}")}});
    for body in [first, last, all] {
        let body = body.to_string();
        let server = ScriptedServer::without_whoami(move |_, _| json_response(400, &[], &body));
        let output = trigger(&server.base_url());
        assert!(output.code == 1 && output.stderr.contains("Too odd"), "{output:?}");
        assert!(output.stderr.chars().count() < 700, "{output:?}");
        let args = ["trigger", "ticket.created", "--json"];
        let output = CommandOutput::run(server.cstar(&Home::new()).args(args));
        assert!(output.stderr.contains("Too odd") && output.stderr.contains("odd_thing"), "{output:?}");
        assert!(output.stderr.len() < 10_000, "{}", output.stderr.len());
    }
}
