//! The protocol over HTTP: only on this machine, only with the token, and not for web pages.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::client::modern_meta;
use crate::support::process::{Process, read_until};
use crate::support::{Home, TIMEOUT};

pub(super) struct Server {
    running: Process,
    pub(super) port: u16,
    token: String,
}

impl Server {
    pub(super) fn start(mut command: Command) -> Self {
        command.args(["mcp-server", "--http", "127.0.0.1:0", "--json"]).stdout(Stdio::piped());
        let mut running = Process::start(&mut command);
        let (_, line) = read_until(running.stdout(), "{");
        let ready: Value = serde_json::from_str(&line).unwrap();
        let url = ready["url"].as_str().unwrap();
        let port = url.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.strip_suffix("/mcp"));
        Self {
            running,
            port: port.unwrap().parse().unwrap(),
            token: ready["token"].as_str().unwrap().to_owned(),
        }
    }

    /// Posts a message with these header lines in addition to the usual ones; returns the status, the head and the
    /// messages of the response.
    fn post(&self, headers: &[&str], message: &Value) -> (u16, String, Vec<Value>) {
        self.post_text("/mcp", headers, &message.to_string())
    }

    /// The same with any body and path; an `accept:` among the headers replaces the usual one, `accept-none` omits it.
    fn post_text(&self, path: &str, headers: &[&str], body: &str) -> (u16, String, Vec<Value>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        let mut head = format!(
            "POST {path} HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n",
            body.len()
        );
        if !headers.iter().any(|line| line.starts_with("accept")) {
            head += "accept: application/json, text/event-stream\r\n";
        }
        if !headers.iter().any(|line| line.starts_with("host:")) {
            head += &format!("host: 127.0.0.1:{}\r\n", self.port);
        }
        let lines = headers.iter().filter(|line| **line != "accept-none");
        lines.for_each(|line| head += &format!("{line}\r\n"));
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), messages(body))
    }

    /// The header line with the token.
    pub(super) fn bearer(&self) -> String {
        format!("authorization: Bearer {}", self.token)
    }
}

/// The messages in a JSON body or an event stream, chunked or not.
fn messages(body: &str) -> Vec<Value> {
    let data = body.lines().map(|line| line.strip_prefix("data:").unwrap_or(line).trim());
    data.filter(|line| line.starts_with(['{', '['])).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn hello() -> Value {
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params })
}

#[test]
fn token_gives_access_in_both_eras() {
    let home = Home::new();
    let server = Server::start(home.cstar());
    let (status, head, printed) = server.post(&[&server.bearer()], &hello());
    assert_eq!((status, &printed[0]["result"]["serverInfo"]["name"]), (200, &"cstar".into()), "{head}");
    let session = head.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).unwrap().to_owned();
    let session = format!("mcp-session-id: {session}");
    let headers = [server.bearer(), session, "mcp-protocol-version: 2025-11-25".to_owned()];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(server.post(&headers, &initialized).0, 202);
    let call = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "cstar_list_events", "arguments": { "category": "surveys" } } });
    let (status, _, printed) = server.post(&headers, &call);
    let result = &printed.last().unwrap()["result"];
    assert_eq!(
        (status, &result["structuredContent"]["events"][0]["type"]),
        (200, &"survey.submitted".into())
    );

    let modern =
        json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/list", "params": { "_meta": modern_meta() } });
    let headers =
        [server.bearer(), "mcp-protocol-version: 2026-07-28".into(), "mcp-method: tools/list".into()];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let (status, _, printed) = server.post(&headers, &modern);
    assert_eq!((status, printed.last().unwrap()["result"]["tools"].as_array().unwrap().len()), (200, 21));
}

#[test]
fn any_accept_and_a_trailing_slash_work() {
    let home = Home::new();
    let server = Server::start(home.cstar());
    let bearer = server.bearer();
    let hello = hello().to_string();
    for accept in [
        "accept: */*",
        "accept-none",
        "accept: application/*, text/*;q=0.5",
        "accept: text/event-stream, APPLICATION/JSON",
        "accept: */*;q=0.1",
    ] {
        for path in ["/mcp", "/mcp/"] {
            let (status, head, printed) = server.post_text(path, &[&bearer, accept], &hello);
            assert_eq!((status, printed.len()), (200, 1), "{accept} {path}: {head}");
        }
    }
    for accept in ["accept: text/html", "accept: application/json", "accept: */*;q=0"] {
        assert_eq!(server.post_text("/mcp", &[&bearer, accept], &hello).0, 406, "{accept}");
    }
    assert_eq!(server.post_text("/mcp/x", &[&bearer], &hello).0, 404);
    assert_eq!(server.post_text("/", &[&bearer], &hello).0, 404);
}

#[test]
fn invalid_bodies_get_json_rpc_errors() {
    let home = Home::new();
    let server = Server::start(home.cstar());
    let long = "x".repeat(4 * 1024 * 1024 + 1);
    for (body, status, code) in [
        ("garbage", 400, -32700),
        ("", 400, -32700),
        ("{", 400, -32700),
        ("7", 400, -32600),
        ("[]", 400, -32600),
        (r#"{"id":1,"method":"ping"}"#, 400, -32600),
        (long.as_str(), 413, -32600),
    ] {
        let (given, head, printed) = server.post_text("/mcp", &[&server.bearer()], body);
        let reported: String = body.chars().take(40).collect();
        assert_eq!(given, status, "{reported}: {head}");
        assert_eq!(
            (printed.len(), &printed[0]["error"]["code"]),
            (1, &json!(code)),
            "{reported}: {printed:?}"
        );
    }
}

#[test]
fn posted_batch_is_answered_by_one_array() {
    let home = Home::new();
    let server = Server::start(home.cstar());
    let params = json!({ "protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
    let bearer = server.bearer();
    let (_, head, printed) = server.post(&[&bearer], &hello);
    assert_eq!(printed[0]["result"]["protocolVersion"], "2025-03-26");
    let session = head.lines().find(|line| line.starts_with("mcp-session-id: ")).unwrap().to_owned();
    let note = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let ping = |id: u32| json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
    let (status, _, printed) = server.post(&[&bearer, &session], &json!([note, ping(2), ping(3), 7]));
    let answers = printed[0].as_array().unwrap();
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
    assert_eq!((status, ids), (200, vec![&json!(2), &json!(3), &Value::Null]), "{printed:?}");
    let (status, _, printed) = server.post(&[&bearer, &session], &json!([note, note]));
    assert_eq!((status, printed), (202, Vec::new()));
    // Later versions have no sessions, and an unknown session is not found.
    let later = server.post(&[&bearer, &session, "mcp-protocol-version: 2025-06-18"], &json!([ping(4)]));
    assert_eq!((later.0, &later.2[0]["error"]["code"]), (400, &json!(-32600)));
    assert_eq!(server.post(&[&bearer, "mcp-session-id: none"], &json!([ping(5)])).0, 404);
    assert_eq!(server.post(&[&bearer, &session], &json!([hello])).2[0][0]["error"]["code"], -32600);
}

#[test]
fn nothing_is_served_without_the_token() {
    let home = Home::new();
    let server = Server::start(home.cstar());
    let almost = format!("authorization: Bearer {}x", server.token);
    let basic = format!("authorization: Basic {}", server.token);
    for headers in [
        &[][..],
        &["authorization: Bearer"],
        &["authorization: Bearer "],
        &[almost.as_str()],
        &[basic.as_str()],
    ] {
        let (status, head, printed) = server.post(headers, &hello());
        assert_eq!((status, printed), (401, Vec::new()), "{headers:?}");
        assert!(head.contains("www-authenticate: bearer"), "{head}");
    }
}

#[test]
fn web_pages_and_foreign_hosts_are_refused() {
    let home = Home::new();
    let server = Server::start(home.cstar());
    let bearer = server.bearer();
    let port = server.port;
    for header in [
        "host: evil.example".to_owned(),
        format!("host: evil.example:{port}"),
        format!("host: 127.0.0.1.evil.example:{port}"),
        format!("host: localhost:{}", port.wrapping_add(1)),
        "origin: https://evil.example".to_owned(),
        "origin: null".to_owned(),
        format!("origin: http://localhost:{}", port.wrapping_add(1)),
        format!("origin: https://127.0.0.1:{port}"),
    ] {
        let (status, _, printed) = server.post(&[&bearer, &header], &hello());
        assert_eq!((status, printed), (403, Vec::new()), "{header}");
    }
    for header in [format!("host: localhost:{port}"), format!("origin: http://127.0.0.1:{port}")] {
        assert_eq!(server.post(&[&bearer, &header], &hello()).0, 200, "{header}");
    }
}

#[test]
fn only_loopback_addresses_are_bound() {
    let home = Home::new();
    for address in ["0.0.0.0:0", "192.0.2.1:80", "example.com:80", "x"] {
        let output = home.run(["mcp-server", "--http", address]);
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{address}: {output:?}");
    }
    let quiet = home.run(["mcp-server", "--http", "0", "--quiet"]);
    assert_eq!(quiet.code, 2, "{quiet:?}");
    assert!(quiet.stderr.contains("--json"), "{quiet:?}");
    let server = Server::start(home.cstar());
    let taken = home.run(["mcp-server", "--http", &server.port.to_string()]);
    assert_eq!(taken.code, 1, "{taken:?}");
    assert!(taken.stderr.contains("could not listen on 127.0.0.1:"), "{taken:?}");
}

#[test]
fn interrupt_ends_a_server_with_open_stream() {
    let home = Home::new();
    let mut server = Server::start(home.cstar());
    let (_, head, _) = server.post(&[&server.bearer()], &hello());
    let session = head.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).unwrap().to_owned();
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let request = format!(
        "GET /mcp HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n{}\r\nmcp-session-id: {session}\r\naccept: text/event-stream\r\n\r\n",
        server.port,
        server.bearer()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    server.running.interrupt();
    let begun = std::time::Instant::now();
    assert_eq!(server.running.wait().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}
