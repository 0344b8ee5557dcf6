//! `trigger` through a sandbox: who received the event, and how each delivery ended.

use crate::support::Home;
use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Reply};
use crate::support::sandbox::Sandbox;

#[test]
fn one_session_with_two_targets_is_one_session() {
    let (home, one, two) = (Home::new(), Receiver::start(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let args = ["--forward-to", &one.url(), "--forward-to", &two.url()];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    let fired = sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert!(fired.stdout.contains("sent to 1 listen session"), "{fired:?}");
    let fired = sandbox.run(&home, ["trigger", "ticket.created", "--wait", "--json"]).ok().json();
    assert_eq!(fired["waited"].as_array().unwrap().len(), 2, "{fired}");
    assert!(fired["waited"].as_array().unwrap().iter().all(|end| end["status"] == "delivered"), "{fired}");
    listen.end();
}

#[test]
fn require_receiver_fails_when_nobody_took_it() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let plain = sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert!(plain.stderr.contains("0 listen sessions are connected now"), "{plain:?}");
    assert!(plain.stderr.contains("reconnecting still gets it"), "{plain:?}");
    let wanted = sandbox.run(&home, ["trigger", "ticket.created", "--require-receiver", "--json"]);
    assert_eq!(wanted.code, 1, "{wanted:?}");
    assert!(wanted.stdout.contains("eventId"), "{wanted:?}");
    let waited = sandbox.run(&home, ["trigger", "ticket.created", "--wait", "--wait-for", "300ms"]);
    assert_eq!(waited.code, 1, "{waited:?}");
    assert!(waited.stderr.contains("not delivered within 0.3 s"), "{waited:?}");
}

#[test]
fn wait_tells_how_each_delivery_ended() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::scripted(|request| {
        Reply::status(if request.header("x-event-type") == "ticket.closed" { 404 } else { 200 })
    });
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let ran = sandbox.run(&home, ["trigger", "ticket.created", "ticket.closed", "--wait"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("delivered  evt_ticket_created"), "{ran:?}");
    assert!(ran.stdout.contains("failed  evt_ticket_closed"), "{ran:?}");
    assert!(ran.stderr.contains("1 of 2 deliveries failed"), "{ran:?}");
    drop(listen);
}

#[test]
fn wait_follows_webhooks_too() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::scripted(|_| Reply::status(204));
    sandbox.run(&home, ["webhooks", "create", "--url", &receiver.url(), "--events", "ticket.*"]).ok();
    let fired = sandbox.run(&home, ["trigger", "ticket.created", "--wait", "--json"]).ok().json();
    assert_eq!(
        (&fired["waited"][0]["status"], &fired["waited"][0]["last_status"]),
        (&"delivered".into(), &204.into())
    );
}

#[test]
fn several_types_and_patterns_are_fired() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let ran = sandbox.run(&home, ["trigger", "survey.submitted", "customer_group.*", "--json"]).ok().json();
    let types: Vec<&str> = ran.as_array().unwrap().iter().map(|one| one["event"].as_str().unwrap()).collect();
    assert_eq!(types.len(), 4, "{types:?}");
    assert_eq!(types[0], "survey.submitted");
    let unknown = sandbox.run(&home, ["trigger", "nothing.*"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
}
