//! Responses that are not a stream, error frames, and failed connections.

use super::*;

on_both_transports! {
    client_error_ends_the_stream,
    long_refusals_are_truncated,
    redirects_are_not_followed,
    temporary_status_is_retried,
    retry_after_is_kept,
    key_error_frame_ends_the_stream,
    other_error_frames_are_retried,
    refused_connection_is_reported,
    failed_tls_handshake_is_reported,
    unknown_host_is_reported,
    closed_connection_is_reported_without_url,
}

/// The items when the first connection gets this response, and later ones a stream.
async fn answered(on: Transport, answer: &str) -> Receiver<StreamItem> {
    let answer = answer.to_owned();
    let server = Server::start(move |n, _| match n {
        0 => vec![send(answer.clone())],
        _ => vec![send(HEAD), send(SESSION), send(block(1)), Act::Hold],
    })
    .await;
    subscribe(to(&server, on))
}

async fn client_error_ends_the_stream(on: Transport) {
    for status in [400, 401, 403, 404, 410, 422] {
        let body = "no: sk_test_key";
        let answer = format!("HTTP/1.1 {status} No\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let refused = refused(&mut answered(on, &answer).await).await;
        assert_eq!((refused.status, &refused.reason), (status, &Refusal::Status));
        assert_eq!(refused.body, "no: [key]");
    }
}

async fn long_refusals_are_truncated(on: Transport) {
    let answer = format!("HTTP/1.1 403 No\r\n\r\n{}", "x".repeat(5_000_000));
    assert_eq!(refused(&mut answered(on, &answer).await).await.body.len(), 4 * 1024 * 1024);
}

async fn redirects_are_not_followed(on: Transport) {
    for status in [301, 302, 303, 307, 308] {
        let to = "http://127.0.0.1:1/x?k=sk_test_key";
        let answer = format!("HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
        let refused = refused(&mut answered(on, &answer).await).await;
        assert_eq!(
            refused.reason,
            Refusal::Redirect { location: Some("http://127.0.0.1:1/x?k=[key]".into()) }
        );
        assert!(refused.to_string().contains("which is not followed"));
    }
}

#[tokio::test]
async fn wrong_content_type_is_final_at_first() {
    let cases = [
        ("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n", ContentType::Other("text/html".into())),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-streams\r\n",
            ContentType::Other("text/event-streams".into()),
        ),
        ("HTTP/1.1 200 OK\r\n", ContentType::Unnamed),
        ("HTTP/1.1 204 No\r\n", ContentType::Empty),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n",
            ContentType::Encoded("gzip".into()),
        ),
    ];
    for (head, found) in cases {
        let refused = refused(&mut answered(Transport::Sse, &format!("{head}\r\n")).await).await;
        assert_eq!(refused.reason, Refusal::NotAStream { found });
    }
}

#[tokio::test]
async fn wrong_content_type_is_retried_later() {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(block(1))],
        1 => vec![send("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>")],
        2 => vec![send("HTTP/1.1 204 No\r\n\r\n")],
        _ => vec![send(HEAD), send(RESUMED), Act::Hold],
    })
    .await;
    let mut items = open(to(&server, Transport::Sse)).await;
    event(&mut items).await;
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Ended);
    for (status, found) in [(200, ContentType::Other("text/html".into())), (204, ContentType::Empty)] {
        assert_eq!(disconnected(&mut items).await.0, Disconnect::NotAStream { status, found });
    }
    assert!(connected(&mut items).await.reconnected);
}

async fn temporary_status_is_retried(on: Transport) {
    for status in [408, 429, 500, 502, 503] {
        let mut items = answered(on, &format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n")).await;
        let (reason, retry_in) = disconnected(&mut items).await;
        assert_eq!(reason, Disconnect::Status { status, retry_after: None });
        assert!(retry_in <= ms(60));
        assert!(!connected(&mut items).await.reconnected);
        assert_eq!(event(&mut items).await.id, "evt_1");
    }
}

async fn retry_after_is_kept(on: Transport) {
    let answer =
        |value: &str| format!("HTTP/1.1 429 No\r\nretry-after: {value}\r\ncontent-length: 0\r\n\r\n");
    for (value, least) in [("0", ms(50)), ("1", ms(1000)), ("Fri, 27 Mar 2026 03:43:40 GMT", ms(9956))] {
        let (_, retry_in) = disconnected(&mut answered(on, &answer(value)).await).await;
        assert!(retry_in >= least && retry_in <= least + ms(200), "{value}: {retry_in:?}");
    }
    let mut items = answered(on, &answer("0")).await;
    disconnected(&mut items).await;
    connected(&mut items).await;
}

#[tokio::test]
async fn server_retry_is_kept() {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), send("retry: 3000\n\n")]).await;
    let mut items = open(to(&server, Transport::Sse)).await;
    let (_, retry_in) = disconnected(&mut items).await;
    assert!(retry_in >= ms(3000) && retry_in <= ms(3200), "{retry_in:?}");
}

fn error_frame(kind: &str) -> String {
    format!(
        "event: error\ndata: {{\"error\":{{\"type\":\"{kind}\",\"message\":\"sk_test_key is bad\"}}}}\n\n"
    )
}

async fn key_error_frame_ends_the_stream(on: Transport) {
    let server = Server::start(|_, _| {
        vec![send(HEAD), send(SESSION), send(error_frame("authentication_error")), send(block(1)), Act::Hold]
    })
    .await;
    let mut items = open(to(&server, on)).await;
    match next(&mut items).await {
        Some(StreamItem::ErrorFrame(error)) => assert_eq!(error.message.as_deref(), Some("[key] is bad")),
        other => panic!("{other:?}"),
    }
    assert!(next(&mut items).await.is_none());
}

async fn other_error_frames_are_retried(on: Transport) {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(error_frame("api_error")), Act::Hold],
        _ => vec![send(HEAD), send(SESSION), Act::Hold],
    })
    .await;
    let mut items = open(to(&server, on)).await;
    assert!(matches!(next(&mut items).await, Some(StreamItem::ErrorFrame(error)) if !error.is_fatal()));
    assert_eq!(disconnected(&mut items).await.0, Disconnect::ErrorFrame { retry_after: None });
    connected(&mut items).await;
}

async fn refused_connection_is_reported(on: Transport) {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut items = subscribe(config(on, &format!("http://{free}/")));
    for attempt in 1..=2 {
        assert!(matches!(items.recv().await, Some(StreamItem::Connecting { attempt: n }) if n == attempt));
        assert_eq!(disconnected(&mut items).await.0, Disconnect::Connect(ConnectFailure::Refused));
    }
}

async fn failed_tls_handshake_is_reported(on: Transport) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 no TLS here\r\n\r\n").await.unwrap();
    });
    let (reason, _) = disconnected(&mut subscribe(config(on, &format!("https://{address}/")))).await;
    assert!(matches!(&reason, Disconnect::Connect(ConnectFailure::Tls(_))), "{reason:?}");
}

struct NoNames;

impl reqwest::dns::Resolve for NoNames {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async { Err("no such name".into()) })
    }
}

async fn unknown_host_is_reported(on: Transport) {
    let http = client(Some(Arc::new(NoNames)));
    let mut items = subscribe(StreamConfig { http, ..config(on, "http://api.invalid/x?secret=1") });
    let (reason, _) = disconnected(&mut items).await;
    assert_eq!(reason, Disconnect::Connect(ConnectFailure::Dns));
}

async fn closed_connection_is_reported_without_url(on: Transport) {
    let server = Server::start(|_, _| vec![]).await;
    let (reason, _) = disconnected(&mut subscribe(to(&server, on))).await;
    let text = reason.to_string();
    assert!(matches!(reason, Disconnect::Connect(ConnectFailure::Other(_))), "{text}");
    assert!(!text.contains("listen"), "{text}");
}
