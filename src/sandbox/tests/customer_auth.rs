//! Customers sign up, log in and out.

mod secrets;

use serde_json::{Value, json};

use crate::host::clock::Clock;
use crate::sandbox::settings::Settings;
use crate::sandbox::tests::client::{Answer, Server, bearer, settings};
use crate::sandbox_info::SECRET_TEST_KEY;

async fn post(server: &Server, path: &str, body: Value) -> Answer {
    let headers = ["Content-Type: application/json"];
    server.send(&format!("POST /api/auth/acme/{path}"), &headers, &body.to_string()).await
}

async fn with_token(server: &Server, line: &str, token: &str) -> Answer {
    let (method, path) = line.split_once(' ').unwrap();
    server.send(&format!("{method} /api/auth/acme/{path}"), &[&bearer(token)], "").await
}

fn members(answer: &Answer) -> Vec<String> {
    let data = answer.json()["data"].clone();
    data.as_object().unwrap_or_else(|| panic!("{answer:?}")).keys().cloned().collect()
}

fn text(answer: &Answer, name: &str) -> String {
    answer.json()["data"][name].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

fn jane() -> Value {
    json!({"email": "jane@example.com", "password": "correct horse"})
}

#[tokio::test]
async fn customers_sign_up_log_in_and_out() {
    let server = Server::start().await;
    let mut events = server.open_session().await;
    let signup = post(&server, "signup?environment=test", jane()).await;
    assert_eq!((signup.status, members(&signup)), (201, vec!["accessToken".into(), "customer".into()]));
    assert_eq!(signup.json()["data"]["customer"]["name"], "jane");
    assert!(!signup.body.contains("correct horse") && !signup.body.contains("salt"));
    assert!(events.frame().await.unwrap().contains("customer.created"));
    let id = signup.json()["data"]["customer"]["id"].clone();
    let stored = server.call(&format!("GET customers/{}", id.as_str().unwrap()), Value::Null).await;
    assert_eq!(stored["data"]["email"], "jane@example.com");

    let login = post(&server, "login?environment=test", jane()).await;
    let expected = ["customer", "accessToken", "refreshToken"].map(str::to_owned);
    assert_eq!((login.status, members(&login)), (200, expected.to_vec()));
    let token = text(&login, "accessToken");
    let session = with_token(&server, "GET session", &token).await;
    assert_eq!(session.json()["data"]["customer"]["id"], id);
    assert_eq!(session.json()["data"]["expiresAt"], "2025-12-10T15:30:00Z");

    let old = text(&login, "refreshToken");
    let refreshed = post(&server, "refresh?environment=test", json!({"refreshToken": old})).await;
    assert_eq!(members(&refreshed), ["accessToken", "refreshToken"]);
    let again = post(&server, "refresh?environment=test", json!({"refreshToken": old})).await;
    assert_eq!((again.status, again.code().as_str()), (401, "session_ended"));

    assert_eq!(with_token(&server, "POST logout", &token).await.status, 200);
    for line in ["GET session", "POST logout"] {
        assert_eq!(with_token(&server, line, &token).await.code(), "session_ended", "{line}");
    }
    let new = text(&refreshed, "refreshToken");
    let revoked = post(&server, "refresh?environment=test", json!({"refreshToken": new})).await;
    assert_eq!(revoked.code(), "session_ended", "a logout revokes the refresh token");
    // the session of the signup is another one
    assert_eq!(with_token(&server, "GET session", &text(&signup, "accessToken")).await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn bad_signups_and_logins_are_refused() {
    let server = Server::start().await;
    assert_eq!(post(&server, "signup", jane()).await.status, 201);
    let twice = post(&server, "signup", json!({"email": "JANE@example.com", "password": "12345678"})).await;
    assert_eq!((twice.status, &twice.json()["error"]["param"]), (409, &json!("email")));
    for (body, param) in [
        (json!({"password": "12345678"}), "email"),
        (json!({"email": "nothing", "password": "12345678"}), "email"),
        (json!({"email": "a@example.com"}), "password"),
        (json!({"email": "a@example.com", "password": "short"}), "password"),
        (json!({"email": "a@example.com", "password": 12_345_678}), "password"),
    ] {
        let refused = post(&server, "signup", body).await;
        assert_eq!((refused.status, &refused.json()["error"]["param"]), (400, &json!(param)), "{refused:?}");
    }
    for body in [
        json!({"email": "jane@example.com", "password": "wrong horse"}),
        json!({"email": "john@example.com", "password": "correct horse"}),
    ] {
        let refused = post(&server, "login", body).await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "invalid_credentials"));
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"), "HTTP requires one on every 401");
    }
    let elsewhere = post(&server, "login?environment=test", jane()).await;
    assert_eq!(elsewhere.code(), "invalid_credentials", "accounts of live data are not in test data");
    assert_eq!(post(&server, "login?environment=x", jane()).await.status, 400);
    let token = text(&post(&server, "login", jane()).await, "accessToken");
    let (signed, _) = token.rsplit_once('.').unwrap();
    for forged in [format!("{signed}."), format!("{signed}.AAAA"), format!("x{token}"), "a.b.c".to_owned()] {
        assert_eq!(with_token(&server, "GET session", &forged).await.code(), "session_ended", "{forged}");
    }
    let none = server.send("GET /api/auth/acme/session", &[], "").await;
    assert_eq!((none.status, none.code().as_str()), (401, "authentication_required"));
    let (headers, body) = (["Content-Type: application/json"], jane().to_string());
    let team = server.send("POST /api/auth/none/login", &headers, &body).await;
    assert_eq!(team.status, 404);
    server.stop().await;
}

#[tokio::test]
async fn signup_can_need_a_confirmation() {
    let server = Server::start().await;
    let changed =
        server.ask("PATCH settings", json!({"signupConfirmation": true}), SECRET_TEST_KEY, &[]).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let signup = post(&server, "signup?environment=test", jane()).await;
    assert_eq!((signup.status, &signup.json()["data"]), (201, &json!({"confirmationPending": true})));
    let early = post(&server, "login?environment=test", jane()).await;
    assert_eq!((early.status, early.code().as_str()), (403, "confirmation_pending"));
    let email = json!({"email": "jane@example.com"});
    assert_eq!(post(&server, "confirm?environment=test", email.clone()).await.status, 200);
    assert_eq!(post(&server, "login?environment=test", jane()).await.status, 200);
    assert_eq!(post(&server, "confirm", email).await.status, 404);
    server.stop().await;
}

#[tokio::test]
async fn access_tokens_expire() {
    // the sandbox of the second server is the same in all but the time
    let first = Server::start().await;
    let signup = post(&first, "signup", jane()).await;
    let state = first.send("POST /_sandbox/export", &[], "").await.json()["state"].clone();
    let later = Settings { clock: Clock::fixed(1_765_377_000_000 + 3_600_000), ..settings() };
    let second = Server::with(later).await;
    let import = json!({"state": state, "accept_access": true}).to_string();
    let imported = second.send("POST /_sandbox/import", &["Content-Type: application/json"], &import).await;
    assert_eq!(imported.status, 200, "{imported:?}");
    let token = text(&signup, "accessToken");
    assert_eq!(with_token(&first, "GET session", &token).await.status, 200);
    assert_eq!(with_token(&second, "GET session", &token).await.code(), "session_ended");
    assert_eq!(post(&second, "login", jane()).await.status, 200, "the account is in the exported state");
    first.stop().await;
    second.stop().await;
}
