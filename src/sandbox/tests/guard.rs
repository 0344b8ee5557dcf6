//! Requests that are refused before the API: foreign hosts and origins, bad methods and large bodies.

use crate::sandbox::tests::client::{Server, bearer, team};
use crate::sandbox_info::SECRET_TEST_KEY;

fn request(server: &Server, line: &str, headers: &str) -> String {
    let auth = bearer(SECRET_TEST_KEY);
    let headers = headers.replace("PORT", &server.port.to_string());
    format!("{line} HTTP/1.1\r\nConnection: close\r\n{auth}\r\n{headers}\r\n")
}

#[tokio::test]
async fn foreign_host_is_refused_on_every_path() {
    let server = Server::start().await;
    let listen = team("webhooks/listen");
    for path in ["/", "/_sandbox", "/nothing", "/api/v1/auth/whoami", listen.as_str()] {
        for host in [
            "evil.example",
            "evil.example:PORT",
            "localhost:",
            "localhost:99999",
            "127.0.0.1.evil.example:PORT",
            "0.0.0.0:PORT",
            "192.168.0.1:PORT",
            "[::]:PORT",
            "",
        ] {
            let raw = request(&server, &format!("GET {path}"), &format!("Host: {host}\r\n"));
            let answer = server.raw(&raw).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "host_not_allowed"), "{path} {host}");
            assert!(answer.golden().contains(r#""type":"invalid_request_error""#));
        }
    }
}

#[tokio::test]
async fn loopback_hosts_are_answered() {
    let server = Server::start().await;
    for host in [
        "localhost:PORT",
        "LOCALHOST:PORT",
        "127.0.0.1:PORT",
        "[::1]:PORT",
        "localhost:1",
        "a.localhost",
        "127.8.8.8",
    ] {
        let raw = request(&server, "GET /api/v1/auth/whoami", &format!("Host: {host}\r\n"));
        assert_eq!(server.raw(&raw).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn exactly_one_host_header_is_required() {
    let server = Server::start().await;
    let none = server.raw(&request(&server, "GET /_sandbox", "")).await;
    assert_eq!((none.status, none.code().as_str()), (400, "host_missing"));
    let twice = "Host: localhost:PORT\r\nHost: evil.example\r\n";
    let twice = server.raw(&request(&server, "GET /_sandbox", twice)).await;
    assert_eq!((twice.status, twice.code().as_str()), (400, "host_missing"));
    let line = "GET http://evil.example/_sandbox";
    let absolute = server.raw(&request(&server, line, "Host: localhost:PORT\r\n")).await;
    assert_eq!(absolute.status, 403);
    let line = format!("GET http://localhost:{}/_sandbox", server.port);
    let absolute = server.raw(&request(&server, &line, "Host: localhost:PORT\r\n")).await;
    assert_eq!(absolute.status, 200);
}

#[tokio::test]
async fn foreign_origin_is_refused() {
    let server = Server::start().await;
    let body = r#"{"event":"ticket.created"}"#;
    for origin in [
        "https://evil.example",
        "http://evil.example:PORT",
        "null",
        "http://localhost",
        "http://localhost:1",
        "https://localhost:PORT",
        "http://127.0.0.1:PORT",
        "http://localhost:PORT.evil.example",
        "http://localhost:PORT/",
        "",
    ] {
        let origin = format!("Origin: {}", origin.replace("PORT", &server.port.to_string()));
        let preflight =
            ["Access-Control-Request-Method: POST", "Access-Control-Request-Private-Network: true"];
        let auth = bearer(SECRET_TEST_KEY);
        let answers = [
            server.trigger_with(SECRET_TEST_KEY, &[&origin], body).await,
            server.send("GET /_sandbox", &[&origin], "").await,
            server.send(&format!("GET {}", team("webhooks/listen")), &[&origin, &auth], "").await,
            server.send("OPTIONS /api/v1/auth/whoami", &[&origin, preflight[0], preflight[1]], "").await,
        ];
        for answer in answers {
            assert_eq!((answer.status, answer.code().as_str()), (403, "origin_not_allowed"), "{origin}");
            assert!(!answer.head.to_ascii_lowercase().contains("access-control-"), "{answer:?}");
        }
    }
    let log = server.state.log(crate::sandbox::caller::Environment::Test);
    assert!(log.join(None, Default::default()).start().id.starts_with("start_"), "nothing was fired");
}

#[tokio::test]
async fn own_origin_needs_no_cors_headers() {
    let server = Server::start().await;
    let origin = format!("Origin: http://localhost:{}", server.port);
    let answer = server.send("GET /_sandbox", &[&origin], "").await;
    assert_eq!(answer.status, 200);
    assert!(!answer.head.to_ascii_lowercase().contains("access-control-"), "{answer:?}");
}

#[tokio::test]
async fn trace_and_connect_are_refused_everywhere() {
    let server = Server::start().await;
    for line in ["TRACE /_sandbox".to_owned(), format!("CONNECT localhost:{}", server.port)] {
        let answer = server.raw(&request(&server, &line, "Host: localhost:PORT\r\n")).await;
        assert_eq!(answer.status, 405, "{line}");
        assert_eq!(answer.header("allow"), Some("GET, HEAD, POST, PATCH, PUT, DELETE"));
    }
}

#[tokio::test]
async fn body_needs_a_json_content_type() {
    let server = Server::start().await;
    let auth = bearer(SECRET_TEST_KEY);
    let line = format!("POST {}", team("webhooks/trigger-test"));
    let body = r#"{"event":"ticket.created"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let kind = format!("Content-Type: {kind}");
        let answer = server.send(&line, &[&auth, &kind], body).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "unsupported_media_type"), "{kind}");
    }
    assert_eq!(server.send(&line, &[&auth], body).await.status, 415);
    let utf8 = "Content-Type: application/json; charset=utf-8";
    assert_eq!(server.send(&line, &[&auth, utf8], body).await.status, 200);
}

#[tokio::test]
async fn large_body_is_refused_unread() {
    let server = Server::start().await;
    let line = format!("POST {}", team("webhooks/trigger-test"));
    let headers = "Host: localhost:PORT\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n";
    // the response arrives although no byte of the body is sent
    let answer = server.raw(&request(&server, &line, headers)).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "payload_too_large"));
    assert_eq!(answer.header("connection"), Some("close"));
}

#[tokio::test]
async fn body_of_unknown_length_is_limited() {
    let server = Server::start().await;
    let line = format!("POST {}", team("webhooks/trigger-test"));
    let headers = "Host: localhost:PORT\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
    // without the final chunk, an unlimited reader would wait
    let chunk = format!("100001\r\n{}", " ".repeat(0x10_0001));
    let answer = server.raw(&(request(&server, &line, headers) + &chunk)).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "payload_too_large"));
    let fits = format!("{}{}", r#"{"event":"ticket.created"}"#, " ".repeat(1_048_576 - 26));
    assert_eq!(server.trigger(SECRET_TEST_KEY, &fits).await.status, 200);
}
