//! API keys: creation, listing, use and revocation, and that a key is returned only once.

mod revocation;

use serde_json::{Value, json};

use crate::host::clock::Clock;
use crate::sandbox::http::limits::RateLimit;
use crate::sandbox::settings::Settings;
use crate::sandbox::tests::client::{Answer, SAMPLE_TIME, Server, bearer, settings, team};
use crate::sandbox_info::{PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY};

const WHOAMI: &str = "/api/v1/auth/whoami";

async fn create_with(server: &Server, key: &str, headers: &[&str], body: &str) -> Answer {
    let auth = bearer(key);
    let headers = [&[auth.as_str(), "Content-Type: application/json"], headers].concat();
    server.send(&format!("POST {}", team("api-keys")), &headers, body).await
}

async fn create(server: &Server, key: &str, body: &str) -> Answer {
    create_with(server, key, &[], body).await
}

/// Creates a key and returns its id and the key itself.
async fn created(server: &Server, body: &str) -> (String, String) {
    let answer = create(server, SECRET_TEST_KEY, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let data = &answer.json()["data"];
    (data["id"].as_str().unwrap().to_owned(), data["key"].as_str().unwrap().to_owned())
}

async fn revoke(server: &Server, key: &str, id: &str) -> Answer {
    server.send(&format!("DELETE {}", team(&format!("api-keys/{id}"))), &[&bearer(key)], "").await
}

async fn list(server: &Server) -> Vec<Value> {
    let answer = server.get(&team("api-keys"), SECRET_TEST_KEY).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn new_key_is_shown_once_and_works() {
    let server = Server::start().await;
    let answer = create(&server, SECRET_TEST_KEY, r#"{"name":" CI \u001b[31m"}"#).await;
    assert_eq!(answer.status, 201);
    let data = answer.json()["data"].clone();
    let (id, key) = (data["id"].as_str().unwrap(), data["key"].as_str().unwrap());
    let tail = |text: &str, prefix: &str| text.strip_prefix(prefix).unwrap().to_owned();
    assert!(tail(id, "key_").len() == 12 && tail(id, "key_").bytes().all(|b| b.is_ascii_alphanumeric()));
    let base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    assert!(tail(key, "sk_test_").len() == 32 && tail(key, "sk_test_").bytes().all(base64url), "{key}");
    let golden = format!(
        r#"{{"success":true,"data":{{"id":"{id}","object":"api_key","name":"CI \u001b[31m","type":"secret","environment":"test","prefix":"{}","key":"{key}","createdAt":"2025-12-10T14:30:00Z","lastUsedAt":null,"expiresAt":null}},"meta":{{"requestId":"req_abc123","timestamp":"2025-12-10T14:30:00Z"}}}}"#,
        &key[..12]
    );
    assert_eq!(answer.golden(), golden);

    let whoami = server.get(WHOAMI, key).await;
    assert_eq!(whoami.json()["data"]["environment"], "test");
    let listed = server.get(&team("api-keys"), SECRET_TEST_KEY).await;
    assert!(!listed.body.contains(key), "{listed:?}");
    let mut expected = data.clone();
    expected.as_object_mut().unwrap().shift_remove("key");
    expected["lastUsedAt"] = json!("2025-12-10T14:30:00Z");
    assert_eq!(listed.json()["data"][4], expected);
    assert!(!format!("{:?}", server.state).contains(&key[12..]), "only a hash is stored");
}

#[tokio::test]
async fn key_kind_and_environment_have_defaults() {
    let server = Server::start().await;
    for (caller, body, prefix) in [
        (SECRET_TEST_KEY, r#"{"name":"a"}"#, "sk_test_"),
        (SECRET_LIVE_KEY, r#"{"name":"a","type":null,"environment":null,"other":1}"#, "sk_live_"),
        (SECRET_TEST_KEY, r#"{"name":"a","type":"publishable"}"#, "pk_test_"),
        (SECRET_LIVE_KEY, r#"{"name":"a","type":"publishable","environment":"live"}"#, "pk_live_"),
        (SECRET_TEST_KEY, r#"{"name":"a","type":"secret","environment":"test"}"#, "sk_test_"),
    ] {
        let data = create(&server, caller, body).await.json()["data"].clone();
        assert!(data["key"].as_str().unwrap().starts_with(prefix), "{body}: {data}");
        let whoami = server.get(WHOAMI, data["key"].as_str().unwrap()).await.json()["data"].clone();
        assert_eq!((&whoami["keyType"], &whoami["environment"]), (&data["type"], &data["environment"]));
    }
    assert_eq!(list(&server).await.len(), 9, "both environments are listed");
}

#[tokio::test]
async fn key_is_limited_to_its_environment() {
    let server = Server::start().await;
    for (caller, body, other) in [
        (SECRET_TEST_KEY, r#"{"name":"a","environment":"live"}"#, "key_publiclive00"),
        (SECRET_LIVE_KEY, r#"{"name":"a","environment":"test"}"#, "key_publictest00"),
    ] {
        assert_eq!(create(&server, caller, body).await.status, 403, "{body}");
        assert_eq!(revoke(&server, caller, other).await.status, 403, "{other}");
    }
    assert_eq!(list(&server).await.len(), 4);
}

#[tokio::test]
async fn fixed_keys_have_fixed_ids() {
    let server = Server::start().await;
    let ids: Vec<Value> = list(&server).await.iter().map(|key| key["id"].clone()).collect();
    assert_eq!(ids, ["key_secrettest00", "key_secretlive00", "key_publictest00", "key_publiclive00"]);
    let first = json!({"id": "key_secrettest00", "object": "api_key", "name": "Sandbox secret test key",
        "type": "secret", "environment": "test", "prefix": "sk_test_sand",
        "createdAt": "2025-12-10T14:30:00Z", "lastUsedAt": "2025-12-10T14:30:00Z", "expiresAt": null});
    assert_eq!(list(&server).await[0], first);
    assert_eq!(list(&server).await[1]["lastUsedAt"], Value::Null);
}

#[tokio::test]
async fn bad_body_is_refused_with_a_reason() {
    let server = Server::start().await;
    let long = format!(r#"{{"name":"{}"}}"#, "é".repeat(101));
    for (body, code, param) in [
        ("", "invalid_json", None),
        ("[]", "invalid_json", None),
        ("{}", "parameter_missing", Some("name")),
        (r#"{"name":null}"#, "parameter_missing", Some("name")),
        (r#"{"name":7}"#, "PARAMETER_INVALID", Some("name")),
        (r#"{"name":"  "}"#, "PARAMETER_INVALID", Some("name")),
        (&long, "PARAMETER_INVALID", Some("name")),
        (r#"{"name":"a","type":"admin"}"#, "PARAMETER_INVALID", Some("type")),
        (r#"{"name":"a","type":1}"#, "PARAMETER_INVALID", Some("type")),
        (r#"{"name":"a","environment":"Test"}"#, "PARAMETER_INVALID", Some("environment")),
    ] {
        let answer = create(&server, SECRET_TEST_KEY, body).await;
        assert_eq!(answer.status, 400, "{body}");
        let error = &answer.json()["error"];
        assert_eq!((error["code"].as_str(), error["param"].as_str()), (Some(code), param), "{body}");
    }
    let fits = format!(r#"{{"name":"{}"}}"#, "é".repeat(100));
    assert_eq!(create(&server, SECRET_TEST_KEY, &fits).await.status, 201);
    assert_eq!(list(&server).await.len(), 5);
}

#[tokio::test]
async fn publishable_key_cannot_manage_keys() {
    let server = Server::start().await;
    let key = PUBLISHABLE_TEST_KEY;
    let read = server.get(&team("api-keys"), key).await;
    assert_eq!((read.status, read.code().as_str()), (403, "insufficient_permissions"));
    let write = create(&server, key, r#"{"name":"a"}"#).await;
    assert_eq!((write.status, write.code().as_str()), (403, "publishable_key_write"));
    let revoked = revoke(&server, key, "key_secretlive00").await;
    assert_eq!((revoked.status, revoked.code().as_str()), (403, "publishable_key_write"));
    assert_eq!(list(&server).await.len(), 4);
}

#[tokio::test]
async fn idempotent_retry_creates_no_second_key() {
    let server = Server::start().await;
    let (body, header) = (r#"{"name":"a"}"#, ["Idempotency-Key: 7d1c"]);
    let first = create_with(&server, SECRET_TEST_KEY, &header, body).await;
    let again = create_with(&server, SECRET_TEST_KEY, &header, body).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let other = create_with(&server, SECRET_TEST_KEY, &header, r#"{"name":"b"}"#).await;
    assert_eq!((other.status, other.code().as_str()), (409, "idempotency_key_reused"));
    // the idempotency key belongs to one API key
    let (_, key) = created(&server, body).await;
    let own = create_with(&server, &key, &header, body).await;
    assert_eq!((own.status, own.header("idempotent-replayed")), (201, None));
    assert_eq!(list(&server).await.len(), 7);
}

#[tokio::test]
async fn each_key_has_its_own_rate_limit() {
    let server = Server::with(Settings { rate_limit: RateLimit::PerHour(2), ..settings() }).await;
    let (id, key) = created(&server, r#"{"name":"a"}"#).await;
    let left = |answer: &Answer| answer.header("x-ratelimit-remaining").map(str::to_owned);
    assert_eq!(left(&server.get(WHOAMI, &key).await).as_deref(), Some("1"));
    assert_eq!(left(&server.get(WHOAMI, SECRET_TEST_KEY).await).as_deref(), Some("0"));
    assert_eq!(server.get(WHOAMI, SECRET_TEST_KEY).await.status, 429);
    assert_eq!(server.get(WHOAMI, &key).await.status, 200);
    assert_eq!(server.get(WHOAMI, &key).await.status, 429);
    assert!(server.state.keys.revoke(&id).is_some());
    assert_eq!(server.get(WHOAMI, &key).await.status, 401, "a revoked key has no rate limit");
}

#[tokio::test]
async fn last_use_of_a_key_is_recorded() {
    let clock = Clock::fixed(SAMPLE_TIME);
    let server = Server::with(Settings { clock: clock.clone(), ..settings() }).await;
    let (_, key) = created(&server, r#"{"name":"a"}"#).await;
    let last_used = async || list(&server).await[4]["lastUsedAt"].clone();
    assert_eq!(last_used().await, Value::Null);
    if let Clock::Fixed(millis) = &clock {
        millis.store(SAMPLE_TIME + 61_000, std::sync::atomic::Ordering::Relaxed);
    }
    server.get(WHOAMI, &key).await;
    assert_eq!(last_used().await, "2025-12-10T14:31:01Z");
}

#[tokio::test]
async fn number_of_keys_is_limited() {
    let server = Server::with(Settings { rate_limit: RateLimit::Off, ..settings() }).await;
    for _ in 4..1_000 {
        let (kind, now) = (crate::sandbox::caller::KeyKind::Secret, server.state.settings.clock.now());
        server.state.keys.create("a", kind, crate::sandbox::caller::Environment::Test, now).unwrap();
    }
    let answer = create(&server, SECRET_TEST_KEY, r#"{"name":"a"}"#).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "too_many_keys"));
    assert_eq!(revoke(&server, SECRET_TEST_KEY, "key_publictest00").await.status, 200);
    assert_eq!(create(&server, SECRET_TEST_KEY, r#"{"name":"a"}"#).await.status, 201);
}
