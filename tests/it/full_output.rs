//! A standard output that is full and non-blocking, because another process that shares it made it so.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::process::Process;
use crate::support::receiver::Receiver;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, send, session, ticket_event};
use crate::support::{CommandOutput, Home};

/// More than a pipe holds, less than the limit of activities that wait to be printed.
const EVENTS: usize = 300;

/// Runs a command with a non-blocking pipe or socket for its outputs. Reads nothing of it until
/// a line arrives on standard input, then everything, and exits like the command.
const RELAY: &str = r#"
import fcntl, os, socket, subprocess, sys
kind, command = sys.argv[1], sys.argv[2:]
if kind == "socket":
    ours, theirs = socket.socketpair()
    ours, theirs = ours.detach(), theirs.detach()
else:
    ours, theirs = os.pipe()
neighbour = None
if kind == "node":
    script = 'process.stdout.write("x\\n"); setInterval(() => {}, 1000)'
    neighbour = subprocess.Popen(["node", "-e", script], stdout=theirs, stdin=subprocess.DEVNULL)
    assert os.read(ours, 2) == b"x\n"
    assert fcntl.fcntl(theirs, fcntl.F_GETFL) & os.O_NONBLOCK, "node has left the pipe as it was"
else:
    os.set_blocking(theirs, False)
child = subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL)
sys.stdin.readline()
if neighbour:
    neighbour.kill()
    neighbour.wait()
os.close(theirs)
while True:
    some = os.read(ours, 65536)
    if not some:
        break
    sys.stdout.buffer.write(some)
sys.stdout.flush()
sys.exit(child.wait())
"#;

/// What `listen` writes if nothing is read until all events are delivered.
fn slowly_read(kind: &str, args: &[&str]) -> CommandOutput {
    let home = Home::new();
    let receiver = Receiver::start();
    let server = ScriptedServer::start(|_, _| {
        let mut frames = session(&json!({"webhook_id": "whk_1", "secret": "whsec_x"}));
        (0..EVENTS).for_each(|number| frames += &ticket_event(&format!("evt_{number}")));
        vec![send(STREAM.to_owned() + &frames), Step::Hold]
    });
    let cstar = server.cstar(&home);
    let mut command = Command::new("python3");
    command.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(home.path()).args(["-c", RELAY, kind]).arg(cstar.get_program());
    let count = EVENTS.to_string();
    command.args(["listen", "--forward-to", &receiver.url(), "--count", &count]).args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Process::start(&mut command);
    let mut relay = running.stdin().unwrap();
    receiver.take(EVENTS);
    relay.write_all(b"read\n").unwrap();
    CommandOutput::from(running.output())
}

fn every_json_line_is_whole(kind: &str) {
    let output = slowly_read(kind, &["--json"]).ok();
    let lines = output.json_lines();
    let number = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!((number("received"), number("delivered"), number("summary")), (EVENTS, EVENTS, 1));
}

#[test]
fn full_pipe_is_waited_for() {
    every_json_line_is_whole("pipe");
}

#[test]
fn full_socket_is_waited_for() {
    every_json_line_is_whole("socket");
}

#[test]
fn both_outputs_may_be_full_together() {
    let output = slowly_read("pipe", &["-vv"]).ok();
    let delivered = output.stdout.lines().filter(|line| line.contains("  200  ticket.")).count();
    assert_eq!(delivered, EVENTS, "{}", output.stdout);
    assert!(output.stdout.contains("300 received = 300 delivered"), "{}", output.stdout);
}

#[test]
#[ignore = "needs node"]
fn pipe_shared_with_node_is_waited_for() {
    every_json_line_is_whole("node");
}
