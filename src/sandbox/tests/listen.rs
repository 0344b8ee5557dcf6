//! The event stream over SSE: exact frames, resuming, environments, slow and closed readers.

mod slow;

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use crate::sandbox::caller::Environment;
use crate::sandbox::settings::Settings;
use crate::sandbox::store::event_log::entry::Entry;
use crate::sandbox::tests::client::{Server, Stream, field, settings, team};
use crate::sandbox_info::{SECRET_LIVE_KEY, SECRET_TEST_KEY};

const TICKET: &str = r#"{"event":"ticket.created"}"#;
const CUSTOMER: &str = r#"{"event":"customer.created"}"#;

async fn fire(server: &Server, body: &str) -> String {
    let answer = server.trigger(SECRET_TEST_KEY, body).await;
    answer.json()["data"]["eventId"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

#[tokio::test]
async fn session_frame_comes_first() {
    let server = Server::start().await;
    let mut stream = server.listen("", &[]).await;
    let frame = stream.frame().await.unwrap();
    let lines: Vec<_> = frame.lines().collect();
    assert_eq!(lines.len(), 3, "{frame}");
    assert!(lines[0].starts_with("id: start_"), "{frame}");
    assert_eq!(lines[1], "event: session");
    let data: serde_json::Value = serde_json::from_str(lines[2].strip_prefix("data: ").unwrap()).unwrap();
    let id = data["session_id"].as_str().unwrap();
    assert!(id.starts_with("lst_"), "{id}");
    assert_eq!(
        data,
        json!({"session_id": id, "webhook_id": "whk_000000007e57",
               "secret": "whsec_sandboxtest000000000000000000000", "resumed": false, "heartbeat_seconds": 15})
    );
}

#[tokio::test]
async fn signing_secret_is_fixed_per_environment() {
    let first = Server::start().await.listen("", &[]).await.session().await.1;
    let server = Server::start().await;
    let again = server.listen("", &[]).await.session().await.1;
    let live = Stream::live(&server).await.session().await.1;
    assert_eq!(first["secret"], again["secret"]);
    assert_ne!(first["secret"], live["secret"]);
    assert_ne!(first["session_id"], again["session_id"]);
}

#[tokio::test]
async fn event_frame_has_exact_bytes() {
    let server = Server::start().await;
    let mut stream = server.open_session().await;
    let body = r#"{"id":"evt_1","n":12345678901234567890123,"a":1,"a":2,"s":"\u00e9é\/"}"#;
    let entry = Entry {
        id: "evt_1".into(),
        kind: "ticket.created".into(),
        body: Bytes::from_static(body.as_bytes()),
        request_id: "req_abc123".into(),
    };
    server.state.log(Environment::Test).append(entry);
    let frame = stream.frame().await.unwrap();
    assert_eq!(frame, format!("id: evt_1\nevent: ticket.created\nrequest-id: req_abc123\ndata: {body}"));
}

#[tokio::test]
async fn fired_event_has_request_id_and_envelope() {
    let server = Server::start().await;
    let mut stream = server.open_session().await;
    let answer = server.trigger(SECRET_TEST_KEY, TICKET).await;
    let frame = stream.frame().await.unwrap();
    assert_eq!(field(&frame, "id"), answer.json()["data"]["eventId"].as_str());
    assert_eq!(field(&frame, "event"), Some("ticket.created"));
    assert_eq!(field(&frame, "request-id"), answer.header("x-cstar-request-id"));
    assert_eq!(frame.lines().count(), 4, "the body is one line: {frame}");
    let event: serde_json::Value = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
    let members: Vec<_> = event.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["id", "type", "created_at", "team_id", "data"]);
    assert_eq!(event["id"], answer.json()["data"]["eventId"]);
    assert_eq!(event["team_id"], crate::sandbox_info::TEAM_ID);
}

#[tokio::test]
async fn types_filter_events_and_listeners() {
    let server = Server::start().await;
    let mut tickets = server.listen("?types=ticket.*,%20survey.submitted", &[]).await;
    let mut everything = server.listen("?types=", &[]).await;
    tickets.session().await;
    everything.session().await;
    let customer = server.trigger(SECRET_TEST_KEY, CUSTOMER).await.json();
    assert_eq!(customer["data"]["listeners"], 1);
    assert_eq!(customer["data"]["deliveredTo"], 1);
    let ticket = fire(&server, TICKET).await;
    assert_eq!(everything.event().await, customer["data"]["eventId"]);
    assert_eq!(everything.event().await, ticket);
    assert_eq!(tickets.event().await, ticket);
}

#[tokio::test]
async fn bad_pattern_is_refused_before_the_stream() {
    let server = Server::start().await;
    let answer =
        server.get(&format!("{}?types=ticket%20created", team("webhooks/listen")), SECRET_TEST_KEY).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "PARAMETER_INVALID"));
    assert_eq!(answer.json()["error"]["param"], "types");
}

#[tokio::test]
async fn listener_resumes_with_its_filter() {
    let server = Server::start().await;
    let seen = fire(&server, TICKET).await;
    fire(&server, CUSTOMER).await;
    let missed = fire(&server, TICKET).await;
    let mut stream = server.listen("?types=ticket.*", &[&format!("Last-Event-ID: {seen}")]).await;
    let (id, session) = stream.session().await;
    assert_eq!((id, &session["resumed"]), (seen, &json!(true)));
    assert_eq!(stream.event().await, missed);
    let next = fire(&server, TICKET).await;
    assert_eq!(stream.event().await, next, "new events follow the replay");
}

#[tokio::test]
async fn early_disconnect_loses_no_event() {
    let server = Server::start().await;
    let (start, _) = server.listen("", &[]).await.session().await;
    let first = fire(&server, TICKET).await;
    let mut stream = server.listen("", &[&format!("Last-Event-ID: {start}")]).await;
    let (_, session) = stream.session().await;
    assert_eq!(session["resumed"], true);
    assert_eq!(stream.event().await, first);

    let (start, _) = server.listen("", &[]).await.session().await;
    assert_eq!(start, first, "the newest event is the position");
}

#[tokio::test]
async fn unknown_position_gets_all_events() {
    let server = Server::with(Settings { history: 2, ..settings() }).await;
    let evicted = fire(&server, TICKET).await;
    fire(&server, TICKET).await;
    let remaining = [fire(&server, TICKET).await, fire(&server, TICKET).await];
    for id in [evicted.as_str(), "evt_never_seen", "\u{e9}"] {
        let mut stream = server.listen("", &[&format!("Last-Event-ID: {id}")]).await;
        assert_eq!(stream.session().await.1["resumed"], false, "{id}");
        assert_eq!([stream.event().await, stream.event().await], remaining, "{id}");
    }
}

#[tokio::test]
async fn test_and_live_events_are_separate() {
    let server = Server::start().await;
    let mut test = server.listen("", &[]).await;
    let mut live = Stream::live(&server).await;
    test.session().await;
    live.session().await;
    let fired = |answer: crate::sandbox::tests::client::Answer| {
        answer.json()["data"]["eventId"].as_str().unwrap().to_owned()
    };
    let live_id = fired(server.trigger(SECRET_LIVE_KEY, TICKET).await);
    let test_id = fired(server.trigger(SECRET_TEST_KEY, TICKET).await);
    assert_eq!(test.event().await, test_id);
    assert_eq!(live.event().await, live_id);
    let mut stream = server.listen("", &[&format!("Last-Event-ID: {live_id}")]).await;
    assert_eq!(stream.session().await.1["resumed"], false, "a test key does not resume at a live event");
}

#[tokio::test]
async fn idle_stream_sends_heartbeats() {
    let server = Server::with(Settings { heartbeat: Duration::from_millis(20), ..settings() }).await;
    let mut stream = server.listen("?types=ticket.*", &[]).await;
    stream.session().await;
    assert_eq!(stream.frame().await.unwrap(), ": heartbeat");
    fire(&server, CUSTOMER).await;
    assert_eq!(stream.frame().await.unwrap(), ": heartbeat");
    let id = fire(&server, TICKET).await;
    let mut frame = stream.frame().await.unwrap();
    while frame == ": heartbeat" {
        frame = stream.frame().await.unwrap();
    }
    assert_eq!(field(&frame, "id"), Some(id.as_str()));
}

#[tokio::test]
async fn heartbeats_keep_their_interval() {
    let heartbeat = Duration::from_millis(30);
    let server = Server::with(Settings { heartbeat, ..settings() }).await;
    let began = std::time::Instant::now();
    let mut stream = server.open_session().await;
    for _ in 0..3 {
        assert_eq!(stream.frame().await.unwrap(), ": heartbeat");
    }
    assert!(began.elapsed() >= heartbeat * 3, "{:?}", began.elapsed());
}

#[tokio::test]
async fn closed_listener_is_not_counted() {
    let server = Server::with(Settings { heartbeat: Duration::from_millis(5), ..settings() }).await;
    let stream = server.open_session().await;
    let log = server.state.log(Environment::Test).clone();
    assert_eq!(log.listeners(), 1);
    drop(stream);
    crate::sandbox::tests::client::with_timeout(async {
        while log.listeners() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn watcher_gets_no_secret() {
    let server = Server::start().await;
    let mut receiver = server.listen("?types=ticket.*", &[]).await;
    let mut watcher = Stream::realtime(&server, "?types=ticket.*", &[]).await;
    receiver.session().await;
    let (_, session) = watcher.session().await;
    let id = session["session_id"].as_str().unwrap();
    assert_eq!(session, json!({"session_id": id, "resumed": false, "heartbeat_seconds": 15}));
    fire(&server, CUSTOMER).await;
    let first = fire(&server, TICKET).await;
    let frame = watcher.frame().await;
    assert_eq!(frame, receiver.frame().await);
    assert_eq!(field(&frame.unwrap(), "id"), Some(first.as_str()), "other types are filtered");

    let second = fire(&server, TICKET).await;
    let header = format!("Last-Event-ID: {first}");
    let mut again = Stream::realtime(&server, "", &[&header]).await;
    assert_eq!(again.session().await.1["resumed"], true);
    assert_eq!(again.event().await, second);
    let refused = server.get(&team("realtime"), crate::sandbox_info::PUBLISHABLE_TEST_KEY).await;
    assert_eq!(refused.status, 403, "ours: the same as for `listen`");
}
