//! `/_sandbox/ready`, `cstar sandbox --healthcheck`, and the data that a sandbox starts with.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::api_connection::ApiConnection;
use crate::support::ports::closed_port;
use crate::support::process::{Process, read_until};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// Sends a request without a body, with these headers, and returns status and body.
fn ask(port: u16, start: &str, headers: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "{start} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

fn healthcheck(home: &Home, args: &[&str]) -> CommandOutput {
    CommandOutput::run(home.cstar().args(["sandbox", "--healthcheck"]).args(args))
}

const READY: &str = "GET /_sandbox/ready";

#[test]
fn ready_answers_to_any_address_but_no_name() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for host in ["localhost", "127.0.0.1:1", "10.0.0.7:4747", "[fd00::1]:4747"] {
        let (status, body) = ask(sandbox.port, READY, &format!("Host: {host}\r\n"));
        assert_eq!((status, body.as_str()), (200, r#"{"ready":true}"#), "{host}");
        let head = ask(sandbox.port, "HEAD /_sandbox/ready", &format!("Host: {host}\r\n"));
        assert_eq!(head, (200, String::new()), "{host}");
    }
    // A rebound name, a page of another origin, another method, another path.
    for (start, headers) in [
        (READY, "Host: evil.example\r\n"),
        (READY, "Host: 10.0.0.7.evil.example\r\n"),
        (READY, "Host: 10.0.0.7\r\nOrigin: https://evil.example\r\n"),
        ("POST /_sandbox/ready", "Host: 10.0.0.7\r\n"),
        ("GET /_sandbox/ready/", "Host: 10.0.0.7\r\n"),
        ("GET /_sandbox/Ready", "Host: 10.0.0.7\r\n"),
        ("GET /_sandbox", "Host: 10.0.0.7\r\n"),
        ("GET /openapi.json", "Host: 10.0.0.7\r\n"),
        ("GET http://evil.example/_sandbox/ready", "Host: 10.0.0.7\r\n"),
    ] {
        assert_eq!(ask(sandbox.port, start, headers).0, 403, "{start} {headers}");
    }
    assert_eq!(ask(sandbox.port, "POST /_sandbox/ready", "Host: localhost\r\n").0, 405);
}

#[test]
fn ready_needs_no_key_of_a_bound_sandbox() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--bind", "0.0.0.0", "--allow-host", "cstar", "--ephemeral"]);
    for host in ["cstar:4747", "172.17.0.2:4747"] {
        assert_eq!(ask(sandbox.port, READY, &format!("Host: {host}\r\n")).0, 200, "{host}");
    }
    assert_eq!(ask(sandbox.port, "GET /_sandbox/faults", "Host: cstar\r\n").0, 401);
    healthcheck(&home, &[]).ok();
}

#[test]
fn healthcheck_reports_by_exit_code() {
    let home = Home::new();
    let url = format!("http://127.0.0.1:{}", closed_port());
    let down = healthcheck(&home, &[&url]);
    let line = format!("error: the sandbox at {url} is not ready: the server refuses connections\n");
    assert_eq!((down.code, down.stdout.as_str(), &down.stderr), (1, "", &line), "{down:?}");
    assert_eq!(healthcheck(&home, &[&url, "--json"]).json_error()["exit_code"], 1);

    let sandbox = Sandbox::start(&home);
    let found = healthcheck(&home, &[]).ok();
    assert_eq!(found.stdout, format!("Ready  {}\n", sandbox.base_url));
    let there = healthcheck(&Home::new(), &[&sandbox.base_url, "--json"]).ok();
    assert_eq!(there.json(), json!({ "ready": true, "base_url": sandbox.base_url }));
    let variable = CommandOutput::run(
        Home::new().cstar().env("CSTAR_SANDBOX", &sandbox.base_url).args(["sandbox", "--healthcheck"]),
    );
    assert_eq!(variable.ok().stdout, found.stdout);

    for args in [&["ftp://x"][..], &["127.0.0.1:4747"], &["--port", "1"], &["--ephemeral"]] {
        assert_eq!(healthcheck(&home, args).code, 2, "{args:?}");
    }
}

#[test]
fn healthcheck_ends_without_an_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let output = healthcheck(&Home::new(), &[&url]);
    assert!(output.code == 1 && output.stderr.contains("no answer within 3 s"), "{output:?}");
}

#[test]
fn another_server_is_not_a_ready_sandbox() {
    for (answer, wanted) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "something else answered with HTTP 200"),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "something else answered with HTTP 404"),
        ("SSH-2.0-x\r\n", "not HTTP"),
    ] {
        let port = crate::support::raw_server::raw_server(move |mut stream| {
            crate::support::raw_server::read_request(&mut stream);
            let _ = stream.write_all(answer.as_bytes());
        });
        let output = healthcheck(&Home::new(), &[&format!("http://127.0.0.1:{port}")]);
        assert!(output.code == 1 && output.stderr.contains(wanted), "{wanted}: {output:?}");
        assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    }
}

/// The state is imported from a pipe, so the sandbox starts for as long as the test likes.
#[test]
fn sandbox_is_not_ready_during_its_import() {
    let home = Home::new();
    let file = exported(&home, &[]);
    let mut command = home.cstar();
    command.args(["sandbox", "--json", "--import", "-", "--port"]);
    let port = closed_port();
    command.arg(port.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut sandbox = Process::start(&mut command);
    let url = format!("http://127.0.0.1:{port}");
    let output = loop {
        let output = healthcheck(&home, &[&url]);
        assert_eq!(output.code, 1, "{output:?}");
        if !output.stderr.contains("refuses connections") {
            break output;
        }
    };
    assert_eq!(output.stderr, format!("error: the sandbox at {url} is not ready: it is starting\n"));
    let (status, body) = ask(port, "GET /api/v1/auth/whoami", "Host: localhost\r\n");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["error"]["code"]), (503, &json!("not_ready")));
    let mut input = sandbox.stdin().unwrap();
    input.write_all(file.as_bytes()).unwrap();
    drop(input);
    let (_, ready) = read_until(sandbox.stdout(), "\"ready\"");
    let ready: Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(ready["imported"]["ticket"], 2, "{ready}");
    healthcheck(&home, &[]).ok();
    assert_eq!(ApiConnection::open(port).total("tickets"), 2);
}

/// The state of a sandbox with two tickets, and with what `args` of `webhooks create` add.
fn exported(home: &Home, webhook: &[&str]) -> String {
    let place = home.path().join("exported").display().to_string();
    let sandbox = Sandbox::start_in_own_home(&["--data-dir", &place, "--allow-host", "app"]);
    for title in ["A", "B"] {
        ApiConnection::open(sandbox.port).data("POST tickets", &json!({ "title": title }));
    }
    if !webhook.is_empty() {
        let create = ["webhooks", "create", "--name", "x", "--events", "*", "--url"];
        CommandOutput::run(sandbox.cstar(home).args(create).args(webhook)).ok();
    }
    drop(sandbox);
    home.run(["sandbox", "export", "--data-dir", &place]).ok().stdout
}

#[test]
fn start_data_is_imported_and_seeded_once() {
    let home = Home::new();
    let file = home.path().join("state.ndjson").display().to_string();
    std::fs::write(&file, exported(&home, &[])).unwrap();
    let args = ["--import", &file, "--seed", "7"];
    let sandbox = Sandbox::start_at(&home, 0, &args);
    let ready = &sandbox.ready;
    assert_eq!(
        (&ready["imported"]["ticket"], &ready["seed"], &ready["seeded"]),
        (&json!(2), &json!(7), &json!(true))
    );
    let mut api = ApiConnection::open(sandbox.port);
    assert_eq!(api.total("tickets"), 102);
    api.data("POST tickets", &json!({"title": "mine"}));
    let export = |home: &Home| home.run(["sandbox", "export"]).ok().stdout;
    drop(sandbox);
    let before = export(&home);
    // A container starts again with the same arguments.
    let sandbox = Sandbox::start_at(&home, 0, &args);
    let ready = &sandbox.ready;
    assert_eq!((&ready["imported"], &ready["seeded"]), (&Value::Null, &json!(false)));
    drop(sandbox);
    assert_eq!(export(&home), before);

    // The same file and seed give the same state.
    let states = ["a", "b"].map(|_| {
        let home = Home::new();
        drop(Sandbox::start_at(&home, 0, &args));
        export(&home)
    });
    assert_eq!(states[0], states[1]);
    let text = CommandOutput::run(home.cstar().args(["sandbox", "--help"])).ok().stdout;
    assert!(text.contains("--import <FILE>") && text.contains("--healthcheck [<URL>]"), "{text}");
}

#[test]
fn failed_import_starts_nothing() {
    let home = Home::new();
    let file = home.path().join("state.ndjson");
    let path = file.display().to_string();
    let started = |more: &[&str]| {
        let args = ["sandbox", "--port", "0", "--seed", "1", "--import", &path];
        CommandOutput::run(home.cstar().args(args).args(more))
    };
    let missing = started(&[]);
    assert!(missing.code == 2 && missing.stderr.contains("could not read the state from"), "{missing:?}");
    let both = home.run(["sandbox", "--import", "-", "--exit-on-stdin-eof"]);
    assert!(both.code == 2 && both.stderr.contains("both read standard input"), "{both:?}");
    let whole = exported(&home, &["http://app:8000/hook"]);
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let cut = started(&[]);
    assert!(cut.code == 2 && cut.stderr.contains("could not import"), "{cut:?}");
    std::fs::write(&file, &whole).unwrap();
    let access = started(&[]);
    assert!(access.code == 2 && access.stderr.contains("a webhook to http://app:8000/hook"), "{access:?}");
    assert!(access.stderr.contains("--accept-access") && access.stdout.is_empty(), "{access:?}");
    assert_eq!(started(&["--json"]).json_error()["exit_code"], 2);
    // Each of these attempts left a state in which nothing is lost, so the next one imports.
    let sandbox = Sandbox::start_at(&home, 0, &["--import", &path, "--accept-access"]);
    assert_eq!(sandbox.ready["imported"]["webhook"], 1, "{}", sandbox.ready);
    assert_eq!(ApiConnection::open(sandbox.port).total("tickets"), 2);
}

/// A key of the file works at once, because the sandbox reads its keys after the import.
#[test]
fn imported_keys_work_at_the_start() {
    let home = Home::new();
    let place = home.path().join("exported").display().to_string();
    let first = Sandbox::start_in_own_home(&["--data-dir", &place]);
    let key = first.run(&home, ["keys", "create", "--name", "CI"]).ok().stdout;
    drop(first);
    let file = home.path().join("state.ndjson").display().to_string();
    home.run(["sandbox", "export", &file, "--data-dir", &place]).ok();
    let sandbox = Sandbox::start_at(&home, 0, &["--import", &file, "--accept-access", "--ephemeral"]);
    CommandOutput::run(sandbox.cstar_with_key(&home, key.trim()).arg("status")).ok();
}
