//! Receivers as users write them: a real Express and a real Flask server, with the documented check
//! and with Stripe's published libraries, must accept what `cstar` sends.
//!
//! They need Node and Python packages, so a plain `cargo test` leaves them out. `.ci/run` installs the
//! packages and runs these too: `cargo test --test it -- --ignored`.

mod server;
mod single;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, SANDBOX_SECRET};
use server::{Kind, Server};

const OWN_SECRET: &str = "whsec_Gr\u{fc}\u{df}e_of_my_own";

/// Text that breaks servers which re-encode or unescape, or count characters instead of bytes.
fn awkward() -> Vec<Value> {
    let ticket = |title: &str| json!({ "ticket": { "id": "tkt_awkward", "title": title } });
    vec![
        ticket("Gr\u{fc}\u{df}e \u{2014} \u{65e5}\u{672c}\u{8a9e} \u{1f389} e\u{301}"),
        ticket("a \"quoted\" \\ back/slash \\u0041 \u{0}\u{7}\u{1b}[31m\r\n\t"),
        ticket("\u{feff}\u{202e}evil\u{200b}\u{2028}\u{2029}</script>"),
        ticket(""),
        json!({ "ticket": { "id": 18_446_744_073_709_551_615_u64, "n": -9_007_199_254_740_993_i64, "x": 1e300, "y": 0.1 } }),
        ticket(&"\u{e4}".repeat(40_000)),
    ]
}

/// The server accepted it, and every verifier agrees on both headers.
fn assert_accepted(line: &Value) {
    for member in ["x_signature_ok", "cstar_signature_ok", "stripe_ok", "same"] {
        assert_eq!(line[member], true, "{member}: {line}");
    }
    assert_eq!((&line["status"], &line["attempt"]), (&json!(200), &json!(1)), "{line}");
    let headers = &line["headers"];
    assert_eq!((&headers["x-event-type"], &headers["x-event-id"]), (&line["event"], &line["id"]), "{line}");
}

fn body(line: &Value) -> Vec<u8> {
    hex::decode(line["body_hex"].as_str().unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Event types by id.
fn by_id(lines: &[Value], id: &str) -> BTreeMap<String, String> {
    lines.iter().map(|line| (text(&line[id]), text(&line["event"]))).collect()
}

/// `cstar verify` agrees with the server about what it logged.
fn assert_verifies(home: &Home, line: &Value, secret: &str) {
    let signature = text(&line["headers"]["x-signature"]);
    let args = ["verify", "--strict", "--signature", &signature, "--secret", secret];
    home.run_with_input(args, &body(line)).ok();
}

fn every_type_is_accepted(kind: Kind) {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let server = Server::start(kind, SANDBOX_SECRET);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &server.url()]);

    let triggered = sandbox.run(&home, ["trigger", "--all", "--json"]).ok().json();
    let triggered = triggered.as_array().unwrap();
    let received = server.take(triggered.len());
    received.iter().for_each(assert_accepted);
    assert_eq!(by_id(&received, "id"), by_id(triggered, "eventId"));

    for data in awkward() {
        let data = data.to_string();
        let mut trigger = sandbox.cstar(&home);
        trigger.args(["trigger", "ticket.updated", "--data", "-"]);
        CommandOutput::run_with_input(&mut trigger, data.as_bytes()).ok();
        let line = server.next();
        assert_accepted(&line);
        assert_verifies(&home, &line, SANDBOX_SECRET);
        let event: Value = serde_json::from_slice(&body(&line)).unwrap();
        let expected: Value = serde_json::from_str(&data).unwrap();
        for (name, value) in expected["ticket"].as_object().unwrap() {
            assert_eq!(&event["data"]["ticket"][name], value, "{name}");
        }
        let delivered = listen
            .wait_until("its line", |printed| printed["type"] == "delivered" && printed["id"] == line["id"]);
        assert_eq!(delivered["status"], 200);
    }
}

#[test]
#[ignore = "needs Node with Express: see .ci/run"]
fn express_accepts_every_type_and_payload() {
    every_type_is_accepted(Kind::Express);
}

#[test]
#[ignore = "needs Python with Flask: see .ci/run"]
fn flask_accepts_every_type_and_payload() {
    every_type_is_accepted(Kind::Flask);
}

fn wrong_secret_is_refused(kind: Kind) {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let server = Server::start(kind, "whsec_of_another_endpoint");
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &server.url()]);

    let triggered = sandbox.run(&home, ["trigger", "ticket.created", "--json"]).ok().json();
    let failed = listen.wait_for("failed");
    assert_eq!((&failed["id"], &failed["status"]), (&triggered["eventId"], &json!(401)));
    let line = server.next();
    assert_eq!((&line["status"], &line["stripe_ok"]), (&json!(401), &json!(false)));
    assert!(listen.all("delivered").is_empty());
}

#[test]
#[ignore = "needs Node with Express: see .ci/run"]
fn express_refusal_is_reported_by_listen() {
    wrong_secret_is_refused(Kind::Express);
}

#[test]
#[ignore = "needs Python with Flask: see .ci/run"]
fn flask_refusal_is_reported_by_listen() {
    wrong_secret_is_refused(Kind::Flask);
}

/// `listen --sandbox --forward-to 3000` is enough: no account, no running sandbox, and the bare port means
/// the documented path.
fn two_commands_are_enough(kind: Kind) {
    let home = Home::new();
    let server = Server::start(kind, SANDBOX_SECRET);
    let base = format!("http://127.0.0.1:{}", closed_port());
    let port = server.port.to_string();
    let args = ["--sandbox", "--base-url", &base, "--forward-to", &port];
    let mut listen = Listen::start(home.cstar(), &args);

    home.run(["trigger", "customer.created", "--sandbox", "--base-url", &base]).ok();
    let line = server.next();
    assert_accepted(&line);
    assert_eq!(line["event"], "customer.created");
    assert_eq!(listen.wait_for("delivered")["id"], line["id"]);
}

#[test]
#[ignore = "needs Node with Express: see .ci/run"]
fn express_works_with_the_sandbox_in_listen() {
    two_commands_are_enough(Kind::Express);
}

#[test]
#[ignore = "needs Python with Flask: see .ci/run"]
fn flask_works_with_the_sandbox_in_listen() {
    two_commands_are_enough(Kind::Flask);
}

fn direct_triggers_are_accepted(kind: Kind) {
    let home = Home::new();
    let server = Server::start(kind, OWN_SECRET);
    let sent =
        home.run(["trigger", "--all", "--to", &server.url(), "--secret", OWN_SECRET, "--json"]).ok().json();
    let sent = sent.as_array().unwrap();
    let received = server.take(sent.len());
    received.iter().for_each(assert_accepted);
    assert_eq!(by_id(&received, "id"), by_id(sent, "eventId"));

    let refused = home.run(["trigger", "ticket.created", "--to", &server.url(), "--secret", "whsec_other"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(server.next()["status"], 401);
}

#[test]
#[ignore = "needs Node with Express: see .ci/run"]
fn express_accepts_events_of_trigger_to() {
    direct_triggers_are_accepted(Kind::Express);
}

#[test]
#[ignore = "needs Python with Flask: see .ci/run"]
fn flask_accepts_events_of_trigger_to() {
    direct_triggers_are_accepted(Kind::Flask);
}

/// Bodies that no JSON library would write this way: the signature covers bytes, not a value.
fn signed_by_hand(kind: Kind) {
    let home = Home::new();
    let server = Server::start(kind, OWN_SECRET);
    for body in [
        r#"{"id":"evt_1","type":"x"}"#,
        "{ \"type\" : \"x\" ,\r\n\t\"id\" : \"evt_1\" }\n\n",
        r#"{"id":"evt_0","id":"evt_1","type":"x","n":123456789012345678901234567890.50,"m":1E400}"#,
        r#"{"id":"evt_1","type":"x","s":"\u00fc\ud83c\udf89\/ü🎉\u0000"}"#,
    ] {
        let signed = home.run_with_input(["sign", "--secret", OWN_SECRET], body.as_bytes()).ok();
        let signature = signed.stdout.trim_end();
        let answer = server.post(body.as_bytes(), signature);
        assert!(answer.contains(" 200 "), "{answer} for {body}");
        let line = server.next();
        assert_eq!((&line["x_signature_ok"], &line["stripe_ok"]), (&json!(true), &json!(true)), "{line}");
        assert_verifies(&home, &line, OWN_SECRET);

        let answer = server.post(format!("{body} ").as_bytes(), signature);
        assert!(answer.contains(" 401 "), "{answer} for a changed body");
        assert_eq!(server.next()["stripe_ok"], false);
    }
}

#[test]
#[ignore = "needs Node with Express: see .ci/run"]
fn express_accepts_bytes_signed_by_cstar_sign() {
    signed_by_hand(Kind::Express);
}

#[test]
#[ignore = "needs Python with Flask: see .ci/run"]
fn flask_accepts_bytes_signed_by_cstar_sign() {
    signed_by_hand(Kind::Flask);
}

fn restart_loses_nothing(kind: Kind) {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut server = Server::start(kind, SANDBOX_SECRET);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &server.url()]);
    let trigger = || {
        let args = ["trigger", "ticket.updated", "--set", "data.ticket.id=tkt_1", "--json"];
        text(&sandbox.run(&home, args).ok().json()["eventId"])
    };

    let before = trigger();
    assert_eq!(server.next()["id"], before);
    listen.wait_for("delivered");
    server.kill();
    let queued: Vec<_> = (0..5).map(|_| trigger()).collect();
    listen.wait_for("waiting");
    server.restart();

    let received = server.take(queued.len());
    received.iter().for_each(assert_accepted);
    assert_eq!(received.iter().map(|line| text(&line["id"])).collect::<Vec<_>>(), queued);
    let last = queued.last().unwrap();
    listen.wait_until("the last", |printed| printed["type"] == "delivered" && printed["id"] == **last);
    assert!(listen.all("failed").is_empty());
    assert_eq!(listen.all("waiting").len(), 1, "an outage is reported once");
}

#[test]
#[ignore = "needs Node with Express: see .ci/run"]
fn express_gets_queued_events_after_restart() {
    restart_loses_nothing(Kind::Express);
}

#[test]
#[ignore = "needs Python with Flask: see .ci/run"]
fn flask_gets_queued_events_after_restart() {
    restart_loses_nothing(Kind::Flask);
}
