//! `listen`, and the sandbox and demo that it can be used with.

use std::process::Stdio;
use std::time::Instant;

use super::SECRET;
use crate::support::listen::Listen;
use crate::support::process::Process;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TEST_KEY, TIMEOUT};

#[test]
fn listen_routes_events_and_ends_after_count() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (tickets, surveys) = (Receiver::start(), Receiver::start());
    let routes = [format!("ticket.*={}", tickets.url()), format!("survey.*={}", surveys.url())];
    let listen = Listen::start(
        sandbox.cstar(&home),
        &["--route", &routes[0], "--route", &routes[1], "-H", "X-Tag: 7", "--count", "2"],
    );
    let survey = home.run(["events", "--category", "surveys"]).ok().stdout;
    let survey = survey.split('\t').next().unwrap();
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    sandbox.run(&home, ["trigger", survey]).ok();
    assert_eq!(tickets.next().header("x-event-type"), "ticket.created");
    let request = surveys.next();
    assert_eq!((request.header("x-event-type"), request.header("x-tag")), (survey, "7"));
    let finished = listen.finish();
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""));
    finished.summary();
    assert!(tickets.drain().is_empty() && surveys.drain().is_empty());
}

#[test]
fn listen_exits_1_after_a_failed_delivery() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(404));
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url(), "--count", "1"]);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let finished = listen.finish();
    assert_eq!(finished.code, 1, "{finished:?}");
    assert!(finished.seen.iter().any(|line| line["type"] == "failed"), "{finished:?}");
}

#[test]
fn listen_timeout_reports_a_missed_count() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = sandbox.run(&home, ["listen", "--forward-to", "1", "--for", "200ms", "--json"]).ok();
    assert_eq!(output.json_lines().last().unwrap()["type"], "summary");
    let output = sandbox.run(&home, ["listen", "--forward-to", "1", "--for", "200ms", "--count", "1"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("--count"), "{output:?}");
}

#[test]
fn demo_needs_no_setup_and_exits_with_0() {
    let home = Home::new();
    let output = home.run(["demo"]).ok();
    assert!(output.stdout.contains("7 fired, 7 delivered, 7 verified, 1 forgery rejected"), "{output:?}");
    assert_eq!(output.stderr, "");
    let lines = home.run(["demo", "--json"]).ok().json_lines();
    assert_eq!(lines.iter().filter(|line| line["type"] == "event" && line["verified"] == true).count(), 7);
    assert_eq!(lines.last().unwrap()["ok"], true);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "the demo leaves no files");
}

#[test]
fn second_sandbox_on_a_port_is_refused() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = home.run(["trigger", "ticket.created", "--sandbox", "--base-url", &sandbox.base_url]).ok();
    assert!(output.stdout.starts_with("Fired  "), "{output:?}");
    let output = home.run(["sandbox", "--port", &sandbox.port.to_string()]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("may be running there already"), "{output:?}");
}

#[test]
fn client_reports_the_sandbox_rate_limit() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--rate-limit", "1"]);
    let output = sandbox.run(&home, ["trigger", "ticket.created"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("HTTP 429"), "{output:?}");
}

#[test]
fn no_verbosity_prints_a_key_or_a_secret() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    for verbosity in ["-v", "-vv", "-vvv"] {
        let secrets = [TEST_KEY, SECRET, "hunter2", "whsec_sandboxtest"];
        let mut command = sandbox.cstar(&home);
        let url = receiver.url();
        command.args([
            "listen",
            "--json",
            verbosity,
            "--forward-to",
            &url,
            "--count",
            "1",
            "--secret",
            SECRET,
        ]);
        command.args(["--header", "Authorization: Bearer hunter2"]);
        let listen = Process::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
        let mut printed = String::new();
        let deadline = Instant::now() + TIMEOUT;
        // Repeated until `listen` is connected, which cannot be seen from outside.
        while receiver.drain().is_empty() {
            assert!(Instant::now() < deadline, "{verbosity}: nothing arrived");
            let output = sandbox.run(&home, ["trigger", "ticket.created", verbosity]).ok();
            printed += &(output.stdout + &output.stderr);
        }
        let output = CommandOutput::from(listen.output()).ok();
        assert!(output.stderr.contains("whoami"), "{verbosity} logs nothing: {output:?}");
        printed += &(output.stdout + &output.stderr);
        let output =
            home.run(["trigger", "ticket.created", "--to", &url, "--secret", SECRET, verbosity]).ok();
        printed += &(output.stdout + &output.stderr);
        receiver.next();
        for secret in secrets {
            assert!(!printed.contains(secret), "{verbosity} prints {secret}: {printed}");
        }
    }
}
