//! `trigger`, to a target and through the API.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{SECRET, verify};
use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// Runs `trigger --to` with `args` and returns the event that arrives at the receiver.
fn triggered(receiver: &Receiver, home: &Home, args: &[&str], input: Option<&[u8]>) -> Value {
    let url = receiver.url();
    let mut command = home.cstar();
    command.args(["trigger", "ticket.created", "--to", &url, "--secret", SECRET]).args(args);
    CommandOutput::run_with_input(&mut command, input.unwrap_or_default()).ok();
    receiver.next().json()
}

#[test]
fn trigger_reads_data_from_json_file_and_stdin() {
    let home = Home::new();
    let receiver = Receiver::start();
    let data = r#"{"ticket":{"title":"Größe 😀","priority":"low"}}"#;
    std::fs::write(home.path().join("data.json"), data).unwrap();
    std::fs::write(home.path().join("event.json"), format!(r#"{{"id":"evt_1","type":"x","data":{data}}}"#))
        .unwrap();
    for (args, input) in [
        (&["--data", data][..], None),
        (&["--data", "@data.json"], None),
        (&["--data", "@event.json"], None),
        (&["--data", "-"], Some(data.as_bytes())),
    ] {
        let event = triggered(&receiver, &home, args, input);
        assert_eq!(event["data"]["ticket"]["title"], "Größe 😀", "{args:?}");
        assert_eq!(event["type"], "ticket.created");
        assert!(!event["data"]["ticket"]["status"].is_null(), "the sample is the base: {event}");
    }
    let event = triggered(
        &receiver,
        &home,
        &["--data", data, "--set", "data.ticket.priority=urgent", "--set", "data.ticket.tags=[\"a\"]"],
        None,
    );
    assert_eq!(event["data"]["ticket"]["priority"], "urgent");
    assert_eq!(event["data"]["ticket"]["tags"], json!(["a"]));
    assert_eq!(event["data"]["ticket"]["title"], "Größe 😀");
}

#[test]
fn trigger_to_signs_and_reports_the_response() {
    let home = Home::new();
    let receiver = Receiver::start();
    let url = receiver.url();
    let output = home
        .run(["trigger", "ticket.created", "--to", &url, "--secret", SECRET, "-H", "X-Tag: 7", "--json"])
        .ok();
    let request = receiver.next();
    assert_eq!(request.header("x-tag"), "7");
    std::fs::write(home.path().join("received"), &request.body).unwrap();
    verify(&home, request.header("x-signature"), &["--strict", "received"]).ok();
    let result = output.json();
    assert_eq!((&result["success"], &result["status"]), (&json!(true), &json!(200)));
    assert_eq!(result["eventId"], request.header("x-event-id"));

    let output = home.run(["trigger", "--all", "--to", &url, "--secret", SECRET]).ok();
    assert_eq!(output.stdout.lines().count(), 35);
    let types: BTreeSet<String> =
        receiver.take(35).iter().map(|request| request.header("x-event-type").to_owned()).collect();
    assert_eq!(types.len(), 35);
}

#[test]
fn trigger_to_fails_when_the_endpoint_fails() {
    let home = Home::new();
    for (status, code) in [(400, 1), (401, 1), (404, 1), (302, 1), (500, 1), (204, 0), (299, 0)] {
        let receiver = Receiver::start_with(move |_| Response::status(status));
        let output = home.run([
            "trigger",
            "ticket.created",
            "--to",
            &receiver.url(),
            "--secret",
            SECRET,
            "--count",
            "3",
            "--json",
        ]);
        assert_eq!(output.code, code, "{status}: {output:?}");
        let results = output.json();
        assert_eq!(results.as_array().unwrap().len(), 3, "all are sent: {results}");
        assert_eq!(results[0]["status"], status);
    }
    let to = format!("http://127.0.0.1:{}/", closed_port());
    let output = home.run(["trigger", "ticket.created", "--to", &to, "--secret", SECRET]);
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.stderr.contains("refuses connections") && output.stderr.contains("hint:"), "{output:?}");
}

#[test]
fn trigger_sends_one_several_or_all_events() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let one = sandbox.run(&home, ["trigger", "ticket.created", "--json"]).ok().json();
    assert!(one["eventId"].as_str().unwrap().starts_with("evt_ticket_created_"), "{one}");
    let three = sandbox.run(&home, ["trigger", "ticket.created", "--count", "3", "--json"]).ok().json();
    let ids: BTreeSet<&str> =
        three.as_array().unwrap().iter().map(|result| result["eventId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    let all = sandbox.run(&home, ["trigger", "--all"]).ok();
    assert_eq!(all.stdout.lines().count(), 35, "{all:?}");
    assert!(all.stdout.lines().all(|line| line.starts_with("Fired  ")), "{all:?}");
}
