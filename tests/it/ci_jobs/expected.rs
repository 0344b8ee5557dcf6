//! The recipe of `cstar help ci` with `--expect`, as a step of GitHub Actions runs it, for four kinds of servers.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{has_bash, job};
use crate::support::ports::closed_port;
use crate::support::process::{Process, read_to_end, read_until};
use crate::support::receiver::{Receiver, Response};
use crate::support::{CommandOutput, Home, TIMEOUT};
use crate::tour::block;

/// The step, with a server at `port` that the test runs.
fn step(home: &Home, port: u16, limit: &str) -> Command {
    let script = block("ci", "bash expect");
    for text in ["./my-server &\n", "--forward-to 3000 ", "--within 30s "] {
        assert!(script.contains(text), "{text}: {script}");
    }
    let script = script
        .replace("./my-server &", ":")
        .replace("--forward-to 3000", &format!("--forward-to {port}"))
        .replace("--within 30s", &format!("--within {limit}"));
    job(home.path(), &format!("set -eo pipefail\n{script}"))
}

/// The report for the CI service.
fn report(home: &Home) -> String {
    std::fs::read_to_string(home.path().join("webhooks.xml")).unwrap()
}

#[test]
fn ci_step_passes_with_a_correct_server() {
    if !has_bash() {
        return println!("skipped: ci_step_passes_with_a_correct_server needs bash");
    }
    let (home, receiver) = (Home::new(), Receiver::start());
    let output = CommandOutput::run(&mut step(&home, receiver.port, "60s")).ok();
    for expected in ["pass  ticket.created=2  2\n", "pass  survey.*=0        0\n", "2 of 2\n"] {
        assert!(output.stdout.contains(expected), "{expected}: {output:?}");
    }
    let report = report(&home);
    assert!(report.contains(r#"tests="4" failures="0""#), "{report}");
    assert_eq!(receiver.stop().len(), 2);
}

#[test]
fn ci_step_waits_for_a_late_server() {
    if !has_bash() {
        return println!("skipped: ci_step_waits_for_a_late_server needs bash");
    }
    let (home, port) = (Home::new(), closed_port());
    let mut command = step(&home, port, "60s");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Process::start(&mut command);
    let (lines, _) = read_until(running.stderr(), "refuses connections");
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let code = running.wait().code();
    assert_eq!(code, Some(0), "{}", read_to_end(lines));
    assert_eq!(receiver.stop().len(), 2);
}

/// What a step prints that fails: the code, and why. It must not take much longer than its limit.
fn assert_step_fails(port: u16, sentence: &str, page: &str) {
    let home = Home::new();
    // The report of an earlier run must not satisfy it.
    std::fs::write(home.path().join("webhooks.xml"), r#"failures="0""#).unwrap();
    let started = Instant::now();
    let output = CommandOutput::run(&mut step(&home, port, "2s"));
    assert!(started.elapsed() < TIMEOUT - Duration::from_secs(5), "{output:?}");
    assert_eq!(output.code, 1, "{output:?}");
    let error = format!("error: expectation failed after 2 s: delivered: {sentence}");
    assert!(output.stderr.contains(&error), "{error}: {output:?}");
    for expected in [sentence, page, "(ticket.created) ", "Next\n"] {
        assert!(output.stdout.contains(expected), "{expected}: {output:?}");
    }
    let report = report(&home);
    assert!(report.contains(r#"tests="4" failures="1""#) && report.contains(sentence), "{report}");
}

#[test]
fn ci_step_says_that_no_server_started() {
    if !has_bash() {
        return println!("skipped: ci_step_says_that_no_server_started needs bash");
    }
    let port = closed_port();
    let sentence = format!("http://localhost:{port}/api/webhooks refuses connections (evt_");
    assert_step_fails(port, &sentence, "Start your server at http://localhost");
}

#[test]
fn ci_step_says_that_the_server_fails() {
    if !has_bash() {
        return println!("skipped: ci_step_says_that_the_server_fails needs bash");
    }
    let receiver = Receiver::start_with(|_| Response::status(500).body("no table orders".to_owned()));
    let sentence = format!("http://localhost:{}/api/webhooks answered HTTP 500", receiver.port);
    assert_step_fails(receiver.port, &sentence, "no table orders");
}
