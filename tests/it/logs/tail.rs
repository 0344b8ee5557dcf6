//! `cstar logs --tail`: each request once, in order, over a connection that breaks.

use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;

use serde_json::{Value, json};

use crate::support::http::api;
use crate::support::ports::ReservedPort;
use crate::support::process::{Process, is_under_wine, lines, read_to_end, read_until};
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{FAKE_KEY, ScriptedServer, json_response, session};
use crate::support::tcp_proxy::TcpProxy;
use crate::support::{CommandOutput, Home, TEST_KEY, TIMEOUT, json_line, scripted_server};

/// A running `cstar logs --tail --json`, read line by line.
struct Tail {
    running: Process,
    lines: Receiver<String>,
    seen: Vec<Value>,
}

impl Tail {
    /// Starts it and waits until it is connected.
    fn start(mut command: Command, args: &[&str]) -> Self {
        command.args(["logs", "--tail", "--json"]).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Process::start(&mut command);
        let lines = lines(running.stdout());
        let mut tail = Self { running, lines, seen: Vec::new() };
        tail.wait_for("connected");
        tail
    }

    fn next(&mut self) -> Value {
        let line = self.lines.recv_timeout(TIMEOUT);
        let value = json_line(&line.unwrap_or_else(|error| panic!("{error}; seen: {:#?}", self.seen)));
        self.seen.push(value.clone());
        value
    }

    fn wait_for(&mut self, kind: &str) -> Value {
        loop {
            let value = self.next();
            if value["type"] == kind {
                return value;
            }
        }
    }

    /// Waits for the request to a path with this suffix.
    fn wait_for_path(&mut self, end: &str) {
        while !self.wait_for("log")["path"].as_str().unwrap().ends_with(end) {}
    }

    /// The last part of the path of each request so far.
    fn paths(&self) -> Vec<&str> {
        let logs = self.seen.iter().filter(|value| value["type"] == "log");
        logs.map(|value| value["path"].as_str().unwrap().rsplit('/').next().unwrap()).collect()
    }

    fn count(&self, kind: &str) -> usize {
        self.seen.iter().filter(|value| value["type"] == kind).count()
    }

    /// Interrupts it, after which it must exit with 0.
    fn stop(mut self) {
        if is_under_wine() {
            return;
        }
        self.running.interrupt();
        assert_eq!(self.running.wait().code(), Some(0));
        assert_eq!(read_to_end(self.running.stderr()), "");
    }
}

/// Makes the requests with these numbers at a sandbox: `GET …/nothing/{number}`.
fn ask(sandbox: &Sandbox, numbers: std::ops::Range<usize>) {
    for number in numbers {
        assert_eq!(api(sandbox.port, "GET", &format!("/nothing/{number}"), "").status, 404);
    }
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

/// `cstar` with the sandbox behind `proxy`.
fn through(proxy: &TcpProxy, home: &Home) -> Command {
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", proxy.base_url()).env("CSTAR_API_KEY", TEST_KEY);
    command
}

#[test]
fn tail_shows_recent_then_new_requests() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    ask(&sandbox, 0..20);
    let mut tail = Tail::start(sandbox.cstar(&home), &["--limit", "3"]);
    tail.wait_for_path("/19");
    ask(&sandbox, 20..25);
    tail.wait_for_path("/24");
    assert_eq!(tail.paths(), numbers(17..25));
    let first = tail.seen.iter().find(|value| value["type"] == "log").unwrap();
    assert_eq!(first.as_object().unwrap().keys().next().unwrap(), "type");
    assert_eq!((&first["object"], &first["status"]), (&json!("request_log"), &json!(404)));
    // but other commands list it
    let own = sandbox.run(&home, ["logs", "--json", "--path", "logs/stream"]).ok().json();
    assert_eq!((own.as_array().unwrap().len(), &own[0]["status"]), (1, &json!(200)), "{own:#}");
    tail.stop();
}

#[test]
fn tail_filters_past_and_new_requests() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let ask_both = |number: usize| {
        ask(&sandbox, number..number + 1);
        assert_eq!(api(sandbox.port, "GET", "/api-keys", "").status, 200);
    };
    ask_both(0);
    ask_both(1);
    let mut tail =
        Tail::start(sandbox.cstar(&home), &["--status", "4xx", "--since", "1h", "--path", "nothing/*"]);
    ask_both(2);
    ask_both(3);
    tail.wait_for_path("/3");
    assert_eq!(tail.paths(), numbers(0..4));
    tail.stop();
}

#[test]
fn repeated_cuts_lose_and_repeat_nothing() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let proxy = TcpProxy::start(sandbox.port);
    ask(&sandbox, 0..5);
    let mut tail = Tail::start(through(&proxy, &home), &[]);
    let mut made = 5;
    for _ in 0..6 {
        proxy.cut();
        ask(&sandbox, made..made + 10);
        made += 10;
        tail.wait_for("disconnected");
        tail.wait_for("connected");
    }
    tail.wait_for_path(&format!("/{}", made - 1));
    assert_eq!(tail.paths(), numbers(0..made));
    assert_eq!((tail.count("gap"), proxy.accepted() >= 7), (0, true), "{:#?}", tail.seen);
    tail.stop();
}

#[test]
fn cut_during_the_backlog_resumes_there() {
    // The second connection counts: it must ask for entries after the last line shown.
    let line = |number: usize| {
        let body = json!({ "id": format!("req_{number}"), "path": format!("/{number}"), "status": 200 });
        scripted_server::event(&format!("req_{number}"), "log", &body.to_string())
    };
    let server = ScriptedServer::start(move |number, request| {
        let greeting = format!("id: start_x\n{}", session(&json!({ "resumed": number > 0 })));
        let mut steps = vec![scripted_server::send(scripted_server::STREAM), scripted_server::send(greeting)];
        match number {
            0 => steps.push(scripted_server::send(line(1) + &line(2))),
            _ => {
                assert_eq!(request.header("last-event-id"), Some("req_2"));
                // one entry twice, because a server may repeat itself
                steps.extend([scripted_server::send(line(2) + &line(3)), scripted_server::Step::Hold]);
            }
        }
        steps
    });
    let home = Home::new();
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", server.base_url()).env("CSTAR_API_KEY", FAKE_KEY);
    let mut tail = Tail::start(command, &[]);
    tail.wait_for_path("/3");
    assert_eq!(tail.paths(), ["1", "2", "3"]);
    assert_eq!(tail.count("gap"), 0);
    let requests = server.requests();
    assert!(requests[0].target().ends_with("/logs/stream?last=10"), "{}", requests[0].target());
    let name = requests[0].header("cstar-tail");
    assert!(
        name.is_some() && requests[1].header("cstar-tail") == name,
        "all its connections have the same name"
    );
    tail.stop();
}

#[test]
fn terminal_reports_disconnects_and_gaps() {
    let (home, port) = (Home::new(), ReservedPort::new());
    let mut sandbox = Sandbox::start_at(&home, port.port, &["--ephemeral"]);
    let mut command = sandbox.cstar(&home);
    let mut running =
        Process::start(command.args(["logs", "--tail"]).stdout(Stdio::piped()).stderr(Stdio::piped()));
    let (stderr, printed) = read_until(running.stderr(), "Ctrl-C stops.");
    assert!(!printed.contains("connected"), "{printed}");
    sandbox.kill();
    let (stderr, _) = read_until(stderr, "Disconnected: ");
    let sandbox = Sandbox::start_at(&home, port.port, &["--ephemeral"]);
    let (stderr, printed) = read_until(stderr, "Reconnected.");
    assert!(printed.lines().count() <= 4, "an outage is reported once: {printed}");
    let (_stderr, printed) = read_until(stderr, "Possible gap: ");
    assert!(printed.contains("requests since "), "{printed}");
    ask(&sandbox, 0..1);
    let (_stdout, printed) = read_until(running.stdout(), "/nothing/0");
    let row: Vec<&str> = printed.lines().last().unwrap().split('\t').collect();
    assert_eq!((row.len(), row[1], row[2]), (7, "GET", "404"), "{printed}");
}

#[test]
fn tail_continues_after_a_sandbox_restart() {
    let (home, port) = (Home::new(), ReservedPort::new());
    let mut sandbox = Sandbox::start_at(&home, port.port, &[]);
    ask(&sandbox, 0..5);
    let mut tail = Tail::start(sandbox.cstar(&home), &["--path", "nothing/*"]);
    tail.wait_for_path("/4");
    ask(&sandbox, 5..8);
    let before = sandbox.run(&home, ["logs", "--json", "--path", "nothing/*"]).ok().json();
    sandbox.interrupt();
    tail.wait_for("disconnected");

    let sandbox = Sandbox::start_at(&home, port.port, &[]);
    tail.wait_for("connected");
    assert_eq!(sandbox.run(&home, ["logs", "--json", "--path", "nothing/*"]).ok().json(), before);
    ask(&sandbox, 8..10);
    tail.wait_for_path("/9");
    assert_eq!((tail.paths(), tail.count("gap")), (numbers(0..10).iter().map(String::as_str).collect(), 0));
    tail.stop();
}

#[test]
fn closed_pipe_ends_the_tail_with_exit_0() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut command = sandbox.cstar(&home);
    let mut running =
        Process::start(command.args(["logs", "--tail"]).stdout(Stdio::piped()).stderr(Stdio::piped()));
    let (stderr, _) = read_until(running.stderr(), "Ctrl-C stops.");
    drop(running.stdout());
    ask(&sandbox, 0..1);
    assert_eq!(running.wait().code(), Some(0));
    assert_eq!(read_to_end(stderr), "");
}

#[test]
fn revoked_key_ends_the_tail_with_the_api_error() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let made = sandbox.run(&home, ["keys", "create", "--name", "CI", "--json"]).ok().json();
    let mut command = sandbox.cstar(&home);
    command.env("CSTAR_API_KEY", made["key"].as_str().unwrap());
    let mut tail = Tail::start(command, &[]);
    let id = made["id"].as_str().unwrap();
    assert_eq!(api(sandbox.port, "DELETE", &format!("/api-keys/{id}"), "").status, 200);
    assert_eq!(tail.running.wait().code(), Some(4));
    let error: Value = serde_json::from_str(read_to_end(tail.running.stderr()).trim_end()).unwrap();
    assert_eq!(error["error"]["code"], "invalid_api_key", "{error}");
}

#[test]
fn server_without_log_stream_is_reported() {
    let server =
        ScriptedServer::start(|_, _| json_response(404, &[], r#"{"error":{"message":"Not here."}}"#));
    let home = Home::new();
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", server.base_url()).env("CSTAR_API_KEY", FAKE_KEY);
    let output = CommandOutput::run(command.args(["logs", "--tail"]));
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("Not here") && output.stderr.contains("hint: "), "{output:?}");
}

#[test]
fn several_tails_see_every_request() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let start = |_| Tail::start(sandbox.cstar(&home), &["--path", "nothing/*"]);
    let mut tails: Vec<Tail> = (0..3).map(start).collect();
    ask(&sandbox, 0..30);
    for tail in &mut tails {
        tail.wait_for_path("/29");
        assert_eq!(tail.paths(), numbers(0..30));
    }
    tails.into_iter().for_each(Tail::stop);
}
