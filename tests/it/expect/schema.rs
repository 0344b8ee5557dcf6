//! Payloads are compared with what cStar documents.

use serde_json::json;

use crate::support::Home;
use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;

#[test]
fn changed_payload_is_reported_once() {
    let home = Home::new();
    let (sandbox, receiver) = (Sandbox::start(&home), Receiver::start());
    let port = receiver.port.to_string();
    let args = ["--forward-to", &port, "--strict", "--count", "3"];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    let secret = "hunter2-of-a-customer";
    for _ in 0..2 {
        let set = format!("data.ticket.sla={secret}");
        sandbox.run(&home, ["trigger", "ticket.created", "--set", &set, "--set", "data.ticket.title=7"]).ok();
    }
    sandbox.run(&home, ["trigger", "survey.submitted", "--set", "data.survey.mood=good"]).ok();
    let ended = listen.finish();
    assert_eq!(ended.code, 1, "{ended:?}");
    let lines: Vec<_> = ended.seen.iter().filter(|line| line["type"] == "schema").collect();
    let members: Vec<_> = lines
        .iter()
        .map(|line| [&line["event"], &line["change"], &line["member"], &line["expected"], &line["found"]])
        .map(|members| json!(members))
        .collect();
    assert_eq!(
        members,
        [
            json!(["ticket.created", "retyped", "data.ticket.title", "string", "number"]),
            json!(["ticket.created", "new", "data.ticket.sla", null, "string"]),
        ]
    );
    assert_eq!(ended.seen.iter().filter(|line| line["type"] == "delivered").count(), 3);
    for expected in ["2 members of payloads differ", "ticket.created: member data.ticket.title is number"] {
        assert!(ended.stderr.contains(expected), "{expected}: {ended:?}");
    }
    assert!(!format!("{ended:?}").contains(secret), "values are never printed");
}

#[test]
fn changed_payload_is_a_line_for_people() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut listen = sandbox.cstar(&home);
    listen.args(["listen", "--print", "--expect", "ticket.created", "--"]);
    listen.args([env!("CARGO_BIN_EXE_cstar"), "trigger", "ticket.created", "--set", "data.ticket.sla=1"]);
    let output = crate::support::CommandOutput::run(&mut listen).ok();
    assert!(output.stderr.contains("  ticket.created: new member data.ticket.sla (number)\n"), "{output:?}");
}

#[test]
fn events_of_the_sandbox_have_no_differences() {
    let home = Home::new();
    let (sandbox, receiver) = (Sandbox::start(&home), Receiver::start());
    let port = receiver.port.to_string();
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &port, "--strict"]);
    sandbox.run(&home, ["trigger", "--all"]).ok();
    listen.wait_for_all("received", 35);
    // Those that changes of resources cause have other members than the samples.
    let created = sandbox.run(&home, ["tickets", "create", "--title", "Kettle", "--json"]).ok().json();
    let id = created["id"].as_str().unwrap();
    sandbox.run(&home, ["tickets", "update", id, "--priority", "high"]).ok();
    sandbox.run(&home, ["tickets", "reply", id, "Hello"]).ok();
    sandbox.run(&home, ["tickets", "close", id]).ok();
    sandbox.run(&home, ["tickets", "delete", id, "--yes"]).ok();
    sandbox.run(&home, ["customers", "create", "--name", "Ada", "--email", "ada@example.com"]).ok();
    // The first was a sample.
    let customers = |listen: &Listen| {
        let received = listen.all("received");
        received.iter().filter(|line| line["event"] == "customer.created").count()
    };
    while customers(&listen) < 2 {
        listen.next().unwrap();
    }
    assert_eq!(listen.all("schema").len(), 0);
    listen.stop();
}
