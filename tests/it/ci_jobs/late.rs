//! A job whose server starts seconds after the event was sent.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use super::{has_bash, job, recipe_with};
use crate::support::ports::closed_port;
use crate::support::process::{Process, read_to_end, read_until};
use crate::support::receiver::{Receiver, Response};
use crate::support::{Home, TIMEOUT};

/// Waits for the first connection to a port. Fails after a while.
fn wait_for_connection(signal: TcpListener) -> impl FnOnce() {
    let (sender, connected) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(signal.accept().map(drop)));
    move || connected.recv_timeout(TIMEOUT).expect("the job starts its server").unwrap()
}

#[test]
fn ci_job_waits_for_a_late_server() {
    if !has_bash() {
        println!("skipped: ci_job_waits_for_a_late_server needs bash");
        return;
    }
    let home = Home::new();
    let port = closed_port();
    // The job's own server needs 4 s to start. The test runs it when the job calls.
    let signal = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("(sleep 4; : > /dev/tcp/127.0.0.1/{}) &", signal.local_addr().unwrap().port());
    let wait_for_start = wait_for_connection(signal);
    let activity = home.path().join("activity.ndjson");
    assert!(Command::new("mkfifo").arg(&activity).status().unwrap().success());
    let mut reader = Process::start(Command::new("cat").arg(&activity).stdout(Stdio::piped()));
    let mut command = job(home.path(), &recipe_with(&server, port, "30s"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = Process::start(&mut command);
    // The event arrives before the server runs.
    let (lines, _) = read_until(reader.stdout(), r#""type":"waiting""#);
    wait_for_start();
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let output = running.output();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(read_to_end(lines).contains(r#""type":"delivered""#));
    assert_eq!(receiver.stop().len(), 1);
}
