//! What else arrives at a public address: forged, stale, repeated, large, slow and idle requests.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use cstar::signature::sign;

use super::{Public, stop, trigger_id};
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::ticket;
use crate::support::{Home, TIMEOUT};

const MAX_BODY: usize = 1024 * 1024;

pub(super) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream
}

/// The status of the response.
fn status(mut stream: TcpStream) -> u16 {
    let mut response = String::new();
    let read = stream.read_to_string(&mut response);
    let status = response.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no response: {read:?} {response:?}"))
}

/// Sends a request with these lines and returns the status.
fn request(port: u16, line: &str, headers: &[&str], body: &[u8]) -> u16 {
    let mut stream = connect(port);
    let lines: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let head = format!("{line} HTTP/1.1\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // The server may answer before it has read everything.
    let _ = stream.write_all(body);
    status(stream)
}

/// The same with a host and a signature.
pub(super) fn post(port: u16, signature: &str, body: &str) -> u16 {
    let (host, signature) = (format!("host: 127.0.0.1:{port}"), format!("x-signature: {signature}"));
    request(port, "POST /hook", &[&host, &signature], body.as_bytes())
}

#[test]
fn forged_requests_are_refused_and_reported() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let mut public = Public::start(&sandbox, &home, &["--forward-to", &receiver.url()]);
    let (port, secret) = (public.port, public.secret(&home));
    let body = ticket("evt_a", "tkt_1");
    let good = sign(body.as_bytes(), &secret, now());
    let host = format!("host: 127.0.0.1:{port}");

    assert_eq!(post(port, &sign(body.as_bytes(), "whsec_guessed", now()), &body), 401);
    assert_eq!(post(port, &good, &body.replace("tkt_1", "tkt_2")), 401);
    assert_eq!(post(port, &sign(body.as_bytes(), &secret, now() - 301), &body), 401);
    assert_eq!(post(port, &sign(body.as_bytes(), &secret, now() + 600), &body), 401);
    assert_eq!(post(port, "v1=\u{e9}, [2J", &body), 401);
    assert_eq!(request(port, "POST /hook", &[&host], body.as_bytes()), 401);
    let (signed, wrong) = (format!("x-signature: {good}"), "x-signature: t=1,v1=00");
    assert_eq!(request(port, "POST /hook", &[&host, &signed, wrong], body.as_bytes()), 401);
    let refused = public.listen.wait_for("request_refused");
    assert_eq!((&refused["status"], &refused["others"]), (&401.into(), &0.into()), "{refused}");
    let reason = refused["reason"].as_str().unwrap();
    assert!(reason.contains("does not match the secret"), "{refused}");

    // Signed, but not an event that can be forwarded.
    for body in ["not JSON", "[]", r#"{"id":"a\r\nx: y","type":"ticket.created"}"#, r#"{"id":"evt_1"}"#] {
        assert_eq!(post(port, &sign(body.as_bytes(), &secret, now()), body), 400, "{body}");
    }
    // Nothing was remembered of the forged ones.
    assert_eq!(post(port, &good, &body), 200);
    assert_eq!(receiver.next().body, body);
    assert_eq!(public.listen.wait_for("delivered")["id"], "evt_a");
    // Repeated: confirmed, and not delivered again.
    assert_eq!(post(port, &sign(body.as_bytes(), &secret, now() - 10), &body), 200);
    let skipped = public.listen.wait_for("skipped");
    assert_eq!(
        (&skipped["id"], &skipped["reason"]),
        (&"evt_a".into(), &"received before in this run".into())
    );
    public.listen.interrupt();
    let ended = public.listen.finish();
    assert_eq!((&ended.summary()["delivered"], &ended.summary()["skipped"]), (&1.into(), &1.into()));
    assert_eq!(
        ended.seen.iter().filter(|line| line["type"] == "request_refused" && line["status"] == 401).count(),
        1
    );
    assert!(receiver.drain().is_empty());
}

#[test]
fn other_hosts_and_methods_are_refused() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = crate::support::ports::closed_port();
    let url = "https://hooks.example.com/in";
    let mut listen = crate::support::listen::Listen::start(
        sandbox.cstar(&home),
        &["--print", "--public-url", url, "--receive", &port.to_string()],
    );
    for method in ["GET /", "HEAD /", "PUT /hook", "OPTIONS *"] {
        let host = format!("host: 127.0.0.1:{port}");
        assert_eq!(request(port, method, &[&host], b""), 405, "{method}");
    }
    for host in ["evil.example", "hooks.example.com.evil.example", "10.0.0.1", "", "x@127.0.0.1"] {
        let host = format!("host: {host}");
        assert_eq!(request(port, "POST /hook", &[&host], b"{}"), 403, "{host}");
    }
    let good = "host: hooks.example.com";
    assert_eq!(request(port, "POST /hook", &[good, "host: evil.example"], b"{}"), 403);
    assert_eq!(request(port, "POST http://evil.example/hook", &[good], b"{}"), 403);
    for host in ["hooks.example.com", "HOOKS.example.com:443", "localhost:1", "127.0.0.1"] {
        let host = format!("host: {host}");
        assert_eq!(request(port, "POST /hook", &[&host], b"{}"), 401, "only unsigned: {host}");
    }
    let statuses = [405, 403, 401].map(|status| {
        listen.wait_until("a report", |line| line["type"] == "request_refused" && line["status"] == status)
    });
    assert!(statuses[1]["reason"].as_str().unwrap().contains("Host header"), "{statuses:?}");
    stop(listen);
}

#[test]
fn large_bodies_are_refused() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let public = Public::start(&sandbox, &home, &["--forward-to", &receiver.url()]);
    let (port, secret) = (public.port, public.secret(&home));
    let sized = |id: &str, size: usize| {
        let short = ticket(id, "");
        ticket(id, &"x".repeat(size - short.len()))
    };
    let large = sized("evt_large", 2 * MAX_BODY);
    assert_eq!(post(port, &sign(large.as_bytes(), &secret, now()), &large), 413);
    // Without an announced length.
    let mut stream = connect(port);
    let head = format!(
        "POST /hook HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    for chunk in large.as_bytes().chunks(64 * 1024) {
        let _ = stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes());
        let _ = stream.write_all(chunk);
        let _ = stream.write_all(b"\r\n");
    }
    let _ = stream.write_all(b"0\r\n\r\n");
    assert_eq!(status(stream), 413);
    let largest = sized("evt_largest", MAX_BODY);
    assert_eq!(post(port, &sign(largest.as_bytes(), &secret, now()), &largest), 200);
    assert_eq!(receiver.next().header("x-event-id"), "evt_largest");
    public.listen.stop();
    assert!(receiver.drain().is_empty());
}

#[test]
fn slow_and_idle_clients_block_no_others() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let mut public = Public::start(&sandbox, &home, &["--forward-to", &receiver.url()]);
    let port = public.port;
    let idle: Vec<TcpStream> = (0..500).map(|_| connect(port)).collect();
    let mut slow: Vec<TcpStream> = (0..50).map(|_| connect(port)).collect();
    for stream in &mut slow {
        let head =
            format!("POST /hook HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: {MAX_BODY}\r\n\r\n{{");
        stream.write_all(head.as_bytes()).unwrap();
    }
    let ids: Vec<String> = (0..10).map(|_| trigger_id(&sandbox)).collect();
    let received: Vec<String> =
        receiver.take(10).iter().map(|request| request.header("x-event-id").to_owned()).collect();
    assert_eq!(received, ids, "one after the other");
    // They are not waited for forever.
    for stream in slow {
        assert_eq!(status(stream), 408);
    }
    for mut stream in idle {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    public.listen.wait_until("408", |line| line["type"] == "request_refused" && line["status"] == 408);
    public.listen.stop();
}

#[test]
fn unwritable_history_is_answered_with_503() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let mut public = Public::start(&sandbox, &home, &["--forward-to", &receiver.url()]);
    let (port, secret) = (public.port, public.secret(&home));
    let file = home.path().join("cstar/history.sqlite3");
    let other = rusqlite::Connection::open(file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let send = |id: &str| {
        let body = ticket(id, "tkt_1");
        post(port, &sign(body.as_bytes(), &secret, now()), &body)
    };
    assert_eq!(send("evt_first"), 503);
    public.listen.wait_for("history_paused");
    assert_eq!(send("evt_second"), 503, "refused at once");
    other.execute_batch("ROLLBACK").unwrap();
    public.listen.wait_for("history_resumed");
    // cStar repeats both.
    assert_eq!((send("evt_first"), send("evt_second")), (200, 200));
    let requests = receiver.take(2);
    let ids: Vec<&str> = requests.iter().map(|request| request.header("x-event-id")).collect();
    assert_eq!(ids, ["evt_first", "evt_second"]);
    public.listen.wait_for_all("delivered", 2);
    public.listen.stop();
    assert!(receiver.drain().is_empty(), "each once");
}
