//! CORS: an allowed origin gets responses and preflights, every other origin is refused.

use crate::sandbox::settings::Settings;
use crate::sandbox::tests::client::{Server, bearer, settings, team};
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
