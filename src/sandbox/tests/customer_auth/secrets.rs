//! Where passwords, tokens and the keys of sessions must not be: in exports and in the request log, or after a deletion.

use serde_json::{Value, json};

use super::{jane, post, text, with_token};
use crate::sandbox::caller::Environment;
use crate::sandbox::model::accounts::{ACCOUNTS, SESSIONS};
use crate::sandbox::settings::Settings;
use crate::sandbox::store::object::Object;
use crate::sandbox::tests::client::{Server, settings, team};
use crate::sandbox_info::{SECRET_LIVE_KEY, SECRET_TEST_KEY};
use crate::signature::Key;

fn stored(server: &Server, kind: &str) -> Vec<Object> {
    let all: rusqlite::Result<_> =
        server.state.store.read(Environment::Live, |tables| tables.after(kind, 0, 10));
    all.unwrap()
}

#[tokio::test]
async fn exported_logins_need_consent_to_be_used() {
    let first = Server::start().await;
    post(&first, "signup", jane()).await;
    let login = post(&first, "login", jane()).await;
    let (access, refresh) = (text(&login, "accessToken"), text(&login, "refreshToken"));
    let state = first.send("POST /_sandbox/export", &[], "").await.json()["state"].clone();
    let lines = state.as_str().unwrap();
    for secret in ["correct horse", "tokenKey", &access, &refresh] {
        assert!(!lines.contains(secret), "{secret}");
    }
    first.stop().await;

    let second = Server::start().await;
    let import = async |accept: bool| {
        let body = json!({"state": state, "accept_access": accept}).to_string();
        second.send("POST /_sandbox/import", &["Content-Type: application/json"], &body).await
    };
    let refused = import(false).await;
    assert_eq!((refused.status, &refused.json()["error"]["param"]), (400, &json!("accept_access")));
    for named in ["the live password of the customer cus_", "the live session of the customer cus_"] {
        assert!(refused.body.contains(named), "{refused:?}");
    }
    assert_eq!(post(&second, "login", jane()).await.status, 401, "nothing was imported");

    assert_eq!(import(true).await.status, 200);
    assert_eq!(with_token(&second, "GET session", &access).await.code(), "session_ended");
    let unsigned = format!("{}.{}", access.rsplit_once('.').unwrap().0, unsigned_tag(&access));
    assert_eq!(with_token(&second, "GET session", &unsigned).await.code(), "session_ended");
    let refreshed = post(&second, "refresh", json!({"refreshToken": refresh})).await;
    let session = with_token(&second, "GET session", &text(&refreshed, "accessToken")).await;
    assert_eq!(session.json()["data"]["customer"]["email"], "jane@example.com");
    second.stop().await;
}

/// The signature that an empty key makes.
fn unsigned_tag(token: &str) -> String {
    use base64::Engine as _;
    let signed = token.rsplit_once('.').unwrap().0;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Key::new(b"").tag(&[signed.as_bytes()]))
}

#[tokio::test]
async fn import_does_not_choose_the_signing_key() {
    let server = Server::start().await;
    post(&server, "signup", jane()).await;
    let state = server.send("POST /_sandbox/export", &[], "").await.json()["state"].clone();
    let planted =
        state.as_str().unwrap().replace("\"refreshHash\"", "\"tokenKey\":\"known\",\"refreshHash\"");
    assert!(planted.contains("known"));
    let import = json!({"state": planted, "accept_access": true}).to_string();
    let headers = ["Content-Type: application/json"];
    assert_eq!(server.send("POST /_sandbox/import", &headers, &import).await.status, 200);
    let sessions = stored(&server, SESSIONS.kind);
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].body["tokenKey"], Value::Null);
    server.stop().await;
}

#[tokio::test]
async fn log_has_no_passwords_and_tokens() {
    let server = Server::with(Settings { log_bodies: true, ..settings() }).await;
    let mut secrets = vec!["correct horse".to_owned(), "wrong horse".to_owned()];
    for line in ["signup", "login"] {
        let answer = post(&server, line, jane()).await;
        secrets.push(text(&answer, "accessToken"));
        secrets.extend(answer.json()["data"]["refreshToken"].as_str().map(str::to_owned));
    }
    let [.., access, refresh] = secrets.as_slice() else { panic!("{secrets:?}") };
    let (access, refresh) = (access.clone(), refresh.clone());
    let refreshed = post(&server, "refresh", json!({"refreshToken": refresh})).await;
    secrets.extend([text(&refreshed, "accessToken"), text(&refreshed, "refreshToken")]);
    with_token(&server, "GET session", &access).await;
    with_token(&server, &format!("GET session?access_token={access}"), &access).await;
    post(&server, "login", json!({"email": "jane@example.com", "password": "wrong horse"})).await;
    post(&server, "login", json!({"email": 1, "password": ["wrong horse"], "newPassword": "wrong horse"}))
        .await;
    let headers = ["Content-Type: application/json"];
    server.send("POST /api/auth/acme/login", &headers, "{\"password\":\"wrong horse\"").await;
    with_token(&server, "POST logout", &access).await;

    let ours = server.send("GET /_sandbox/requests?path=/api/auth/*", &[], "").await;
    let requests = ours.json()["requests"].as_array().unwrap().clone();
    assert_eq!(requests.len(), 9, "{requests:?}");
    assert_eq!(requests[0]["request_body"], json!({"email": "jane@example.com", "password": "[redacted]"}));
    assert_eq!(requests[1]["response_body"]["data"]["refreshToken"], "[redacted]");
    let page = server.get(&team("logs?limit=50"), SECRET_TEST_KEY).await;
    assert!(page.body.contains("/api/auth/acme/login"), "{page:?}");
    for secret in secrets {
        assert!(!ours.body.contains(&secret) && !page.body.contains(&secret), "{secret}: {ours:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn deleted_customer_leaves_no_login() {
    let server = Server::start().await;
    let signup = post(&server, "signup", jane()).await;
    let john = json!({"email": "john@example.com", "password": "battery staple"});
    post(&server, "signup", john.clone()).await;
    let refresh = text(&post(&server, "login", jane()).await, "refreshToken");
    let id = signup.json()["data"]["customer"]["id"].as_str().unwrap().to_owned();
    let deleted = server.ask(&format!("DELETE customers/{id}"), Value::Null, SECRET_LIVE_KEY, &[]).await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    assert_eq!((stored(&server, ACCOUNTS.kind).len(), stored(&server, SESSIONS.kind).len()), (1, 1));
    let session = with_token(&server, "GET session", &text(&signup, "accessToken")).await;
    assert_eq!(session.code(), "session_ended");
    for (path, body) in [("login", jane()), ("refresh", json!({"refreshToken": refresh}))] {
        assert_eq!(post(&server, path, body).await.status, 401, "{path}");
    }
    assert_eq!(post(&server, "login", john).await.status, 200, "the account of another customer is kept");
    assert_eq!(post(&server, "signup", jane()).await.status, 201, "the address is free again");
    server.stop().await;
}
