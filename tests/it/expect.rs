//! `listen --expect` and its schema watch, through the binary. `ci_jobs` runs the recipe for CI.

mod schema;

use serde_json::{Value, json};

use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::process::is_under_wine;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

const CSTAR: &str = env!("CARGO_BIN_EXE_cstar");

/// `listen` with these arguments, and `cstar trigger` with those as its command.
fn run(home: &Home, sandbox: &Sandbox, listen: &[&str], trigger: &[&str]) -> CommandOutput {
    let mut command = sandbox.cstar(home);
    command.arg("listen").args(listen).args(["--", CSTAR, "trigger"]).args(trigger);
    CommandOutput::run(&mut command)
}

/// `expectations` of the summary.
fn expectations(output: &CommandOutput) -> Value {
    output.json_lines().pop().unwrap()["expectations"].clone()
}

#[test]
fn expected_events_end_the_run() {
    let home = Home::new();
    let (sandbox, receiver) = (Sandbox::start(&home), Receiver::start());
    let port = receiver.port.to_string();
    let args = ["--json", "--forward-to", &port, "--expect", "ticket.*>=2", "--expect", "customer.created"];
    let output = run(&home, &sandbox, &args, &["ticket.created", "ticket.closed", "customer.created"]).ok();
    let result = |expected: &str, got: u64, of: Value| json!({ "expected": expected, "got": got, "of": of, "passed": true, "reason": null });
    let expected = json!({ "passed": true, "failures": [], "results": [
        result("ticket.*>=2", 2, Value::Null),
        result("customer.created>=1", 1, Value::Null),
        result("delivered", 3, json!(3)),
        result("command", 1, json!(1)),
    ] });
    assert_eq!(expectations(&output), expected, "{output:?}");
    assert!(output.stderr.contains("Fired"), "the output of the command: {output:?}");
}

#[test]
fn status_and_counts_are_judged() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(401));
    let port = receiver.port.to_string();
    for (expected, status, code, reason) in [
        ("ticket.created=1", "401", 0, ""),
        ("ticket.created=1", "400..499,2xx", 0, ""),
        ("ticket.created=1", "2xx", 1, "answered HTTP 401"),
        ("ticket.created=0", "401", 1, "1 arrived, expected none"),
        ("ticket.*>1", "401", 1, "1 arrived (ticket.created (1)), expected more than 1"),
    ] {
        let args = [
            "--json",
            "--forward-to",
            &port,
            "--expect",
            expected,
            "--expect-status",
            status,
            "--within",
            "3s",
        ];
        let output = run(&home, &sandbox, &args, &["ticket.created"]);
        assert_eq!(output.code, code, "{expected} {status}: {output:?}");
        let report = expectations(&output);
        assert_eq!(report["passed"], code == 0, "{report}");
        assert!(report.to_string().contains(reason), "{reason}: {report}");
        if code == 1 {
            // After the lines of the command.
            let error: Value = serde_json::from_str(output.stderr.lines().last().unwrap()).unwrap();
            assert!(error["error"]["message"].as_str().unwrap().contains(reason), "{error}");
        }
    }
}

#[test]
fn missing_event_names_those_that_came() {
    let home = Home::new();
    let (sandbox, receiver) = (Sandbox::start(&home), Receiver::start());
    let port = receiver.port.to_string();
    let args = ["--forward-to", &port, "--expect", "survey.*", "--within", "2s", "--no-history"];
    let output = run(&home, &sandbox, &args, &["ticket.created"]);
    assert_eq!(output.code, 1, "{output:?}");
    let reason = "survey.*>=1: no event of these types arrived, expected at least 1; these arrived: ticket.created (1)";
    assert!(output.stdout.contains(&format!("fail  {reason}\n")), "{output:?}");
    assert!(
        output.stderr.contains(&format!("error: expectation failed after 2 s: {reason}\n")),
        "{output:?}"
    );
}

#[test]
fn command_of_a_run_must_succeed() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = closed_port().to_string();
    for (command, reason) in [
        (&[CSTAR, "trigger", "no.such"][..], "exited with 2"),
        (&["./no-such-program"], "could not be started"),
    ] {
        let mut listen = sandbox.cstar(&home);
        listen.args(["listen", "--forward-to", &port, "--expect", "ticket.*=0", "--"]).args(command);
        let output = CommandOutput::run(&mut listen);
        assert_eq!(output.code, 1, "{output:?}");
        assert!(output.stderr.contains(reason), "{reason}: {output:?}");
    }
    let mut endless = sandbox.cstar(&home);
    endless.args(["listen", "--forward-to", &port, "--expect", "ticket.*=0", "--within", "1s", "--"]);
    let output = CommandOutput::run(endless.args([CSTAR, "listen", "--forward-to", &port]));
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("had not ended, and was killed after 1 s"), "{output:?}");
}

#[test]
fn interrupted_run_has_not_received_all() {
    if is_under_wine() {
        return println!("skipped: interrupted_run_has_not_received_all cannot interrupt under Wine");
    }
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", "9", "--expect", "ticket.created"]);
    listen.interrupt();
    let ended = listen.finish();
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("when it was interrupted"), "{ended:?}");
}

#[test]
fn run_without_a_connection_has_its_own_code() {
    let home = Home::new();
    let report = home.path().join("report.xml");
    std::fs::write(&report, "old").unwrap();
    let base = format!("http://127.0.0.1:{}", closed_port());
    let refused = |key: Option<&str>| {
        let mut command = home.cstar();
        command.args(["listen", "--expect", "*", "--within", "2s", "--forward-to", "9", "--base-url", &base]);
        command.args(["--junit", "report.xml"]);
        if let Some(key) = key {
            command.env("CSTAR_API_KEY", key);
        }
        CommandOutput::run(&mut command)
    };
    let output = refused(Some("sk_test_x"));
    assert_eq!(output.code, 3, "{output:?}");
    assert!(!report.exists(), "it is of another run");
    assert_eq!(refused(None).code, 4);
}

#[test]
fn expectations_that_make_no_sense_are_refused() {
    let home = Home::new();
    let cases: [(&[&str], &str); 10] = [
        (&["--expect", "ticket.create"], "did you mean ticket.created"),
        (&["--expect", "ticket.created=two"], "`two` is not a number"),
        (&["--expect", "ticket.created>=0"], "always true"),
        (&["--expect", "*", "--count", "1"], "--count"),
        (&["--expect", "*", "--within", "0"], "above 0"),
        (&["--within", "5s"], "--expect"),
        (&["--", "true"], "--expect"),
        (&["--expect", "*", "--expect-status", "ok"], "`ok` is not a status"),
        (&["--expect", "*", "--expect-status", "2xx", "--print"], "needs a delivery"),
        (&["--expect", "survey.*=0", "--route", "ticket.*=3000"], "accepts no such event"),
    ];
    for (args, reason) in cases {
        let output = CommandOutput::run(home.cstar().args(["listen", "--sandbox"]).args(args));
        assert_eq!(output.code, 2, "{args:?}: {output:?}");
        assert!(output.stderr.contains(reason), "{reason}: {output:?}");
    }
}

#[test]
fn trigger_can_expect_another_status() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(401));
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.port.to_string()]);
    let trigger = |args: &[&str]| {
        CommandOutput::run(sandbox.cstar(&home).args(["trigger", "ticket.created", "--wait"]).args(args))
    };
    assert_eq!(trigger(&[]).code, 1);
    trigger(&["--expect-status", "401"]).ok();
    let failed = trigger(&["--expect-status", "2xx"]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(failed.stderr.contains("1 of 1 delivery did not end with status 2xx"), "{failed:?}");
    listen.wait_for_all("failed", 3);
}
