//! `--filter` of `listen`, `history`, `replay`, `trigger --wait` and the tools for agents.

use serde_json::json;

use crate::mcp::client::McpClient;
use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

const URGENT: &str = "data.ticket.priority=urgent";
const NOT_MATCHED: &str = "does not match --filter data.ticket.priority=urgent";

/// Fires a ticket event of this priority; returns its id.
fn fire(sandbox: &Sandbox, home: &Home, priority: &str) -> String {
    let set = format!("data.ticket.priority={priority}");
    let fired = sandbox.run(home, ["trigger", "ticket.created", "--set", &set, "--json"]).ok().json();
    fired["eventId"].as_str().unwrap().to_owned()
}

#[test]
fn listen_skips_what_does_not_match() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let args =
        ["--forward-to", &receiver.url(), "--filter", URGENT, "--filter", "type~created$", "--count", "1"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let low = fire(&sandbox, &home, "low");
    let skipped = listen.wait_for("skipped");
    assert_eq!((&skipped["id"], &skipped["reason"]), (&json!(low), &json!(NOT_MATCHED)));
    let urgent = fire(&sandbox, &home, "urgent");
    let ended = listen.finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    let summary = ended.summary();
    assert_eq!((&summary["events"], &summary["skipped"]), (&json!(2), &json!(1)), "{summary}");
    assert_eq!(receiver.next().header("x-event-id"), urgent);
    let listed = home.run(["history", "--json"]).ok().json();
    assert_eq!((&listed[0]["status"], &listed[0]["skipped"]), (&json!("skipped"), &json!(NOT_MATCHED)));

    // A run that resumes continues after the skipped event, and filters again.
    fire(&sandbox, &home, "low");
    let last = fire(&sandbox, &home, "urgent");
    let resumed = Listen::start(sandbox.cstar(&home), &[&args[..], &["--resume"]].concat()).finish();
    assert_eq!((resumed.code, &resumed.summary()["skipped"]), (0, &json!(1)), "{resumed:#?}");
    assert_eq!(receiver.next().header("x-event-id"), last);
}

#[test]
fn history_and_replay_select_by_body() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url(), "--count", "3"]);
    let ids = ["low", "urgent", "high"].map(|priority| fire(&sandbox, &home, priority));
    assert_eq!(listen.finish().code, 0);
    let list = |args: &[&str]| {
        let listed = CommandOutput::run(home.cstar().args(["history", "--json"]).args(args)).ok().json();
        let ids = listed.as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(list(&["--filter", URGENT]), ids[1..2]);
    assert_eq!(list(&["--filter", "data.ticket.priority!=urgent", "--limit", "1"]), ids[2..]);
    assert_eq!(
        list(&["--filter", "data.ticket.priority~^(low|high)$", "--filter", "data.ticket.nope !exists"])
            .len(),
        2
    );
    assert!(list(&["--filter", "data.ticket.priority=none"]).is_empty());
    let exported = home.run(["history", "export", "--jsonl", "--filter", URGENT]).ok();
    assert!(exported.stdout.lines().count() == 1 && exported.stdout.contains(&ids[1]), "{exported:?}");
    let args = ["replay", "--since", "1h", "--filter", URGENT, "--json"];
    let replayed = sandbox.run(&home, args).ok().json();
    assert_eq!((replayed.as_array().unwrap().len(), &replayed[0]["id"]), (1, &json!(ids[1])));
    let both = home.run(["replay", &ids[0], "--filter", URGENT]);
    assert_eq!(both.code, 2, "{both:?}");
}

#[test]
fn trigger_waits_only_for_what_matches() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let args = ["--forward-to", &receiver.url(), "--filter", "data.ticket exists"];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    let both = ["trigger", "ticket.created", "customer.created", "--wait", "--json"];
    let unfiltered = sandbox.run(&home, both);
    assert_eq!(unfiltered.code, 1, "{unfiltered:?}");
    let run = |filter: &str| CommandOutput::run(sandbox.cstar(&home).args(both).args(["--filter", filter]));
    let waited = run("data.ticket exists").ok().json();
    let counts = [0, 1].map(|event| waited[event]["waited"].as_array().unwrap().len());
    assert_eq!(counts, [1, 0], "{waited}");
    let none = run("data.ticket.priority=none");
    assert_eq!(none.code, 1, "{none:?}");
    assert!(none.json_error()["message"].as_str().unwrap().contains("none of 2 events matches --filter"));
    listen.stop();
}

#[test]
fn agents_wait_for_what_matches() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let mut client = McpClient::start(sandbox.cstar(&home), &[]);
    let (_, urgent) = (fire(&sandbox, &home, "low"), fire(&sandbox, &home, "urgent"));
    let waited = client.call("cstar_wait_for_event", json!({ "filters": [URGENT] }));
    assert_eq!((&waited["received"], &waited["event"]["id"]), (&json!(true), &json!(urgent)));
    let listed = client.call("cstar_list_deliveries", json!({ "filters": [URGENT] }));
    assert_eq!(
        (listed["deliveries"].as_array().unwrap().len(), &listed["deliveries"][0]["id"]),
        (1, &json!(urgent))
    );
    listen.stop();
}

#[test]
fn bad_filter_is_one_usage_error() {
    let home = Home::new();
    for (command, filter, reason) in [
        ("listen", "data.x~(", "bad regular expression: "),
        ("history", "data.x==1", "`==` is no operator"),
        ("history", "data.x > 1", "cannot be compared"),
        ("listen", "", "has no name"),
    ] {
        let output = home.run([command, "--filter", filter, "--json"]);
        let message = output.json_error()["message"].as_str().unwrap().to_owned();
        assert_eq!(output.code, 2, "{output:?}");
        assert!(
            message.starts_with(&format!("invalid value '{filter}' for '--filter <EXPR>': ")),
            "{message}"
        );
        assert!(message.contains(reason), "{message}");
    }
    let typo = home.run(["history", "--filter", "ticket.priority=urgent"]).ok();
    assert!(typo.stderr.contains("Did you mean `data.ticket.priority`?"), "{typo:?}");
}
