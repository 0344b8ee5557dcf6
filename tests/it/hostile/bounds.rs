//! Limits on the memory that a server can make us use.

use serde_json::json;

use super::opened;
use crate::support::Home;
#[cfg(target_os = "linux")]
use crate::support::listen::Listen;
#[cfg(target_os = "linux")]
use crate::support::ports::ReservedPort;
use crate::support::receiver::Receiver;
#[cfg(target_os = "linux")]
use crate::support::receiver::Response;
use crate::support::scripted_server::{ScriptedServer, Step, event, send, ticket_event};

const LIMIT: usize = 16 * 1024 * 1024;

/// Sends `events` over the first connection, and nothing over later ones.
#[cfg(target_os = "linux")]
fn sends_once(events: Vec<String>) -> ScriptedServer {
    ScriptedServer::start(move |number, _| {
        let mut steps = vec![opened(json!({"resumed": true}))];
        if number == 0 {
            steps.extend(events.iter().map(|event| send(event.as_str())));
        }
        steps.push(Step::Hold);
        steps
    })
}

/// Sends `flood` between two valid events; returns the `skipped` lines.
fn skipped_lines_after(flood: impl Fn() -> Vec<Step> + Send + Sync + 'static) -> Vec<serde_json::Value> {
    let server = ScriptedServer::start(move |number, _| {
        let mut steps = vec![opened(json!({"resumed": true}))];
        if number == 0 {
            steps.push(send(ticket_event("evt_1")));
            steps.extend(flood());
        }
        steps.extend([send(ticket_event("evt_2")), Step::Hold]);
        steps
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url()]);
    listen.wait_for("delivered");
    #[cfg(target_os = "linux")]
    let before = listen.peak_kib();
    listen.wait_until("the good event", |line| line["type"] == "delivered" && line["id"] == "evt_2");
    #[cfg(target_os = "linux")]
    {
        let growth = listen.peak_kib() - before;
        assert!(growth <= 3 * (LIMIT as u64 / 1024), "grew by {growth} KiB over {before} KiB");
    }
    let bodies = receiver.take(2);
    assert!(receiver.drain().is_empty());
    assert_eq!(bodies[1].header("x-event-id"), "evt_2");
    listen.all("skipped").into_iter().cloned().collect()
}

#[test]
fn oversized_event_is_reported_and_skipped() {
    let skipped = skipped_lines_after(|| {
        let body = "x".repeat(LIMIT + 1);
        vec![send(event("evt_big", "ticket.created", &body))]
    });
    assert_eq!(skipped.len(), 1);
    assert_eq!((&skipped[0]["id"], &skipped[0]["event"]), (&json!("evt_big"), &json!("ticket.created")));
    assert!(skipped[0]["reason"].as_str().unwrap().contains("16777216"), "{}", skipped[0]);
}

#[test]
fn endless_line_is_dropped_in_bounded_memory() {
    let skipped = skipped_lines_after(|| {
        vec![
            send("id: evt_line\ndata: "),
            Step::Flood(vec![b'x'; 1 << 20], 128 << 20),
            // The line ends eventually, so only this event is lost.
            send("\n\n"),
        ]
    });
    assert_eq!(skipped.len(), 1);
    assert_eq!(skipped[0]["id"], "evt_line");
}

#[test]
fn endless_data_lines_use_bounded_memory() {
    let mut line = b"data: ".to_vec();
    line.resize(64 << 10, b'x');
    line.push(b'\n');
    let skipped = skipped_lines_after(move || vec![Step::Flood(line.clone(), 64 << 20), send("\n")]);
    assert_eq!(skipped.len(), 1);
}

#[test]
fn endless_unknown_fields_use_no_memory() {
    let skipped = skipped_lines_after(|| {
        vec![
            send(":"),
            Step::Flood(vec![b'x'; 1 << 20], 40 << 20),
            send("\nunknown: "),
            Step::Flood(vec![b'y'; 1 << 10], 1 << 20),
            send("\n\n"),
        ]
    });
    assert!(skipped.is_empty(), "{skipped:?}");
}

/// One is being recorded, one waits for that, one is being delivered, and one is being read.
#[cfg(target_os = "linux")]
#[test]
fn at_most_four_large_bodies_are_in_memory() {
    const EVENTS: usize = 6;
    let large = || {
        let ticket = ticket_with(&"z".repeat(LIMIT - 4096));
        let event = |seq| event(&format!("evt_{seq}"), "ticket.created", &ticket);
        let events: Vec<String> = (0..EVENTS).map(event).collect();
        (sends_once(events), Home::new())
    };
    let grown = |listen: &Listen, before: u64| {
        let growth = listen.peak_kib() - before;
        assert!(growth <= 4 * (LIMIT as u64 / 1024), "grew by {growth} KiB over {before} KiB");
    };
    let ((server, home), receiver) = (large(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url()]);
    listen.wait_for("connected");
    let before = listen.peak_kib();
    listen.wait_for_all("delivered", EVENTS);
    grown(&listen, before);
    assert!(receiver.take(EVENTS).iter().all(|request| request.body.len() > LIMIT - 4096));
    listen.stop();

    // The others wait in the history and are read back from there.
    let ((server, home), down) = (large(), ReservedPort::new());
    let mut listen = server.listen(&home, &["--forward-to", &down.url()]);
    listen.wait_for("connected");
    let before = listen.peak_kib();
    listen.wait_for_all("received", EVENTS);
    grown(&listen, before);
    let receiver = Receiver::start_at(down.port, |_| Response::status(200));
    listen.wait_for_all("delivered", EVENTS);
    grown(&listen, before);
    let bodies = receiver.take(EVENTS);
    assert!(bodies.iter().all(|request| request.body.ends_with(b"zzz\"}}}")));
}

/// While the target is down, a waiting event uses memory only for a few names; the history holds its body.
#[cfg(target_os = "linux")]
#[test]
fn long_ids_of_queued_events_use_no_memory() {
    const EVENTS: usize = 160;
    // Created before the client waits for them.
    let events = (0..EVENTS).map(|seq| {
        let ticket = format!("{}{seq}", "y".repeat(512 * 1024));
        event(&format!("evt_{seq}"), "ticket.created", &ticket_with(&ticket))
    });
    let events: Vec<String> = events.collect();
    let server = sends_once(events);
    let (home, down) = (Home::new(), ReservedPort::new());
    let mut listen = server.listen(&home, &["--forward-to", &down.url()]);
    listen.wait_for("connected");
    let before = listen.peak_kib();
    listen.wait_for_all("received", EVENTS);
    let growth = listen.peak_kib() - before;
    // The ids alone have 80 MiB.
    assert!(growth <= 4 * (LIMIT as u64 / 1024), "grew by {growth} KiB over {before} KiB");
}

#[cfg(target_os = "linux")]
fn ticket_with(id: &str) -> String {
    json!({"type": "ticket.created", "data": {"ticket": {"id": id}}}).to_string()
}
