//! Readers that are slower than the events.

use serde_json::json;

use crate::sandbox::caller::Environment;
use crate::sandbox::settings::Settings;
use crate::sandbox::store::event_log::entry::Entry;
use crate::sandbox::tests::client::{Server, field, settings};
use crate::sandbox_info::SECRET_TEST_KEY;

/// More data than the socket buffers can hold.
fn flood(server: &Server, count: usize) {
    for n in 0..count {
        let body = format!(r#"{{"n":{n},"pad":"{}"}}"#, "x".repeat(256 * 1024));
        let entry = Entry {
            id: format!("evt_{n}"),
            kind: "ticket.created".into(),
            body: body.into(),
            request_id: "req_abc123".into(),
        };
        server.state.log(Environment::Test).append(entry);
    }
}

#[tokio::test]
async fn slow_reader_gets_all_events_in_order() {
    let server = Server::start().await;
    let mut stream = server.listen_with_small_buffer().await;
    stream.session().await;
    flood(&server, 100);
    // other requests do not wait
    assert_eq!(server.get("/api/v1/auth/whoami", SECRET_TEST_KEY).await.status, 200);
    for n in 0..100 {
        assert_eq!(stream.event().await, format!("evt_{n}"));
    }
}

#[tokio::test]
async fn overtaken_reader_gets_an_error() {
    let server = Server::with(Settings { history: 5, ..settings() }).await;
    let mut stream = server.listen_with_small_buffer().await;
    stream.session().await;
    flood(&server, 3);
    let first = stream.event().await;
    assert_eq!(first, "evt_0");
    flood(&server, 100);
    let mut last = first;
    let error = loop {
        let frame = stream.frame().await.expect("an error frame before the end");
        match field(&frame, "id") {
            Some(id) => last = id.to_owned(),
            None => break frame,
        }
    };
    assert_eq!(field(&error, "event"), Some("error"));
    let data: serde_json::Value = serde_json::from_str(field(&error, "data").unwrap()).unwrap();
    assert_eq!((&data["type"], &data["code"]), (&json!("api_error"), &json!("listener_overtaken")));
    assert_eq!(stream.frame().await, None);

    let mut stream = server.listen("", &[&format!("Last-Event-ID: {last}")]).await;
    assert_eq!(stream.session().await.1["resumed"], false);
}
