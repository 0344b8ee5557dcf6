//! CORS: an allowed origin gets responses and preflights, every other origin is refused. The same holds for what needs no
//! key: the customers of a team sign up and log in on a page, and pages read its library.

use crate::sandbox::caller::Environment;
use crate::sandbox::model::accounts::ACCOUNTS;
use crate::sandbox::model::customers::CUSTOMERS;
use crate::sandbox::settings::Settings;
use crate::sandbox::tests::client::{Answer, Server, bearer, settings, team};
use crate::sandbox_info::SECRET_TEST_KEY;

const PAGE: &str = "http://localhost:5173";

async fn server() -> Server {
    Server::with(Settings { cors_origins: vec![PAGE.to_owned()], ..settings() }).await
}

#[tokio::test]
async fn allowed_origin_gets_cors_headers() {
    let server = server().await;
    let origin = format!("Origin: {PAGE}");
    let asks = ["Access-Control-Request-Method: POST", "Access-Control-Request-Private-Network: true"];
    let line = format!("OPTIONS {}", team("tickets"));
    let preflight = server.send(&line, &[&origin, asks[0], asks[1]], "").await;
    assert_eq!((preflight.status, preflight.body.as_str()), (204, ""));
    assert_eq!(preflight.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(preflight.header("access-control-allow-private-network"), Some("true"));
    assert!(preflight.header("access-control-allow-headers").unwrap().contains("Authorization"));
    assert!(preflight.header("access-control-allow-methods").unwrap().contains("PATCH"));

    let auth = bearer(SECRET_TEST_KEY);
    let line = format!("GET {}", team("tickets"));
    let answer = server.send(&line, &[&origin, &auth], "").await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(PAGE)));
    assert_eq!(answer.header("vary"), Some("Origin"));
    let refused = server.send(&line, &[&origin], "").await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, Some(PAGE)));
    let plain = server.send(&line, &[&auth], "").await;
    assert_eq!((plain.status, plain.header("access-control-allow-origin")), (200, None));
    assert_eq!(plain.header("vary"), Some("Origin"), "a cache must not give this answer to the page");
}

#[tokio::test]
async fn other_origins_are_refused() {
    let server = server().await;
    let line = format!("OPTIONS {}", team("tickets"));
    for origin in ["http://localhost:5174", "https://localhost:5173", "http://evil.example", "null"] {
        let origin = format!("Origin: {origin}");
        let preflight = server.send(&line, &[&origin, "Access-Control-Request-Method: GET"], "").await;
        assert_eq!((preflight.status, preflight.code().as_str()), (403, "origin_not_allowed"), "{origin}");
        assert_eq!(preflight.header("access-control-allow-origin"), None);
    }
    let two = [&*format!("Origin: {PAGE}"), "Origin: http://evil.example"];
    assert_eq!(server.send(&line, &two, "").await.status, 403);
    // an allowed origin does not allow a foreign host
    let foreign = format!(
        "OPTIONS / HTTP/1.1\r\nHost: evil.example\r\nOrigin: {PAGE}\r\nAccess-Control-Request-Method: GET\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(server.raw(&foreign).await.code(), "host_not_allowed");
}

const JANE: &str = r#"{"email":"jane@example.com","password":"correct horse"}"#;
const JSON: &str = "Content-Type: application/json";
const SIGNUP: &str = "POST /api/auth/acme/signup";

/// What pages call without a key, and what belongs to the sandbox itself.
const KEYLESS: [&str; 9] = [
    "POST /api/auth/acme/signup",
    "POST /api/auth/acme/login",
    "POST /api/auth/acme/refresh",
    "GET /api/auth/acme/session",
    "POST /api/auth/acme/logout",
    "GET /api/library/acme/articles",
    "GET /_sandbox/events",
    "POST /_sandbox/reset",
    "POST /_sandbox/export",
];

fn grants(answer: &Answer) -> bool {
    answer.head.to_ascii_lowercase().contains("access-control-")
}

/// How many customers and accounts there are.
fn people(server: &Server) -> (usize, usize) {
    let count = |kind| {
        let all: rusqlite::Result<Vec<_>> =
            server.state.store.read(Environment::Live, |tables| tables.after(kind, 0, 100));
        all.unwrap().len()
    };
    (count(CUSTOMERS.kind), count(ACCOUNTS.kind))
}

#[tokio::test]
async fn customers_log_in_on_an_allowed_page() {
    let server = server().await;
    let origin = format!("Origin: {PAGE}");
    let asks = "Access-Control-Request-Headers: content-type, authorization";
    for line in KEYLESS {
        let (method, path) = line.split_once(' ').unwrap();
        let asked = format!("Access-Control-Request-Method: {method}");
        let preflight = server.send(&format!("OPTIONS {path}"), &[&origin, &asked, asks], "").await;
        assert_eq!((preflight.status, preflight.body.as_str()), (204, ""), "{line}");
        assert_eq!(preflight.header("access-control-allow-origin"), Some(PAGE), "{line}");
        assert_eq!(preflight.header("access-control-allow-private-network"), None, "not asked for: {line}");
        let allowed = preflight.header("access-control-allow-headers").unwrap();
        assert!(allowed.contains("Authorization") && allowed.contains("Content-Type"), "{line}");
        assert!(preflight.header("access-control-allow-methods").unwrap().contains(method), "{line}");
    }
    assert_eq!(people(&server).1, 0, "a preflight changes nothing");

    let signup = server.send(SIGNUP, &[&origin, JSON], JANE).await;
    assert_eq!((signup.status, signup.header("access-control-allow-origin")), (201, Some(PAGE)));
    let token = signup.json()["data"]["accessToken"].as_str().unwrap().to_owned();
    let session = server.send("GET /api/auth/acme/session", &[&origin, &bearer(&token)], "").await;
    assert_eq!((session.status, session.header("access-control-allow-origin")), (200, Some(PAGE)));
    // a page can read why it failed, also when the type of the body spared it the preflight
    for (headers, status) in [([&*origin, JSON], 409), ([&*origin, "Content-Type: text/plain"], 415)] {
        let refused = server.send(SIGNUP, &headers, JANE).await;
        assert_eq!((refused.status, refused.header("access-control-allow-origin")), (status, Some(PAGE)));
        assert_eq!(refused.header("vary"), Some("Origin"));
        assert!(refused.header("access-control-expose-headers").unwrap().contains("X-CStar-Request-Id"));
    }
}

#[tokio::test]
async fn credentials_of_a_page_are_not_accepted() {
    let server = server().await;
    let (origin, cookie) = (format!("Origin: {PAGE}"), "Cookie: session=1");
    let asked = "Access-Control-Request-Method: POST";
    server.send(SIGNUP, &[&origin, JSON], JANE).await;
    for (line, headers, body) in [
        ("OPTIONS /api/auth/acme/login", vec![&*origin, asked], ""),
        ("POST /api/auth/acme/login", vec![&*origin, cookie, JSON], JANE),
        ("GET /api/auth/acme/session", vec![&*origin, cookie], ""),
    ] {
        let answer = server.send(line, &headers, body).await;
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{line}");
        assert_ne!(answer.header("access-control-allow-origin"), Some("*"), "{line}");
        assert_eq!(answer.header("set-cookie"), None, "{line}");
    }
    let session = server.send("GET /api/auth/acme/session", &[&origin, cookie], "").await;
    assert_eq!((session.status, session.code().as_str()), (401, "authentication_required"));
}

#[tokio::test]
async fn foreign_pages_reach_nothing_without_a_key() {
    // without --cors-origin, no page is allowed, not even on another port of this machine
    for (server, allows) in [(server().await, true), (Server::start().await, false)] {
        let before = people(&server);
        let mut origins =
            vec!["http://evil.example", "null", "http://localhost:5174", "https://localhost:5173"];
        if !allows {
            origins.push(PAGE);
        }
        for (line, origin) in KEYLESS.iter().flat_map(|line| origins.iter().map(move |origin| (line, origin)))
        {
            let (method, path) = line.split_once(' ').unwrap();
            let origin = format!("Origin: {origin}");
            let asked = format!("Access-Control-Request-Method: {method}");
            let private = "Access-Control-Request-Private-Network: true";
            let body = if method == "POST" { JANE } else { "" };
            let mut answers = vec![
                server.send(&format!("OPTIONS {path}"), &[&origin, &asked, private], "").await,
                server.send(line, &[&origin, JSON], body).await,
            ];
            if method == "POST" {
                // what a form sends without a preflight
                answers.push(server.send(line, &[&origin, "Content-Type: text/plain"], body).await);
                answers.push(server.send(line, &[&origin], "").await);
            }
            for answer in answers {
                let code = answer.code();
                assert_eq!((answer.status, code.as_str()), (403, "origin_not_allowed"), "{line} {origin}");
                assert!(!grants(&answer), "{answer:?}");
            }
        }
        assert_eq!(people(&server), before);
    }
}

#[tokio::test]
async fn rebound_names_reach_nothing_without_a_key() {
    let server = server().await;
    let before = people(&server);
    let port = server.port;
    for line in KEYLESS {
        for (host, origin) in [
            (format!("evil.example:{port}"), String::new()),
            // after the rebinding, the page has the origin of the sandbox
            (format!("evil.example:{port}"), format!("Origin: http://evil.example:{port}\r\n")),
            (format!("evil.example:{port}"), format!("Origin: {PAGE}\r\n")),
            (format!("127.0.0.1.evil.example:{port}"), String::new()),
            (format!("192.168.0.1:{port}"), String::new()),
        ] {
            let length = JANE.len();
            let raw = format!(
                "{line} HTTP/1.1\r\nHost: {host}\r\n{origin}{JSON}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{JANE}"
            );
            let answer = server.raw(&raw).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "host_not_allowed"), "{line} {host}");
        }
    }
    assert_eq!(people(&server), before);
}
