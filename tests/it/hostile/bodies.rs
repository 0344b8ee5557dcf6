//! The receiver gets what the stream carried, byte for byte, with a valid signature.

use cstar::signature::{Verifier, verify_signature};
use serde_json::json;

use super::{SECRET, opened, with_defaults};
use crate::support::Home;
use crate::support::receiver::{ReceivedRequest, Receiver};
use crate::support::scripted_server::{
    CHUNKED, ScriptedServer, Step, event, send, session, ticket, ticket_event,
};

/// Sends `stream` after a session and returns the `count` requests that follow.
fn delivered(stream: impl Into<Vec<u8>>, count: usize) -> Vec<ReceivedRequest> {
    let stream = stream.into();
    let server =
        ScriptedServer::start(move |_, _| vec![opened(json!({})), Step::Send(stream.clone()), Step::Hold]);
    let (home, receiver) = (Home::new(), Receiver::start());
    let count_text = count.to_string();
    let args = ["--forward-to", &receiver.url(), "--count", &count_text, "--ordered"];
    let mut listen = server.listen(&home, &args);
    listen.summary();
    let requests = receiver.take(count);
    assert!(receiver.drain().is_empty());
    for request in &requests {
        verify_signature(&request.body, Some(request.header("x-signature")), SECRET).unwrap();
    }
    requests
}

#[test]
fn bodies_arrive_byte_for_byte() {
    let bodies = [
        r#"{ "id" : "e" ,"n":1.0, "big":12345678901234567890, "e":1E+2 ,"neg":-0.0 }"#,
        r#"{"url":"https:\/\/www.cstar.help\/x","u":"\u00e9\u0041\ud83d\ude00","t":"\t"}"#,
        r#"{"a":1,"a":2,"z":{"b":1,"b":{}},"a":null}"#,
        "{\"name\":\"Zoë 日本 👩‍💻 \u{202e}\u{2028}\u{feff}\",\"lone\":\"\\ud800\"}",
        "  {\"leading\": \"and trailing space\"}  ",
        "[1,2]",
        "null",
        "not json at all \u{0b}\u{0c}\u{85}\u{1b}[2J\u{0}",
        "{\"deep\":[[[[[[[[[[[[]]]]]]]]]]]]}",
    ];
    let stream: String = bodies
        .iter()
        .enumerate()
        .map(|(n, body)| event(&format!("evt_{n}"), "ticket.created", body))
        .collect();
    let requests = delivered(stream, bodies.len());
    for (request, body) in requests.iter().zip(bodies) {
        assert_eq!(request.body, body.as_bytes(), "{}", request.header("x-event-id"));
    }
}

#[test]
fn event_without_a_body_is_skipped() {
    let stream = event("evt_1", "ticket.created", "") + &ticket_event("evt_2");
    let server = ScriptedServer::start(move |_, _| vec![opened(json!({})), send(stream.clone()), Step::Hold]);
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    assert_eq!(listen.summary()["skipped"], 1);
    assert_eq!(listen.all("skipped")[0]["id"], "evt_1");
    assert_eq!(receiver.next().header("x-event-id"), "evt_2");
    assert!(receiver.drain().is_empty());
}

#[test]
fn data_lines_are_joined_by_line_feeds() {
    let requests =
        delivered("id: evt_1\revent: ticket.created\rdata: {\rdata:\rdata:  \"a\": 1\rdata: }\r\r", 1);
    assert_eq!(requests[0].body, "{\n\n \"a\": 1\n}");
}

#[test]
fn invalid_utf8_is_replaced_before_it_is_signed() {
    let mut stream =
        b"id: evt_1\nevent: ticket.created\ndata: {\"t\":\"a\xff\xc3(\xf0\x9f\x98\"}\n\n".to_vec();
    stream.extend_from_slice(b"id: evt_\xff2\nevent: ticket.created\ndata: skipped\n\n");
    stream.extend_from_slice(ticket_event("evt_3").as_bytes());
    let requests = delivered(stream, 2);
    assert_eq!(requests[0].body, "{\"t\":\"a\u{fffd}\u{fffd}(\u{fffd}\"}");
    assert_eq!(requests[1].header("x-event-id"), "evt_3");
}

#[test]
fn one_byte_chunks_give_the_same_events() {
    let body = "{\"id\":\"evt_1\",\"name\":\"Zoë 日本 👩‍💻\",\"n\":1.0}";
    let frames = "\u{feff}".to_owned()
        + &session(&with_defaults(json!({})))
        + ": hb\r\n\r\n"
        + &event("evt_1", "ticket.created", body).replace('\n', "\r\n")
        + &ticket_event("evt_2").replace('\n', "\r");
    let server = ScriptedServer::start(move |_, _| {
        vec![send(CHUNKED), Step::Bytewise(frames.clone().into_bytes()), Step::Hold]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "2", "--ordered"]);
    listen.summary();
    let requests = receiver.take(2);
    assert_eq!(requests[0].body, body.as_bytes());
    assert_eq!(requests[1].body, ticket("evt_2", "tkt_1").as_bytes());
    for request in requests {
        Verifier::new(SECRET).verify(&request.body, Some(request.header("x-signature"))).unwrap();
    }
}

#[test]
fn ids_invalid_in_a_header_are_skipped() {
    let evil = r#"{"id":"evt_1\r\nX-Evil: 1","type":"ticket.created","data":{}}"#;
    let evil_type = r#"{"id":"evt_t","type":"ticket.created\r\nX-Evil: 1","data":{}}"#;
    let long = "x".repeat(201);
    let stream = [
        format!("data: {evil}\n\n"),
        format!("data: {evil_type}\n\n"),
        event("evt 1", "ticket.created", "{}"),
        event("evt_é", "ticket.created", "{}"),
        event("evt\t1", "ticket.created", "{}"),
        event("evt_\u{1b}[2J", "ticket.created", "{}"),
        event(&long, "ticket.created", "{}"),
        event("evt_2", "ticket created", "{}"),
        event("evt_3", "ticket.\u{7f}", "{}"),
        event("evt_4", &long, "{}"),
        "data: {}\n\n".to_owned(),
        "id: evt_5\nevent: ticket.created\nrequest-id: req_1 \u{1b}X\ndata: {}\n\n".to_owned(),
    ];
    // By the rules of SSE, the event without an id inherits the last one; it has no type either way.
    let count = stream.len() - 1;
    let stream = stream.concat();
    let server = ScriptedServer::start(move |_, _| {
        vec![
            opened(json!({"webhook_id": "whk_1\r\nX-Evil: 1"})),
            Step::Send(stream.clone().into_bytes()),
            Step::Hold,
        ]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    let summary = listen.summary();
    assert_eq!(summary["skipped"], count, "{:#?}", listen.seen);
    let request = receiver.next();
    assert_eq!(request.header("x-event-id"), "evt_5");
    for name in ["x-evil", "x-webhook-id", "x-cstar-request-id"] {
        assert!(!request.headers.contains_key(name), "{request:?}");
    }
    assert!(receiver.drain().is_empty());
    let skipped = listen.all("skipped");
    assert_eq!(skipped.len(), count);
    assert_eq!(skipped[0]["id"], "evt_1\r\nX-Evil: 1");
    assert!(skipped.iter().all(|line| line["reason"].as_str().is_some_and(|reason| !reason.is_empty())));
}
