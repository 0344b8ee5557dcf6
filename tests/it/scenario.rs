//! `cstar trigger --scenario`: calls that change the sandbox, and the events that they cause.

use serde_json::{Value, json};

use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

const NAMES: [&str; 3] = ["ticket-to-survey", "escalation", "customer-deleted"];

fn scenario(sandbox: &Sandbox, home: &Home, name: &str, flags: &[&str]) -> CommandOutput {
    CommandOutput::run(sandbox.cstar(home).args(["trigger", "--scenario", name]).args(flags))
}

fn write(home: &Home, steps: &Value) -> String {
    let path = home.path().join("scenario.json");
    std::fs::write(&path, json!({ "steps": steps }).to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn built_in_scenarios_cause_their_events() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for name in NAMES {
        // Twice: nothing of the first run is in the way of the second.
        for _ in 0..2 {
            let result = scenario(&sandbox, &home, name, &["--check", "--json"]).ok().json();
            assert_eq!((&result["passed"], &result["checked"]), (&json!(true), &json!(true)), "{result}");
            let steps = result["steps"].as_array().unwrap();
            assert!(
                steps.iter().all(|step| step["error"].is_null() && step["request_id"].is_string()),
                "{result}"
            );
            let events = steps.iter().map(|step| step["events"].as_array().unwrap().len()).sum::<usize>();
            assert!(events >= 5, "{result}");
        }
        let text = scenario(&sandbox, &home, name, &["--check"]).ok();
        assert!(text.stdout.contains("201  ") && text.stdout.contains("→ customer.created"), "{text:?}");
        assert!(text.stderr.contains("expected events arrived"), "{text:?}");
        let unchecked = scenario(&sandbox, &home, name, &["--json"]).ok().json();
        assert_eq!(unchecked["steps"][0]["events"], Value::Null, "{unchecked}");
    }
}

#[test]
fn dry_run_prints_a_file_that_runs() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let names = home.run(["trigger", "--list", "--json"]).ok().json();
    let names: Vec<&str> =
        names.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, NAMES);
    assert_eq!(home.run(["trigger", "--list"]).ok().stdout.lines().count(), 3);
    let file = home.run(["trigger", "--scenario", "escalation", "--dry-run", "--json"]).ok().stdout;
    std::fs::write(home.path().join("mine.json"), file).unwrap();
    let path = home.path().join("mine.json");
    scenario(&sandbox, &home, path.to_str().unwrap(), &["--check"]).ok();
    let text = home.run(["trigger", "--scenario", "customer-deleted", "--dry-run"]).ok().stdout;
    let expected = ["delete  DELETE customers/${steps.customer.id}", "→ customer.deleted"];
    assert!(expected.iter().all(|part| text.contains(part)), "{text}");
}

#[test]
fn failed_step_names_call_and_cause() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let ticket = json!({"id": "ticket", "call": "POST tickets", "body": {"title": "a"}});
    for (steps, code, expected) in [
        // The body is refused, and the answer names the member.
        (
            json!([{"id": "t", "call": "POST tickets", "body": {"priority": "low"}}]),
            1,
            &["step `t` (POST tickets): ", "title"][..],
        ),
        (
            json!([ticket, {"id": "t", "call": "PATCH tickets/${steps.ticket.id}", "body": {"priority": "huge"}}]),
            1,
            &["step `t` (PATCH tickets/tkt_", "priority"],
        ),
        (json!([{"id": "t", "call": "GET tickets/tkt_none"}]), 1, &["step `t` (GET tickets/tkt_none): "]),
        (
            json!([ticket, {"id": "t", "call": "GET tickets/${steps.ticket.nope}"}]),
            1,
            &["the answer of step `ticket` has no `nope`"],
        ),
        // What is wrong in the file is found before the first call.
        (
            json!([ticket, {"id": "t", "call": "GET tickets/${steps.other.id}"}]),
            2,
            &["step 2 (`t`)", "no step before it"],
        ),
        (json!([ticket, {"id": "t", "call": "POST tikets"}]), 2, &["step 2 (`t`)", "cstar api ls"]),
    ] {
        let output = scenario(&sandbox, &home, &write(&home, &steps), &[]);
        assert_eq!(output.code, code, "{output:?}");
        assert!(expected.iter().all(|part| output.stderr.contains(part)), "{expected:?}: {output:?}");
        assert_eq!(output.stderr.matches("error:").count(), 1, "{output:?}");
        assert!(code == 1 || output.stdout.is_empty(), "{output:?}");
    }
    for (name, expected) in
        [("no-such", "the built-in ones are ticket-to-survey"), ("no-such.json", "could not read")]
    {
        let output = scenario(&sandbox, &home, name, &[]);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains(expected), "{output:?}");
    }
}

#[test]
fn missing_event_fails_the_check() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let step = |expect: Value| json!([{"id": "t", "call": "POST tickets", "body": {"title": "a"}, "expect": expect}]);
    for (expect, expected) in [
        (json!(["ticket.created", "ticket.closed"]), "ticket.closed did not arrive, nor did another event"),
        (json!(["ticket.closed"]), "ticket.closed did not arrive; what did: ticket.created"),
        // One event is not two.
        (json!(["ticket.created", "ticket.created"]), "ticket.created did not arrive"),
        (
            json!([{"event": "ticket.created", "where": ["data.ticket.title=b"]}]),
            "ticket.created arrived, but its body does not match `data.ticket.title=b`",
        ),
    ] {
        let output = scenario(
            &sandbox,
            &home,
            &write(&home, &step(expect)),
            &["--check", "--within", "500ms", "--json"],
        );
        assert_eq!(output.code, 1, "{output:?}");
        assert!(output.stderr.contains(&format!("step `t` (POST tickets): {expected}")), "{output:?}");
        let result = output.json();
        assert_eq!(
            (&result["passed"], &result["steps"][0]["status"]),
            (&json!(false), &json!(201)),
            "{result}"
        );
    }
}

#[test]
fn live_key_needs_confirmation_to_write() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let live = "sk_live_sandbox0000000000000000000000000";
    let output = scenario(&sandbox, &home, "escalation", &["--api-key", live]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("a write with a live key needs a confirmation"), "{output:?}");
    let reading = write(&home, &json!([{"id": "m", "call": "GET members"}]));
    scenario(&sandbox, &home, &reading, &["--api-key", live]).ok();
    scenario(&sandbox, &home, "customer-deleted", &["--api-key", live, "--yes", "--check"]).ok();
    let output = home.run([
        "trigger",
        "--scenario",
        "escalation",
        "--base-url",
        "http://127.0.0.1:9",
        "--api-key",
        "sk_test_a",
    ]);
    assert!(matches!(output.code, 3 | 4), "{output:?}");
    for flags in [
        &["ticket.created", "--scenario", "escalation"][..],
        &["--check"],
        &["--scenario", "escalation", "--wait"],
    ] {
        let output = CommandOutput::run(home.cstar().arg("trigger").args(flags));
        assert_eq!(output.code, 2, "{output:?}");
    }
}
