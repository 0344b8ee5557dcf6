//! A revoked key is refused, and its streams end.

use serde_json::{Value, json};

use super::{WHOAMI, created, list, revoke};
use crate::sandbox::tests::client::{Server, Stream, field};
use crate::sandbox_info::{SECRET_LIVE_KEY, SECRET_TEST_KEY};

#[tokio::test]
async fn revoked_key_stays_refused() {
    let server = Server::start().await;
    let (id, key) = created(&server, r#"{"name":"a"}"#).await;
    assert_eq!(server.get(WHOAMI, &key).await.status, 200);
    let revoked = revoke(&server, SECRET_TEST_KEY, &id).await;
    let golden = format!(
        r#"{{"success":true,"data":{{"deleted":true,"id":"{id}"}},"meta":{{"requestId":"req_abc123","timestamp":"2025-12-10T14:30:00Z"}}}}"#
    );
    assert_eq!((revoked.status, revoked.golden()), (200, golden));
    let refused = server.get(WHOAMI, &key).await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "invalid_api_key"));
    for unknown in [id.as_str(), "key_none", "sk_test_sand", "%2e%2e", "key_secrettest00x"] {
        let answer = revoke(&server, SECRET_TEST_KEY, unknown).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "RESOURCE_MISSING"), "{unknown}");
        assert_eq!(answer.json()["error"]["message"], "API key not found");
    }

    // the fixed keys too, even by themselves
    assert_eq!(revoke(&server, SECRET_LIVE_KEY, "key_secretlive00").await.status, 200);
    assert_eq!(server.get(WHOAMI, SECRET_LIVE_KEY).await.code(), "invalid_api_key");
    assert_eq!(list(&server).await.len(), 3);
}

#[tokio::test]
async fn revoked_key_closes_its_streams() {
    let server = Server::start().await;
    let (id, key) = created(&server, r#"{"name":"a"}"#).await;
    let mut theirs = server.listen("", &[]).await;
    let mut streams = Vec::new();
    for _ in 0..2 {
        let mut stream = Stream::open(server.connect().await, server.port, &key, "", &[]).await;
        stream.session().await;
        streams.push(stream);
    }
    revoke(&server, SECRET_TEST_KEY, &id).await;
    for mut stream in streams {
        let frame = stream.frame().await.unwrap();
        assert_eq!(field(&frame, "event"), Some("error"), "{frame}");
        let error: Value = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
        assert_eq!(
            (&error["type"], &error["code"]),
            (&json!("authentication_error"), &json!("invalid_api_key"))
        );
        assert_eq!(stream.frame().await, None);
    }
    theirs.session().await;
    let fired = server.trigger(SECRET_TEST_KEY, r#"{"event":"ticket.created"}"#).await;
    assert_eq!(fired.json()["data"]["deliveredTo"], 1, "the other streams are closed");
    assert_eq!(theirs.event().await, fired.json()["data"]["eventId"]);
}
