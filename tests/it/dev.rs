//! `cstar dev`: a server of the user with a listener around it. No process of the server may remain.

mod servers;

use std::process::Stdio;
use std::sync::mpsc::Receiver as Lines;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::api_connection::ApiConnection;
use crate::support::ports::{ReservedPort, closed_port};
use crate::support::process::{self, Process};
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, SANDBOX_SECRET, TEST_KEY, TIMEOUT, json_line};

/// A running `cstar dev --json`.
pub(crate) struct Dev {
    running: Process,
    lines: Lines<String>,
    server: Lines<String>,
    /// What the server and errors printed so far.
    printed: Vec<String>,
}

impl Dev {
    /// Starts `dev --json args… -- server…` against this sandbox.
    pub(crate) fn start(sandbox: &Sandbox, home: &Home, args: &[&str], server: &[&str]) -> Self {
        let mut command = home.cstar();
        // Without it, tests that run at the same time would all begin with port 3000.
        command.env("PORT", closed_port().to_string());
        command.args(["dev", "--json", "--sandbox", "--base-url", &sandbox.base_url]).args(args);
        command.arg("--").args(server).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Process::start(&mut command);
        let (lines, server) = (process::lines(running.stdout()), process::lines(running.stderr()));
        Self { running, lines, server, printed: Vec::new() }
    }

    /// Reads until a line of this type and state.
    pub(crate) fn wait_for(&mut self, kind: &str, state: Option<&str>) -> Value {
        loop {
            let Ok(line) = self.lines.recv_timeout(TIMEOUT) else {
                let printed: Vec<_> = self.server.try_iter().collect();
                panic!("no {kind} {state:?}: {:#?} {printed:#?}", self.printed)
            };
            let line = json_line(&line);
            if line["type"] == kind && state.is_none_or(|state| line["state"] == state) {
                return line;
            }
        }
    }

    /// Reads what the server prints, until a line with this text.
    pub(crate) fn wait_for_output(&mut self, text: &str) -> String {
        loop {
            let Ok(line) = self.server.recv_timeout(TIMEOUT) else {
                panic!("the server did not print {text}: {:#?}", self.printed)
            };
            self.printed.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    pub(crate) fn interrupt(&self) {
        self.running.interrupt();
    }

    /// The exit code and everything on standard error.
    pub(crate) fn end(mut self) -> (i32, String) {
        let code = self.running.wait().code().unwrap_or(-1);
        while let Ok(line) = self.server.recv_timeout(TIMEOUT) {
            self.printed.push(line);
        }
        (code, self.printed.join("\n"))
    }
}

/// Waits until no process with this id runs.
fn wait_until_gone(id: &str) {
    let is_running = || match cfg!(target_os = "linux") {
        true => std::fs::read_to_string(format!("/proc/{id}/stat"))
            .ok()
            .and_then(|stat| stat.rsplit_once(") ").map(|(_, rest)| !rest.starts_with('Z')))
            .unwrap_or(false),
        false => std::process::Command::new("kill").args(["-0", id]).output().unwrap().status.success(),
    };
    let deadline = Instant::now() + TIMEOUT;
    while is_running() {
        assert!(Instant::now() < deadline, "process {id} still runs");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The words after the last `name=` in a line.
fn word(line: &str, name: &str) -> String {
    let (_, rest) = line.rsplit_once(&format!("{name}=")).unwrap_or_else(|| panic!("no {name}: {line}"));
    rest.split(' ').next().unwrap_or_default().to_owned()
}

/// Starts a shell script as the server.
fn shell(script: &str) -> [&str; 3] {
    ["sh", "-c", script]
}

#[test]
fn wrong_dev_command_lines_are_usage_errors() {
    let home = Home::new();
    for (args, expected) in [
        (&["dev"][..], "COMMAND"),
        (&["dev", "--", "no-such-program-anywhere"], "could not start `no-such-program-anywhere`"),
        (&["dev", "--", ""], "could not start ``"),
        (&["dev", "--port", "0", "--", "sh"], "--port"),
        (&["dev", "--path", "webhook", "--", "sh"], "a path begins with `/`"),
        (&["dev", "--tui", "--", "sh"], "--tui cannot be used with `dev`"),
        (&["dev", "--print-secret", "--", "sh"], "--print-secret cannot be used with `dev`"),
        (&["dev", "--port", "1", "--forward-to", "2", "--", "sh"], "--forward-to"),
    ] {
        let refused = CommandOutput::run(home.cstar().args(args));
        assert_eq!(refused.code, 2, "{args:?}: {refused:?}");
        assert!(refused.stderr.contains(expected), "{args:?}: {}", refused.stderr);
    }
}

#[test]
fn server_gets_the_secret_and_the_sandbox() {
    let home = Home::new();
    let script = "echo $CSTAR_WEBHOOK_SECRET $CSTAR_API_KEY $CSTAR_BASE_URL; echo oops >&2; exit 7";
    let mut command = home.cstar();
    // Not logged in, and a live key of the environment that stays out of it.
    command.args(["dev", "--port", &ReservedPort::new().port.to_string(), "--"]).args(shell(script));
    let ended = CommandOutput::run(&mut command);
    assert_eq!(ended.code, 7, "{ended:?}");
    let line = format!("[server] {SANDBOX_SECRET} {TEST_KEY} http://127.0.0.1:");
    assert!(ended.stdout.starts_with(&line), "{}", ended.stdout);
    assert!(ended.stderr.contains("[server] oops\n"), "{}", ended.stderr);
    assert!(ended.stderr.contains("[cstar]  Not logged in: using the sandbox."), "{}", ended.stderr);
    let reason = "[cstar]  error: the server ended before it listened on a port: exit code 7\n";
    assert!(ended.stderr.ends_with(reason), "{}", ended.stderr);
}

#[test]
fn live_key_is_not_passed_to_the_server() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut command = sandbox.cstar_with_key(&home, crate::support::LIVE_KEY);
    let port = ReservedPort::new();
    command.args(["dev", "--port", &port.port.to_string(), "--"]).args(shell("echo \"key=$CSTAR_API_KEY.\""));
    let ended = CommandOutput::run(&mut command).ok();
    assert!(ended.stdout.contains("[server] key=.\n"), "{}", ended.stdout);
    assert!(ended.stderr.contains("does not get CSTAR_API_KEY"), "{}", ended.stderr);
}

#[test]
fn events_wait_until_the_port_is_open() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = ReservedPort::new();
    let text = port.port.to_string();
    let mut dev = Dev::start(&sandbox, &home, &["--port", &text, "--wait", "100ms"], &shell("sleep 600"));
    dev.wait_for("server", Some("started"));
    let late = dev.wait_for("server", Some("not_listening"));
    assert_eq!(late["port"], port.port);
    dev.wait_for("connected", None);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    dev.wait_for("waiting", None);
    let receiver = Receiver::start_at(port.port, |_| Response::status(200));
    dev.wait_for("delivered", None);
    assert_eq!(receiver.next().header("x-event-type"), "ticket.updated");
    dev.interrupt();
    assert_eq!(dev.wait_for("server", Some("ended"))["exit_code"], 130);
    let (code, printed) = dev.end();
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("The server does not listen on port"), "{printed}");
}

#[test]
fn port_of_another_program_is_refused() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let other = Receiver::start();
    let mut command = sandbox.cstar(&home);
    command.args(["dev", "--port", &other.port.to_string(), "--"]).args(shell("echo started"));
    let refused = CommandOutput::run(&mut command);
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{refused:?}");
    let line = format!("another program listens on port {} already", other.port);
    assert!(refused.stderr.contains(&line), "{refused:?}");
}

/// Starts a server that ignores signals, with a child and a grandchild. The ids of all three.
fn start_stubborn(sandbox: &Sandbox, home: &Home, port: &ReservedPort) -> (Dev, Vec<String>) {
    let script =
        "trap '' TERM INT; sh -c 'sleep 600 & echo inner=$! ; wait' & echo server=$$ child=$! ; wait";
    let port = port.port.to_string();
    let args = ["--port", port.as_str(), "--wait", "1ms", "--grace", "100ms"];
    let mut dev = Dev::start(sandbox, home, &args, &shell(script));
    let (mut ids, mut seen) = (Vec::new(), String::new());
    while !(seen.contains("inner=") && seen.contains("server=")) {
        seen.push_str(&dev.wait_for_output("="));
        seen.push(' ');
    }
    ids.extend(["server", "child", "inner"].map(|name| word(&seen, name)));
    (dev, ids)
}

#[test]
fn server_that_ignores_signals_is_killed() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (mut dev, ids) = start_stubborn(&sandbox, &home, &ReservedPort::new());
    dev.wait_for("connected", None);
    dev.interrupt();
    assert_eq!(dev.wait_for("server", Some("ended"))["exit_code"], 137);
    let (code, printed) = dev.end();
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("did not end in time and was killed"), "{printed}");
    ids.iter().for_each(|id| wait_until_gone(id));
}

#[test]
fn killed_dev_leaves_no_process_behind() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (mut dev, ids) = start_stubborn(&sandbox, &home, &ReservedPort::new());
    dev.running.kill();
    ids.iter().for_each(|id| wait_until_gone(id));
}

#[test]
fn children_of_an_ended_server_are_ended() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    // On Linux also one that has left the group.
    let leave = if cfg!(target_os = "linux") { "setsid" } else { "" };
    let script = format!("sleep 600 & echo a=$! ; {leave} sleep 601 & echo b=$! ; exit 3");
    let port = ReservedPort::new().port.to_string();
    let dev = Dev::start(&sandbox, &home, &["--port", &port], &shell(&script));
    let (code, printed) = dev.end();
    assert_eq!(code, 3, "{printed}");
    let lines: Vec<&str> = printed.lines().collect();
    for name in ["a", "b"] {
        let line = lines.iter().find(|line| line.contains(&format!("{name}="))).unwrap();
        wait_until_gone(&word(line, name));
    }
}

#[test]
fn code_of_an_interrupted_server_is_returned() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = ReservedPort::new().port.to_string();
    let args = ["--port", port.as_str(), "--wait", "1ms"];
    let script = "trap 'exit 9' INT; echo trapped; while :; do sleep 0.01; done";
    let mut dev = Dev::start(&sandbox, &home, &args, &shell(script));
    dev.wait_for_output("trapped");
    dev.wait_for("connected", None);
    dev.interrupt();
    let (code, printed) = dev.end();
    assert_eq!(code, 9, "{printed}");
}

#[test]
fn limits_of_listen_end_the_server_too() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    // Only a command, so that there is no port to wait for.
    let args = ["--exec", "true", "--count", "1"];
    let mut dev = Dev::start(&sandbox, &home, &args, &shell("echo server=$$ ; exec sleep 600"));
    let server = word(&dev.wait_for_output("server="), "server");
    dev.wait_for("server", Some("not_awaited"));
    dev.wait_for("connected", None);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    assert_eq!(dev.wait_for("summary", None)["delivered"], 1);
    assert_eq!(dev.wait_for("server", Some("ended"))["exit_code"], 143);
    let (code, printed) = dev.end();
    assert_eq!(code, 0, "{printed}");
    wait_until_gone(&server);
}
