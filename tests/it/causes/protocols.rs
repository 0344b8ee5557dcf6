//! Servers that use another protocol or another certificate.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::{fails_with, trigger};
use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::raw_server::{raw_server, read_request};
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::tls_front::{Certificate, TlsFront};

#[test]
fn wrong_protocols_are_named() {
    type Server = fn(TcpStream);
    let cases: [(&str, &str, Server, i32, &str, &str); 8] = [
        (
            "closes",
            "http",
            |mut s| assert!(read_request(&mut s)),
            3,
            "closed the connection without",
            "handler crash",
        ),
        ("ssh", "http", |mut s| drop(s.write_all(b"SSH-2.0-Open\r\n")), 3, "not HTTP", "check the port"),
        (
            "http2",
            "http",
            |mut s| {
                read_request(&mut s);
                let _ = s.write_all(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64");
            },
            3,
            "speaks HTTP/2 only",
            "HTTP/1.1",
        ),
        (
            "tls alert",
            "http",
            |mut s| {
                read_request(&mut s);
                let _ = s.write_all(b"\x15\x03\x03\0\x02\x02\x46");
            },
            3,
            "speaks https, not http",
            "https://",
        ),
        (
            "plain",
            "https",
            |mut s| {
                let _ = s.read(&mut [0; 512]);
                let _ = s.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
            },
            3,
            "speaks http, not https",
            "http://",
        ),
        (
            "cut off",
            "http",
            |mut s| {
                read_request(&mut s);
                let _ = s.write_all(b"HTTP/1.1 200 OK\r\n");
            },
            3,
            "in the middle of its answer",
            "log",
        ),
        (
            "redirect",
            "http",
            |mut s| {
                read_request(&mut s);
                let _ = s.write_all(b"HTTP/1.1 308 P\r\nlocation: /hook/\r\ncontent-length: 0\r\n\r\n");
            },
            1,
            "a redirect to /hook/, which is not followed",
            "final address",
        ),
        (
            "django",
            "http",
            |mut s| {
                read_request(&mut s);
                let page = "<title>DisallowedHost at /x</title>";
                let head = "HTTP/1.1 400 B\r\ncontent-type: text/html\r\ncontent-length:";
                let _ = s.write_all(format!("{head} {}\r\n\r\n{page}", page.len()).as_bytes());
            },
            1,
            "DisallowedHost at /x",
            "ALLOWED_HOSTS",
        ),
    ];
    for (name, scheme, server, exit, sentence, advice) in cases {
        let port = raw_server(server);
        let output = trigger(&format!("{scheme}://127.0.0.1:{port}/x"), &[]);
        assert!(output.code != 0, "{name}");
        fails_with(&output, exit, sentence, advice);
    }
}

#[test]
fn certificate_errors_name_the_reason() {
    let cases = [
        (Certificate::Good, "does not trust", "--insecure"),
        (Certificate::Expired, "certificate", "--insecure"),
        (Certificate::WrongName, "certificate", "--insecure"),
    ];
    let behind = Receiver::start();
    for (certificate, sentence, advice) in cases {
        let front = TlsFront::start(behind.port, certificate);
        let target = format!("https://localhost:{}/x", front.port);
        fails_with(&trigger(&target, &[]), 3, sentence, advice);
        trigger(&target, &["--insecure"]).ok();
        // Plain http on the same port.
        let plain = trigger(&format!("http://localhost:{}/x", front.port), &[]);
        fails_with(&plain, 3, "speaks https, not http", "https://");
    }
}

#[test]
fn each_failure_of_a_tls_port_is_named() {
    let port = raw_server(|mut stream| {
        // A TLS handshake begins with this byte; other connections are closed.
        let mut first = [0];
        if stream.read_exact(&mut first).is_ok() && first == [0x16] {
            let _ = stream.write_all(b"\x15\x03\x03\0\x02\x02\x28");
        }
    });
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let target = format!("http://127.0.0.1:{port}/x");
    let mut listen = Listen::start(sandbox.cstar(&home), &["--retries", "0", "--forward-to", &target]);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..4 {
        api.trigger_ticket(&format!("tkt_{number}"), number);
    }
    listen.wait_for_all("failed", 4);
    for failed in listen.all("failed") {
        assert_eq!(failed["reason"], "speaks https, not http", "{failed}");
        assert_eq!(failed["hint"], "use https:// in the address", "{failed}");
    }
    listen.stop();
}
