//! Parsing of frames, including malformed ones.

use super::*;

fn frame(event: &str, id: &str, data: &str) -> EventFrame {
    EventFrame {
        id: id.into(),
        id_set: !id.is_empty(),
        event: event.into(),
        data: Bytes::copy_from_slice(data.as_bytes()),
        request_id: None,
    }
}

fn read_event(frame: EventFrame) -> Event {
    match interpret(frame) {
        Message::Event(event) => event,
        other => panic!("{other:?}"),
    }
}

fn rejection(frame: EventFrame) -> Rejection {
    match interpret(frame) {
        Message::Rejected { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

fn read_session(data: &str) -> Session {
    match interpret(frame("session", "", data)) {
        Message::Session(session) => session,
        other => panic!("{other:?}"),
    }
}

fn read_error(data: &str) -> StreamError {
    match interpret(frame("error", "", data)) {
        Message::Error(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn session_frames_are_parsed() {
    let session = read_session(
        r#"{"session_id":"lst_1","webhook_id":"whk_1","secret":"whsec_1","resumed":true,"heartbeat_seconds":15,"new":[]}"#,
    );
    assert_eq!(session.session_id.as_deref(), Some("lst_1"));
    assert_eq!(session.webhook_id.as_deref(), Some("whk_1"));
    assert_eq!(session.secret.as_ref().map(Secret::expose), Some("whsec_1"));
    assert_eq!(session.resumed, Some(true));
    assert_eq!(session.heartbeat, Some(Duration::from_secs(15)));
    assert!(!format!("{session:?}").contains("whsec_1"));
}

#[test]
fn malformed_sessions_are_accepted() {
    for data in [
        "",
        "null",
        "[]",
        "no json",
        r#"{"secret":7,"resumed":"yes","heartbeat_seconds":"15","session_id":null}"#,
    ] {
        let session = read_session(data);
        assert!(
            session.secret.is_none() && session.resumed.is_none() && session.heartbeat.is_none(),
            "{data}"
        );
    }
    assert!(read_session(r#"{"secret":""}"#).secret.is_none());
}

#[test]
fn heartbeats_are_bounded() {
    let heartbeat = |n: &str| read_session(&format!(r#"{{"heartbeat_seconds":{n}}}"#)).heartbeat;
    assert_eq!(heartbeat("0"), None);
    assert_eq!(heartbeat("-3"), None);
    assert_eq!(heartbeat("0.01"), Some(Duration::from_secs(1)));
    assert_eq!(heartbeat("1.5"), Some(Duration::from_millis(1500)));
    assert_eq!(heartbeat("1e300"), Some(Duration::from_secs(300)));
    assert_eq!(heartbeat("1e-9"), Some(Duration::from_secs(1)));
}

#[test]
fn errors_are_read_in_every_shape() {
    let inner = r#"{"type":"authentication_error","code":"key_expired","message":"m","request_id":"req_1","retryAfter":3}"#;
    for data in [inner.to_owned(), format!(r#"{{"success":false,"error":{inner}}}"#)] {
        let error = read_error(&data);
        assert!(error.is_fatal());
        assert_eq!(error.code.as_deref(), Some("key_expired"));
        assert_eq!(error.message.as_deref(), Some("m"));
        assert_eq!(error.request_id.as_deref(), Some("req_1"));
        assert_eq!(error.retry_after, Some(Duration::from_secs(3)));
    }
    assert_eq!(
        read_error(r#"{"success":false,"error":"Invalid API key"}"#).message.as_deref(),
        Some("Invalid API key")
    );
    assert_eq!(read_error("not json"), StreamError::default());
}

#[test]
fn only_errors_about_the_key_are_fatal() {
    let fatal = |kind: &str| read_error(&format!(r#"{{"type":"{kind}"}}"#)).is_fatal();
    assert!(fatal("authentication_error") && fatal("authorization_error"));
    assert!(!fatal("api_error") && !fatal("rate_limit_error") && !fatal("not_found_error") && !fatal(""));
}

#[test]
fn event_body_is_the_exact_data() {
    let body = r#"{"b": 1e400, "a":1,"a":2,"id":"evt_body","type":"x.y"}"#;
    let event = read_event(frame("ticket.created", "evt_1", body));
    assert_eq!((event.id.as_str(), event.event_type.as_str()), ("evt_1", "ticket.created"));
    assert_eq!(event.body, body);
    assert!(!event.inherited_id);
}

#[test]
fn id_and_type_fall_back_to_the_body() {
    let event = read_event(frame("message", "", r#"{"data":{"id":"no"},"type":"x.y","id":"evt_\u0031"}"#));
    assert_eq!((event.id.as_str(), event.event_type.as_str()), ("evt_1", "x.y"));
    assert_eq!(read_event(frame("message", "evt_2", r#"{"id":7,"type":"x.y"}"#)).id, "evt_2");
    assert_eq!(read_event(frame("a.b", "", r#"{"id":"evt_3","type":7}"#)).event_type, "a.b");
}

#[test]
fn inherited_id_is_the_last_choice() {
    let lasting = |data| EventFrame { id_set: false, ..frame("a.b", "evt_1", data) };
    let event = read_event(lasting(r#"{"id":"evt_2"}"#));
    assert_eq!((event.id.as_str(), event.inherited_id), ("evt_2", false));
    let event = read_event(lasting("plain"));
    assert_eq!((event.id.as_str(), event.inherited_id), ("evt_1", true));
}

#[test]
fn events_without_id_or_type_are_rejected() {
    assert_eq!(rejection(frame("a.b", "", "{}")), Rejection::NoId);
    assert_eq!(rejection(frame("a.b", "", "plain")), Rejection::NoId);
    assert_eq!(rejection(frame("message", "evt_1", "{}")), Rejection::NoType);
}

#[test]
fn unsafe_header_values_are_rejected() {
    let long = "x".repeat(201);
    for bad in ["a b", "a\u{1b}[31m", "é", "a/b", "a,b", long.as_str()] {
        assert_eq!(rejection(frame("a.b", bad, "{}")), Rejection::UnsafeId, "{bad:?}");
        assert_eq!(rejection(frame(bad, "evt_1", "{}")), Rejection::UnsafeType, "{bad:?}");
    }
    assert_eq!(rejection(frame("a.b", "", r#"{"id":"a\r\nb"}"#)), Rejection::UnsafeId);
    let id = "aZ09_.:-".repeat(25);
    assert_eq!(read_event(frame(&id, &id, "{}")).id, id);
}

#[test]
fn unsafe_request_ids_are_omitted() {
    let with = |id: &str| EventFrame { request_id: Some(id.into()), ..frame("a.b", "evt_1", "{}") };
    assert_eq!(read_event(with("req_1")).request_id.as_deref(), Some("req_1"));
    assert_eq!(read_event(with("req\t1")).request_id, None);
    assert_eq!(read_event(with("")).request_id, None);
}

#[test]
fn events_without_a_body_are_rejected() {
    assert_eq!(rejection(frame("a.b", "evt_1", "")), Rejection::NoBody);
}
