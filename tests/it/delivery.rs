//! `listen` and `trigger` against the real sandbox: a signed event reaches a local server.

use cstar::signature::{SIGNATURE_HEADER, construct_event};

use crate::support::Home;
use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;

const SANDBOX_SECRET: &str = "whsec_sandboxtest000000000000000000000";

#[test]
fn a_triggered_event_arrives_signed_and_byte_for_byte() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);

    let fired = sandbox.run(&home, ["trigger", "ticket.created", "--json"]).ok().json();
    let request = receiver.next();
    let delivered = listen.wait_for("delivered");

    assert_eq!(request.header("x-signature"), request.header("cstar-signature"));
    let event = construct_event(request.body.clone(), Some(request.header(SIGNATURE_HEADER)), SANDBOX_SECRET)
        .unwrap();
    assert_eq!(event.id(), fired["eventId"]);
    assert_eq!(request.header("x-event-id"), event.id());
    assert_eq!(request.header("x-event-type"), "ticket.created");
    assert_eq!(request.header("x-delivery-attempt"), "1");
    assert_eq!(request.header("user-agent"), "cStar-Webhooks/1.0");
    assert_eq!(request.header("content-type"), "application/json");
    assert!(request.header("x-webhook-id").starts_with("whk_"));
    assert!(request.header("x-cstar-request-id").starts_with("req_"));
    assert_eq!(delivered["id"], event.id());
    assert_eq!(delivered["status"], 200);
}
