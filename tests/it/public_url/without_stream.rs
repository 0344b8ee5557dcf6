//! Events of `--public-url` at a server that has no listen stream, as cStar may be: everything that signs or verifies
//! them later uses the same secret.

use cstar::signature::{sign, verify_signature};
use serde_json::json;

use super::hostile::{now, post};
use crate::inspector::Ui;
use crate::mcp::client::McpClient;
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};
use crate::support::scripted_server::{ScriptedServer, json_response, ticket};
use crate::support::{CommandOutput, Home};

const HOOK_SECRET: &str = "whsec_hook";

/// Creates and deletes webhooks, and answers everything else with `status`.
fn server_without_stream(status: u16) -> ScriptedServer {
    ScriptedServer::start(move |_, request| {
        let webhook = json!({ "id": "whk_1", "secret": HOOK_SECRET, "events": ["*"], "isActive": true });
        let is = |method, end| request.head.starts_with(method) && request.target().ends_with(end);
        let (status, data) = match () {
            () if is("POST ", "/webhooks") => (201, webhook),
            () if is("GET ", "/webhooks") => (200, json!([])),
            () if is("DELETE ", "/webhooks/whk_1") => (200, json!({ "deleted": true })),
            () => return json_response(status, &[], "{}"),
        };
        json_response(status, &[], &json!({ "success": true, "data": data }).to_string())
    })
}

/// Receives `evt_a` through the webhook and delivers it to `target`, which refuses it.
fn receive(server: &ScriptedServer, home: &Home, target: &str) {
    let port = closed_port();
    let (url, receive) = (format!("http://127.0.0.1:{port}/hook"), port.to_string());
    let own = ["--public-url", &url, "--receive", &receive, "--forward-to", target, "--retries", "0"];
    let mut listen = Listen::start(server.cstar(home), &own);
    let body = ticket("evt_a", "tkt_1");
    assert_eq!(post(port, &sign(body.as_bytes(), HOOK_SECRET, now()), &body), 200);
    listen.wait_for("failed");
    listen.interrupt();
    listen.finish();
}

#[test]
fn later_commands_use_the_secret_of_the_machine() {
    let (home, server) = (Home::new(), server_without_stream(404));
    let receiver = Receiver::start_with(|_| Response::status(401));
    receive(&server, &home, &receiver.url());
    let run = |args: &[&str]| CommandOutput::run(server.cstar(&home).args(args));

    let refused = run(&["listen", "--print-secret"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    let hint = "cstar listen --public-url URL --print-secret";
    assert!(refused.stderr.replace('\n', " ").contains(hint), "{refused:?}");
    let secret = run(&["listen", "--public-url", "https://a.example", "--print-secret"]).ok().stdout;

    assert_eq!(run(&["replay", "evt_a", "--json"]).code, 1, "it was refused again");
    let mut client = McpClient::start(server.cstar(&home), &[]);
    let again = client.call("cstar_replay_event", json!({ "event_id": "evt_a" }));
    assert_eq!(again["signed_with"], "the secret of this machine");
    let checked = client.call("cstar_verify_signature", json!({ "event_id": "evt_a" }));
    assert_eq!(
        (&checked["valid"], &checked["secret_tried"]),
        (&true.into(), &"the one of this machine".into())
    );
    run(&["verify", "evt_a"]).ok();

    let ui = Ui::start_with(server.cstar(&home));
    let event = ui.get("events/evt_a");
    assert_eq!(event["signature"][0]["valid"], true, "{event}");
    ui.post("replay", &json!({ "keys": [event["key"]] }));

    let sent = receiver.take(4);
    for request in &sent {
        verify_signature(&request.body, Some(request.header("x-signature")), secret.trim()).unwrap();
    }
}

#[test]
fn other_refusals_of_the_stream_are_explained() {
    let (home, server) = (Home::new(), server_without_stream(403));
    let receiver = Receiver::start_with(|_| Response::status(401));
    receive(&server, &home, &receiver.url());
    receiver.next();
    let refused = CommandOutput::run(server.cstar(&home).args(["replay", "evt_a"]));
    assert_eq!(refused.code, 2, "{refused:?}");
    let said = refused.stderr.replace('\n', " ");
    assert!(said.contains("403") && said.contains("set CSTAR_WEBHOOK_SECRET"), "{refused:?}");
    assert!(receiver.drain().is_empty());
}
