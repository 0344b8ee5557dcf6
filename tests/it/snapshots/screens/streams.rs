//! Commands that run until they are stopped, with both outputs in one pipe.

use std::process::{Command, Stdio};

use regex::Regex;

use super::{pretty, without_sample};
use crate::snapshots::Folder;
use crate::snapshots::filter::Names;
use crate::support::ports::closed_port;
use crate::support::process::{Process, read_to_end, read_until};
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// A running command whose standard output and standard error are one stream.
struct Stream {
    running: Process,
    output: Option<std::process::ChildStdout>,
    seen: String,
}

impl Stream {
    fn start(cstar: &Command, args: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.args(["-c", "exec \"$0\" \"$@\" 2>&1"]).arg(cstar.get_program()).args(args);
        shell.current_dir(cstar.get_current_dir().unwrap());
        let mut running = Process::start(shell.stdin(Stdio::null()).stdout(Stdio::piped()));
        let output = Some(running.stdout());
        Self { running, output, seen: String::new() }
    }

    /// Reads up to and including the line that contains `wanted`.
    fn wait_for(&mut self, expected: &'static str) {
        let (output, seen) = read_until(self.output.take().unwrap(), expected);
        self.output = Some(output);
        self.seen += &seen;
    }

    fn signal(&self, name: &str) {
        let pid = self.running.pid().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Reads to the end; returns the whole output, with the exit code.
    fn finish(mut self) -> String {
        self.seen += &read_to_end(self.output.take().unwrap());
        let code = self.running.wait().code();
        format!("{}[exit {}]\n", self.seen, code.map_or("by a signal".to_owned(), |code| code.to_string()))
    }
}

/// Refuses closed tickets, and fails for a while with updated ones.
fn receiver() -> Receiver {
    Receiver::start_with(|request| {
        match (request.header("x-event-type"), request.header("x-delivery-attempt")) {
            ("ticket.closed", _) => {
                Response::status(422).header("content-type", "text/plain").body("no such ticket".to_owned())
            }
            ("ticket.updated", "1") => Response::status(503),
            _ => Response::status(200),
        }
    })
}

/// Runs `listen` while events are triggered in sequence, each after the delivery of the one before.
fn listen(home: &Home, sandbox: &Sandbox, more: &[&str]) -> String {
    let receiver = receiver();
    let url = receiver.url();
    let args = [&["listen", "--forward-to", &url][..], more].concat();
    let json = more.contains(&"--json");
    let mut stream = Stream::start(&sandbox.cstar(home), &args);
    stream.wait_for(if json { "\"connected\"" } else { "Ctrl-C stops" });
    let steps: [(&str, &'static str, &'static str); 3] = [
        ("ticket.created", "\"delivered\"", "200  ticket.created"),
        ("ticket.closed", "\"failed\"", "422  ticket.closed"),
        ("ticket.updated", "\"delivered\"", "200  ticket.updated"),
    ];
    for (event, in_json, in_words) in steps {
        sandbox.run(home, ["trigger", event]).ok();
        stream.wait_for(if json { in_json } else { in_words });
    }
    stream.signal("INT");
    let text = stream.finish();
    let text = if json { pretty_lines(&text) } else { without_sample(&text) };
    Names::default().name("[API]", &sandbox.base_url).name("[SERVER]", receiver.port).hide_all(&text)
}

/// Every JSON line, with one member per line.
fn pretty_lines(text: &str) -> String {
    text.lines().map(|line| pretty(line).trim_end().to_owned() + "\n").collect()
}

/// Runs `listen` without a target, and stops it while an event waits. Returns what `why` prints about the event
/// as well.
fn waiting(home: &Home, sandbox: &Sandbox) -> [String; 2] {
    let port = closed_port();
    let target = format!("http://127.0.0.1:{port}/webhook");
    let mut stream = Stream::start(&sandbox.cstar(home), &["listen", "--forward-to", &target]);
    stream.wait_for("Ctrl-C stops");
    sandbox.run(home, ["trigger", "ticket.created"]).ok();
    stream.wait_for("refuses connections");
    stream.signal("INT");
    let text = stream.finish();
    let why = super::transcript("cstar why last", &sandbox.run(home, ["why", "last"]));
    let names = Names::default().name("[API]", &sandbox.base_url).name("[CLOSED]", port);
    // Whether another attempt is on its way when the signal arrives depends on the time.
    let varying = Regex::new(r"(?m)^.* Waiting for 1 delivery.*\n").unwrap();
    [text, why].map(|text| varying.replace(&names.hide_all(&text), "").into_owned())
}

#[test]
fn listen_screens_are_as_reviewed() {
    let (home, other) = (Home::new(), Home::new());
    let sandbox = Sandbox::start(&other);
    let mut folder = Folder::new("screens-listen");
    folder.check("listen", &listen(&home, &sandbox, &[]));
    folder.check("listen-json", &listen(&home, &sandbox, &["--json"]));
    folder.check("listen-verbose", &listen(&home, &sandbox, &["--verbose"]));
    let [text, why] = waiting(&home, &sandbox);
    folder.check("waiting", &text);
    folder.check("why-waiting", &why);
    folder.finish();
}

#[test]
fn sandbox_and_demo_are_as_reviewed() {
    let home = Home::new();
    let mut folder = Folder::new("screens-started");
    for (name, args) in [
        ("sandbox", &["sandbox", "--port", "0"][..]),
        ("sandbox-json", &["sandbox", "--port", "0", "--json", "--chaos-seed", "7"]),
        (
            "sandbox-with-faults",
            &[
                "sandbox",
                "--port",
                "0",
                "--ephemeral",
                "--chaos",
                "status=503,probability=20%",
                "--chaos-seed",
                "7",
            ],
        ),
    ] {
        let mut stream = Stream::start(&home.cstar(), args);
        stream.wait_for(if args.contains(&"--json") { "ready" } else { "Ctrl-C stops" });
        stream.signal("INT");
        folder.check(name, &local(&home, &stream.finish()));
    }
    let demo = home.run(["demo"]).ok();
    folder.check("demo", &local(&home, &super::transcript("cstar demo", &demo)));
    let json: CommandOutput = home.run(["demo", "--json"]).ok();
    folder.check("demo-json", &local(&home, &pretty(&json.stdout)));
    folder.finish();
}

/// Replaces ports that the system picked.
fn local(home: &Home, text: &str) -> String {
    let ports = regex::Regex::new(r"\b(127\.0\.0\.1|localhost):\d+").unwrap();
    let sizes = regex::Regex::new(r#"(content-length"?: "?)\d+"#).unwrap();
    let text = ports.replace_all(text, "${1}:[PORT]");
    let text = sizes.replace_all(&text, "${1}[SIZE]");
    Names::default().name("[HOME]", home.path().display()).hide_all(&without_sample(&text))
}
