//! `listen` and `trigger` against the real sandbox: a signed event reaches a local server.

mod refusal;
mod sandbox;
mod secrets;

use std::collections::HashSet;

use cstar::signature::{SIGNATURE_HEADER, construct_event, verify_signature};
use serde_json::json;

use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, event, send, session, ticket_event};
use crate::support::{Home, PUBLISHABLE_KEY, SANDBOX_SECRET, TEST_KEY, over_each_transport};

#[test]
fn triggered_event_arrives_signed_and_unchanged() {
    over_each_transport(|transport| {
        let home = Home::new();
        let sandbox = Sandbox::start(&home);
        let receiver = Receiver::start();
        let mut listen =
            Listen::start(sandbox.cstar(&home), &["--transport", transport, "--forward-to", &receiver.url()]);

        let triggered = sandbox.run(&home, ["trigger", "ticket.created", "--json"]).ok().json();
        let request = receiver.next();
        let delivered = listen.wait_for("delivered");

        assert_eq!(request.header("x-signature"), request.header("cstar-signature"));
        let event =
            construct_event(request.body.clone(), Some(request.header(SIGNATURE_HEADER)), SANDBOX_SECRET)
                .unwrap();
        assert_eq!(event.id(), triggered["eventId"]);
        assert_eq!(request.header("x-event-id"), event.id());
        assert_eq!(request.header("x-event-type"), "ticket.created");
        assert_eq!(request.header("x-delivery-attempt"), "1");
        assert_eq!(request.header("user-agent"), "cStar-Webhooks/1.0");
        assert_eq!(request.header("content-type"), "application/json");
        assert!(request.header("x-webhook-id").starts_with("whk_"));
        assert!(request.header("x-cstar-request-id").starts_with("req_"));
        assert_eq!(delivered["id"], event.id());
        assert_eq!(delivered["status"], 200);
        listen.stop();
    });
}

#[test]
fn every_event_type_arrives_and_verifies() {
    over_each_transport(|transport| {
        let home = Home::new();
        let sandbox = Sandbox::start(&home);
        let receiver = Receiver::start();
        let args = ["--transport", transport, "--forward-to", &receiver.url(), "--count", "35"];
        let listen = Listen::start(sandbox.cstar(&home), &args);
        let triggered = sandbox.run(&home, ["trigger", "--all", "--json"]).ok().json();
        let ended = listen.finish();
        assert_eq!(ended.code, 0, "{ended:#?}");
        assert_eq!(ended.summary()["delivered"], 35);
        let triggered: HashSet<_> = triggered
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["event"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(triggered.len(), 35);
        let mut delivered = HashSet::new();
        for request in receiver.take(35) {
            let header = Some(request.header(SIGNATURE_HEADER));
            let event = construct_event(request.body.clone(), header, SANDBOX_SECRET).unwrap();
            assert_eq!(event.event_type(), request.header("x-event-type"));
            delivered.insert(event.event_type().to_owned());
        }
        assert_eq!(delivered, triggered);
    });
}

#[test]
fn user_headers_are_added_to_every_delivery() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let args = [
        "--forward-to",
        &receiver.url(),
        "-H",
        "X-Tag: one",
        "--header",
        "x-tag:two",
        "-H",
        "Authorization: Basic eA==",
    ];
    let _listen = Listen::start(sandbox.cstar(&home), &args);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let request = receiver.next();
    let tags: Vec<_> = request.headers.get_all("x-tag").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(tags, ["one", "two"]);
    assert_eq!(request.header("authorization"), "Basic eA==");
    assert_eq!(request.header("x-event-type"), "ticket.created");
}

#[test]
fn api_key_is_never_sent_to_the_target() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let _listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let request = receiver.next();
    assert!(!request.headers.contains_key("authorization"));
    assert!(!format!("{request:?}").contains(TEST_KEY));
}

#[test]
fn only_selected_events_are_delivered() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let args = ["--forward-to", &receiver.url(), "--events", "ticket.*,boss.spawned", "--count", "3"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    for kind in ["customer.created", "ticket.created", "article.created", "boss.spawned", "ticket.closed"] {
        sandbox.run(&home, ["trigger", kind]).ok();
    }
    // The server sent only these.
    assert_eq!(listen.summary()["skipped"], 0);
    let types: HashSet<_> =
        receiver.take(3).iter().map(|request| request.header("x-event-type").to_owned()).collect();
    assert_eq!(types, ["ticket.created", "boss.spawned", "ticket.closed"].map(String::from).into());
}

#[test]
fn client_filters_when_the_server_does_not() {
    let server = ScriptedServer::start(|_, _| {
        let customer = event("evt_c", "customer.created", "{}");
        let opening = session(&json!({"secret": "whsec_x"}));
        vec![send(STREAM.to_owned() + &opening + &customer + &ticket_event("evt_1")), Step::Hold]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let args = ["--forward-to", &receiver.url(), "--events", "ticket.*", "--count", "1"];
    let mut listen = server.listen(&home, &args);
    listen.summary();
    assert!(server.requests()[0].target().ends_with("?types=ticket.*"), "{:?}", server.requests());
    assert_eq!(listen.all("skipped")[0]["id"], "evt_c");
    assert_eq!(receiver.next().header("x-event-id"), "evt_1");
    assert!(receiver.drain().is_empty());
}

#[test]
fn publishable_key_is_refused_by_listen() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let key = PUBLISHABLE_KEY;
    let trigger = sandbox.run(&home, ["trigger", "ticket.created", "--json", "--api-key", key]);
    assert_eq!(trigger.code, 4, "{trigger:?}");
    assert_eq!(trigger.json_error()["code"], "publishable_key_write");
    let listen = Listen::start_unconnected(sandbox.cstar(&home), &["--api-key", key]).finish();
    assert_eq!(listen.code, 4, "{listen:#?}");
    assert!(
        listen.stderr.contains("insufficient_permissions") && !listen.stderr.contains(key),
        "{listen:#?}"
    );
}

#[test]
fn unreachable_base_url_is_reported() {
    let home = Home::new();
    let base = format!("http://127.0.0.1:{}", ReservedPort::new().port);
    let output =
        home.run(["trigger", "ticket.created", "--json", "--api-key", TEST_KEY, "--base-url", &base]);
    assert_eq!(output.code, 3, "{output:?}");
    let error = output.json_error();
    assert!(error["message"].as_str().unwrap().contains(&base), "{error}");
    assert!(error["hint"].is_string());
}

#[test]
fn one_mebibyte_body_arrives_intact() {
    let body =
        format!("{{\"data\":{{\"ticket\":{{\"id\":\"tkt_1\"}},\"text\":\"{}\"}}}}", "äx\\n".repeat(1 << 18));
    assert!(body.len() >= 1 << 20);
    let frame = event("evt_1", "ticket.created", &body);
    let server = ScriptedServer::start(move |_, _| {
        vec![send(STREAM.to_owned() + &session(&json!({"secret": "whsec_x"})) + &frame), Step::Hold]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    assert_eq!(listen.wait_for("received")["bytes"], body.len());
    listen.wait_for("delivered");
    let request = receiver.next();
    assert!(request.body == body.as_bytes(), "{} bytes instead of {}", request.body.len(), body.len());
    verify_signature(&request.body, Some(request.header(SIGNATURE_HEADER)), "whsec_x").unwrap();
}

#[test]
fn data_from_stdin_is_in_the_event() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let _listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let args = ["trigger", "ticket.created", "--data", "-", "--sandbox", "--base-url", &sandbox.base_url];
    home.run_with_input(args, br#"{"ticket":{"title":"Zo\u00eb \u001b[2J","own":[1.50]}}"#).ok();
    let event = receiver.next().json();
    assert_eq!(event["data"]["ticket"]["title"], "Zoë \u{1b}[2J");
    assert_eq!(event["data"]["ticket"]["own"], json!([1.5]));
    assert!(event["data"]["ticket"]["status"].is_string(), "the rest is the sample's: {event}");
}
