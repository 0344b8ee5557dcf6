//! The stream breaks, stalls, resumes or repeats itself: nothing is lost and nothing is reported twice.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{opened, with_defaults};
use crate::support::Home;
use crate::support::receiver::Receiver;
use crate::support::scripted_server::{
    CHUNKED, STREAM, ScriptedServer, Step, event, json_response, send, session, ticket_event,
};

/// The ids of the next requests, in order.
fn ids(receiver: &Receiver, count: usize) -> Vec<String> {
    receiver.take(count).iter().map(|request| request.header("x-event-id").to_owned()).collect()
}

#[test]
fn cut_frame_resumes_after_last_whole_event() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => vec![
            opened(json!({"resumed": false})),
            send(ticket_event("evt_1") + "id: evt_2\nevent: ticket.created\ndata: {\"id\":\"ev"),
        ],
        // Cut again at the worst place: the frame is complete except for its final line end.
        1 => vec![opened(json!({"resumed": true})), send(ticket_event("evt_2").trim_end())],
        _ => vec![
            opened(json!({"resumed": true})),
            send(ticket_event("evt_2") + &ticket_event("evt_3")),
            Step::Hold,
        ],
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "3"]);

    assert_eq!(ids(&receiver, 3), ["evt_1", "evt_2", "evt_3"]);
    listen.summary();
    let ended = listen.finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    assert!(receiver.drain().is_empty());
    assert!(ended.seen.iter().all(|line| line["type"] != "gap" && line["type"] != "skipped"), "{ended:#?}");
    let cursors: Vec<_> =
        server.requests().iter().map(|request| request.header("last-event-id").map(str::to_owned)).collect();
    assert_eq!(cursors, [None, Some("evt_1".to_owned()), Some("evt_1".to_owned())]);
}

#[test]
fn broken_chunked_stream_differs_from_ended() {
    let opening = session(&with_defaults(json!({})));
    let server = ScriptedServer::start(move |number, _| {
        let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
        match number {
            0 => vec![send(CHUNKED.to_owned() + &chunk(&opening) + "fff\r\ndata: half")],
            1 => vec![send(CHUNKED.to_owned() + &chunk(&opening) + "0\r\n\r\n")],
            _ => vec![send(CHUNKED.to_owned() + &chunk(&opening)), Step::Hold],
        }
    });
    let mut listen = server.listen(&Home::new(), &["--forward-to", "1"]);
    let cut = listen.wait_for("disconnected");
    let reason = "the connection was cut (the server closed the connection in the middle of its answer)";
    assert_eq!(cut["reason"], reason);
    let ended = listen.wait_for("disconnected");
    assert_eq!(ended["reason"], "the server ended the stream");
}

#[test]
fn three_missed_heartbeats_mean_a_dead_peer() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => vec![opened(json!({"heartbeat_seconds": 1})), send(ticket_event("evt_1")), Step::Hold],
        _ => vec![opened(json!({"resumed": true})), send(ticket_event("evt_2")), Step::Hold],
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url()]);
    listen.wait_for("delivered");
    let silent_from = Instant::now();
    let lost = listen.wait_for("disconnected");
    let noticed_after = silent_from.elapsed();
    assert_eq!(lost["reason"], "nothing was received from the server for 3 s");
    let expected = Duration::from_millis(2500)..Duration::from_secs(5);
    assert!(expected.contains(&noticed_after), "{noticed_after:?}");
    assert_eq!(ids(&receiver, 2), ["evt_1", "evt_2"]);
}

#[test]
fn missing_session_frame_means_a_dead_peer() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => vec![opened(json!({"heartbeat_seconds": 0.1})), Step::Hold],
        // Only the head of the response, with the default heartbeat.
        _ => vec![Step::Hold],
    });
    let mut listen = server.listen(&Home::new(), &["--forward-to", "1"]);
    assert_eq!(listen.wait_for("disconnected")["reason"], "nothing was received from the server for 3 s");
    listen.wait_for("connecting");
}

#[test]
fn heartbeats_keep_a_quiet_stream_open() {
    let server = ScriptedServer::start(|_, _| {
        vec![
            opened(json!({"heartbeat_seconds": 0.5})),
            Step::Repeat(": heartbeat\n\n", 20, Duration::from_millis(100)),
            send(ticket_event("evt_1")),
            Step::Hold,
        ]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    listen.summary();
    assert!(listen.all("disconnected").is_empty(), "{:?}", listen.seen);
}

#[test]
fn retry_after_of_a_failing_server_is_kept() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => json_response(500, &[], "{}"),
        1 => json_response(503, &["retry-after: 1"], "<html>"),
        2 => json_response(429, &["retry-after: 1"], "{}"),
        _ => vec![opened(json!({})), send(ticket_event("evt_1")), Step::Hold],
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    listen.summary();
    let reasons: Vec<_> = listen.all("disconnected").iter().map(|line| line["reason"].clone()).collect();
    assert_eq!(
        reasons,
        ["the server answered HTTP 500", "the server answered HTTP 503", "the server answered HTTP 429"]
    );
    let requests = server.requests();
    for pair in requests[1..4].windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_secs(1), "{:?}", pair[1].at - pair[0].at);
    }
}

#[test]
fn failed_resume_is_reported_as_one_gap() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => vec![opened(json!({"resumed": false})), send(ticket_event("evt_1"))],
        _ => vec![opened(json!({"resumed": false})), send(ticket_event("evt_9")), Step::Hold],
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "2"]);
    listen.summary();
    let gaps = listen.all("gap");
    assert_eq!(gaps.len(), 1, "{:#?}", listen.seen);
    assert_eq!(gaps[0]["after"], "evt_1");
    assert!(gaps[0]["since"].is_string());
    assert_eq!(ids(&receiver, 2), ["evt_1", "evt_9"]);
}

#[test]
fn event_repeated_at_reconnect_is_delivered_once() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => vec![opened(json!({})), send(ticket_event("evt_1") + &ticket_event("evt_2"))],
        _ => vec![
            opened(json!({"resumed": true})),
            send(ticket_event("evt_1") + &ticket_event("evt_2") + &ticket_event("evt_3")),
            Step::Hold,
        ],
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "3"]);
    let summary = listen.summary();
    assert_eq!(ids(&receiver, 3), ["evt_1", "evt_2", "evt_3"]);
    assert!(receiver.drain().is_empty());
    let again: Vec<_> = listen.all("skipped").iter().map(|line| line["id"].clone()).collect();
    assert_eq!(again, ["evt_1", "evt_2"]);
    assert_eq!(summary["received"], 5);
    assert_eq!((&summary["delivered"], &summary["skipped"]), (&json!(3), &json!(2)));
}

#[test]
fn only_key_error_frames_end_the_stream() {
    let server = ScriptedServer::start(|number, _| {
        let frame = |error: Value| {
            vec![opened(json!({"resumed": true})), send(format!("event: error\ndata: {error}\n\n"))]
        };
        match number {
            0 => frame(json!({"type": "api_error", "code": "internal", "message": "sorry"})),
            1 => frame(json!({"error": "an old one"})),
            2 => vec![opened(json!({})), send(ticket_event("evt_1") + "event: error\ndata: not json\n\n")],
            _ => frame(json!({"error": {"type": "authentication_error", "code": "key_expired",
                "message": "The key has expired.", "request_id": "req_9"}})),
        }
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let ended = server.listen(&home, &["--forward-to", &receiver.url()]).finish();
    assert_eq!(ended.code, 4, "{ended:#?}");
    assert_eq!(server.requests().len(), 4);
    assert_eq!(ids(&receiver, 1), ["evt_1"]);
    assert_eq!(ended.summary()["delivered"], 1);
    let error: Value = serde_json::from_str(ended.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["code"], "key_expired");
    assert_eq!(error["error"]["request_id"], "req_9");
    assert!(error["error"]["hint"].is_string());
}

#[test]
fn server_without_session_frames_works() {
    let server =
        ScriptedServer::start(|_, _| vec![send(STREAM.to_owned() + &ticket_event("evt_1")), Step::Hold]);
    let (home, receiver) = (Home::new(), Receiver::start());
    let args = ["--forward-to", &receiver.url(), "--count", "1", "--secret", "whsec_mine"];
    let mut listen = server.listen(&home, &args);
    assert_eq!(listen.wait_for("connected")["session_id"], Value::Null);
    listen.summary();
    let request = receiver.next();
    assert_eq!(request.header("x-event-id"), "evt_1");
    assert!(!request.headers.contains_key("x-webhook-id"));
}

#[test]
fn unknown_frame_content_is_ignored() {
    let server = ScriptedServer::start(|_, _| {
        let odd_session = json!({"session_id": 7, "webhook_id": null, "secret": super::SECRET, "resumed": "yes",
            "heartbeat_seconds": "15", "new_member": {"a": [1]}});
        let frames = [
            "\u{feff}: hello\n\n".to_owned(),
            session(&odd_session),
            "foo: bar\nretryy: 5\nretry: soon\n\n".to_owned(),
            "field\nid: evt_1\nevent: ticket.created\nx: y\ndata: {\"data\":{}}\nz\n\n".to_owned(),
            // A second session frame in one stream, and an unknown type.
            session(&odd_session),
            event("evt_2", "galaxy.exploded", "not even json"),
        ];
        vec![send(STREAM.to_owned() + &frames.concat()), Step::Hold]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "2"]);
    let summary = listen.summary();
    assert_eq!(summary["delivered"], 2);
    let bodies: Vec<_> = receiver.take(2).iter().map(|request| request.body.clone()).collect();
    assert!(bodies.iter().any(|body| &body[..] == b"not even json"), "{bodies:?}");
    assert!(bodies.iter().any(|body| &body[..] == b"{\"data\":{}}"), "{bodies:?}");
}
