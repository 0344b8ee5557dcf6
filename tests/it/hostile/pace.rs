//! A server cannot set the pace of reconnections by the way it ends its streams.

use serde_json::json;

use super::opened;
use crate::support::Home;
use crate::support::scripted_server::{
    CHUNKED, STREAM, ScriptedServer, Step, json_response, send, ticket_event,
};

/// The response of a server, by the number of the connection from 0.
type Ending = fn(usize) -> Vec<Step>;

/// Every way to end a stream that once caused reconnections without a pause.
const ENDINGS: [(&str, Ending); 12] = [
    ("session and close", |_| vec![opened(json!({}))]),
    ("session, one event, close", |n| vec![opened(json!({})), send(ticket_event(&format!("evt_{n}")))]),
    ("session, heartbeat, close", |_| vec![opened(json!({})), send(": hb\n\n")]),
    ("two sessions and close", |_| vec![opened(json!({})), send("event: session\ndata: {}\n\n")]),
    ("retry: 0", |_| vec![opened(json!({})), send("retry: 0\n\n")]),
    ("retryAfter: 0", |_| {
        vec![
            opened(json!({})),
            send("event: error\ndata: {\"error\":{\"type\":\"api_error\",\"retryAfter\":0}}\n\n"),
        ]
    }),
    ("heartbeat_seconds: 0.01", |_| vec![opened(json!({"heartbeat_seconds": 0.01})), Step::Hold]),
    ("no session", |_| vec![send(STREAM)]),
    ("an answer that breaks off", |_| vec![send(CHUNKED), send("5\r\nevent")]),
    ("no answer", |_| Vec::new()),
    ("503 with Retry-After: 0", |_| json_response(503, &["retry-after: 0"], "{}")),
    ("session, then another content type", |n| match n {
        0 => vec![opened(json!({}))],
        _ if n % 2 == 1 => json_response(200, &[], "{}"),
        _ => vec![send("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")],
    }),
];

#[test]
fn disconnects_cause_no_connection_burst() {
    let home = Home::new();
    let running: Vec<_> = ENDINGS
        .into_iter()
        .map(|(what, ending)| {
            let server = ScriptedServer::start(move |number, _| ending(number));
            let args = ["--forward-to", "1", "--transport", "sse", "--for", "8s", "--no-history"];
            (what, server.listen(&home, &args), server)
        })
        .collect();
    for (what, mut listen, server) in running {
        listen.summary();
        let count = server.requests().len();
        assert!((2..=15).contains(&count), "{what}: {count} connections in 8 s");
    }
}

#[test]
fn server_retry_is_a_lower_bound() {
    let server = ScriptedServer::start(|_, _| vec![opened(json!({})), send("retry: 1500\n\n")]);
    let mut listen = server.listen(&Home::new(), &["--forward-to", "1"]);
    for _ in 0..2 {
        let wait = listen.wait_for("disconnected")["retry_in_ms"].as_u64().unwrap();
        assert!((1500..=1700).contains(&wait), "{wait}");
    }
}

#[test]
fn connection_has_exactly_one_session() {
    let server = ScriptedServer::start(|_, _| {
        let again = "event: session\ndata: {\"secret\":\"whsec_other\"}\n\n".repeat(5);
        vec![opened(json!({})), send(again), send(ticket_event("evt_1")), Step::Hold]
    });
    let mut listen = server.listen(&Home::new(), &["--forward-to", "1"]);
    listen.wait_for("received");
    assert_eq!(listen.all("connected").len(), 1, "{:?}", listen.seen);
}
