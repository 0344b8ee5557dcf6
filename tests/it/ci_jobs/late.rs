//! A job whose server starts only when its event waits for it.

use std::process::{Command, Stdio};

use super::{has_bash, job, recipe};
use crate::support::Home;
use crate::support::ports::closed_port;
use crate::support::process::{Process, read_to_end, read_until};
use crate::support::receiver::{Receiver, Response};

/// The server is late by the order of things and not by a clock: a fixed delay can be over before the event is sent, and
/// then shows nothing.
#[test]
fn ci_job_waits_for_a_late_server() {
    if !has_bash() {
        println!("skipped: ci_job_waits_for_a_late_server needs bash");
        return;
    }
    let home = Home::new();
    let port = closed_port();
    let activity = home.path().join("activity.ndjson");
    assert!(Command::new("mkfifo").arg(&activity).status().unwrap().success());
    let mut reader = Process::start(Command::new("cat").arg(&activity).stdout(Stdio::piped()));
    let mut command = job(home.path(), &recipe(port, "30s"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = Process::start(&mut command);
    let (lines, _) = read_until(reader.stdout(), r#""type":"waiting""#);
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let output = running.output();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(read_to_end(lines).contains(r#""type":"delivered""#));
    assert_eq!(receiver.stop().len(), 1);
}
