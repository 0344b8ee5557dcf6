//! Test events: the response, the errors, and one event per idempotency key.

use serde_json::json;

use crate::sandbox::tests::client::{Server, field};
use crate::sandbox_info::SECRET_TEST_KEY;

#[tokio::test]
async fn trigger_reply_has_the_documented_members() {
    let server = Server::start().await;
    let answer = server.trigger(SECRET_TEST_KEY, r#"{"event":"ticket.created"}"#).await;
    assert_eq!(answer.status, 200);
    let id = answer.json()["data"]["eventId"].as_str().unwrap().to_owned();
    assert!(id.starts_with("evt_ticket_created_1765377000000_"), "{id}");
    assert_eq!(
        answer.golden().replace(&id, "evt_abc123"),
        r#"{"success":true,"data":{"event":"ticket.created","eventId":"evt_abc123","test":true,"deliveries":[],"deliveredTo":0,"listeners":0},"meta":{"requestId":"req_abc123","timestamp":"2025-12-10T14:30:00Z"}}"#
    );
}

#[tokio::test]
async fn unknown_event_is_the_documented_error() {
    let server = Server::start().await;
    let answer = server.trigger(SECRET_TEST_KEY, r#"{"event":"invalid.event"}"#).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.golden(),
        r#"{"success":false,"error":{"type":"validation_error","code":"PARAMETER_INVALID","message":"Unknown event type: invalid.event","param":"event","request_id":"req_abc123"},"meta":{"requestId":"req_abc123","timestamp":"2025-12-10T14:30:00Z"}}"#
    );
}

#[tokio::test]
async fn missing_event_is_the_documented_error() {
    let server = Server::start().await;
    for body in ["{}", r#"{"event":null}"#, r#"{"Event":"ticket.created"}"#] {
        let answer = server.trigger(SECRET_TEST_KEY, body).await;
        assert_eq!(answer.status, 400);
        assert_eq!(
            answer.golden(),
            r#"{"success":false,"error":{"type":"invalid_request_error","code":"parameter_missing","message":"The 'event' field is required.","param":"event","doc_url":"https://cstar.help/developers/errors#parameter_missing","request_id":"req_abc123"},"meta":{"requestId":"req_abc123","timestamp":"2025-12-10T14:30:00Z"}}"#
        );
    }
}

#[tokio::test]
async fn bad_body_is_refused_with_a_reason() {
    let server = Server::start().await;
    for (body, code, param, message) in [
        ("", "invalid_json", None, "not valid JSON"),
        ("{", "invalid_json", None, "not valid JSON"),
        ("{} x", "invalid_json", None, "not valid JSON"),
        ("[]", "invalid_json", None, "must be a JSON object"),
        ("null", "invalid_json", None, "must be a JSON object"),
        (r#"{"event":1}"#, "PARAMETER_INVALID", Some("event"), "must be a string"),
        (r#"{"event":""}"#, "PARAMETER_INVALID", Some("event"), "Unknown event type"),
        (r#"{"event":"ticket.*"}"#, "PARAMETER_INVALID", Some("event"), "Unknown event type"),
        (
            r#"{"event":"ticket.created","data":[]}"#,
            "PARAMETER_INVALID",
            Some("data"),
            "must be a JSON object",
        ),
        (
            r#"{"event":"ticket.created","data":"x"}"#,
            "PARAMETER_INVALID",
            Some("data"),
            "must be a JSON object",
        ),
    ] {
        let answer = server.trigger(SECRET_TEST_KEY, body).await;
        assert_eq!(answer.status, 400, "{body}");
        let error = &answer.json()["error"];
        assert_eq!(error["code"], code, "{body}");
        assert_eq!(error.get("param").and_then(|p| p.as_str()), param, "{body}");
        assert!(error["message"].as_str().unwrap().contains(message), "{body}: {error}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(server.trigger(SECRET_TEST_KEY, &deep).await.code(), "invalid_json");
    let long = format!(r#"{{"event":"{}"}}"#, "é".repeat(100_000));
    assert!(server.trigger(SECRET_TEST_KEY, &long).await.body.len() < 1000);
}

#[tokio::test]
async fn data_is_merged_into_the_sample() {
    let server = Server::start().await;
    let mut stream = server.open_session().await;
    let body = r#"{"event":"ticket.created","data":{"ticket":{"title":"Überraschung\n"},"extra":{"a":1}}}"#;
    let answer = server.trigger(SECRET_TEST_KEY, body).await;
    assert_eq!(answer.json()["data"]["deliveredTo"], 1);
    let frame = stream.frame().await.unwrap();
    let event: serde_json::Value = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
    assert_eq!(event["data"]["ticket"]["title"], "Überraschung\n");
    assert!(event["data"]["ticket"]["id"].is_string(), "the rest of the sample is still there: {event}");
    assert_eq!(event["data"]["extra"], json!({"a": 1}));
}

#[tokio::test]
async fn every_event_type_can_be_fired() {
    let server = Server::start().await;
    let mut stream = server.open_session().await;
    for kind in crate::event::catalogue() {
        let answer = server.trigger(SECRET_TEST_KEY, &format!(r#"{{"event":"{}"}}"#, kind.name)).await;
        assert_eq!(answer.status, 200, "{}", kind.name);
        let frame = stream.frame().await.unwrap();
        assert_eq!(frame.lines().count(), 4, "{frame}");
        assert_eq!(field(&frame, "event"), Some(kind.name));
        let event: serde_json::Value = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
        assert_eq!((&event["type"], &event["id"]), (&json!(kind.name), &answer.json()["data"]["eventId"]));
    }
}

#[tokio::test]
async fn idempotent_retry_fires_nothing() {
    let server = Server::start().await;
    let mut stream = server.open_session().await;
    let (body, other) = (r#"{"event":"ticket.created"}"#, r#"{"event":"ticket.closed"}"#);
    let key = ["Idempotency-Key: 7d1c"];
    let first = server.trigger_with(SECRET_TEST_KEY, &key, body).await;
    let again = server.trigger_with(SECRET_TEST_KEY, &key, body).await;
    assert_eq!((again.status, &again.body), (200, &first.body), "the original response, byte for byte");
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let conflict = server.trigger_with(SECRET_TEST_KEY, &key, other).await;
    assert_eq!((conflict.status, conflict.code().as_str()), (409, "idempotency_key_reused"));

    let unkeyed = server.trigger(SECRET_TEST_KEY, body).await;
    assert_eq!(stream.event().await, first.json()["data"]["eventId"]);
    assert_eq!(stream.event().await, unkeyed.json()["data"]["eventId"], "nothing was fired in between");
}

#[tokio::test]
async fn refused_write_does_not_use_its_key() {
    let server = Server::start().await;
    let key = ["Idempotency-Key: 7d1c"];
    let typo = server.trigger_with(SECRET_TEST_KEY, &key, r#"{"event":"ticket.craeted"}"#).await;
    assert_eq!(typo.status, 400);
    let corrected = server.trigger_with(SECRET_TEST_KEY, &key, r#"{"event":"ticket.created"}"#).await;
    assert_eq!(corrected.status, 200);
}
