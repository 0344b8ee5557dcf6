//! Sends requests to servers that count their connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use http::HeaderMap;

use super::*;
use crate::net::FailureCause;

const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// Serves `answer` to every request and counts the connections. Closes a connection after `per_connection` requests.
async fn serve(
    address: &str,
    answer: &'static str,
    per_connection: usize,
) -> Option<(u16, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind(address).await.ok()?;
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(talk(stream, answer, per_connection));
        }
    });
    Some((port, connections))
}

async fn talk(mut stream: TcpStream, answer: &'static str, requests: usize) {
    let mut buffer = vec![0; 64 * 1024];
    for _ in 0..requests {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(_) => stream.write_all(answer.as_bytes()).await.unwrap(),
        }
    }
}

fn endpoints(port: u16, host: &str) -> [Endpoint; 2] {
    [format!("http://{host}:{port}/x?y=1"), format!("http://u:p@{host}:{port}/x?y=1")]
        .map(|url| TargetClient::new(TargetOptions::default()).unwrap().endpoint(&url.parse().unwrap()))
}

async fn post(endpoint: &Endpoint) -> Result<u16, PostError> {
    let body = Bytes::from_static(b"{}");
    endpoint.post(&HeaderMap::new, body, None).await.map(|answer| answer.status)
}

#[tokio::test]
async fn localhost_reaches_both_families() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let Some((port, _)) = serve(address, NO_CONTENT, usize::MAX).await else {
            assert!(address.starts_with('['), "127.0.0.1 must exist");
            continue;
        };
        for endpoint in endpoints(port, "localhost") {
            assert_eq!(post(&endpoint).await, Ok(204), "{address} {endpoint:?}");
        }
    }
}

#[tokio::test]
async fn closed_port_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for endpoint in endpoints(port, "localhost").iter().chain(&endpoints(port, "127.0.0.1")) {
        assert_eq!(post(endpoint).await, Err(PostError::from(FailureCause::Refused)), "{endpoint:?}");
    }
}

/// Only Linux does not answer a connection when the accept queue is full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn full_accept_queue_is_not_a_refusal() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await
    {
        waiting.push(stream.unwrap());
    }
    // Nothing listens on ::1, which refuses.
    let [endpoint, _] = endpoints(address.port(), "localhost");
    let answer =
        endpoint.post(&HeaderMap::new, Bytes::from_static(b"{}"), Some(Duration::from_millis(300))).await;
    assert!(
        matches!(&answer, Err(PostError::NoResponse(failure)) if failure.cause == FailureCause::ConnectTimeout),
        "{answer:?}"
    );
}

#[tokio::test]
async fn endpoints_of_a_server_share_connections() {
    let (port, connections) = serve("127.0.0.1:0", NO_CONTENT, usize::MAX).await.unwrap();
    let client = TargetClient::new(TargetOptions::default()).unwrap();
    let at = |path: &str| client.endpoint(&format!("http://127.0.0.1:{port}{path}").parse().unwrap());
    for endpoint in [at("/a"), at("/b")] {
        assert_eq!(post(&endpoint).await.unwrap(), 204);
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn connections_are_reused() {
    let (port, connections) = serve("127.0.0.1:0", NO_CONTENT, usize::MAX).await.unwrap();
    for endpoint in endpoints(port, "127.0.0.1") {
        let before = connections.load(Ordering::Relaxed);
        for _ in 0..5 {
            assert_eq!(post(&endpoint).await, Ok(204));
        }
        assert_eq!(connections.load(Ordering::Relaxed) - before, 1, "{endpoint:?}");
    }
}

#[tokio::test]
async fn connection_that_was_closed_is_replaced() {
    let (port, connections) = serve("127.0.0.1:0", NO_CONTENT, 1).await.unwrap();
    for endpoint in endpoints(port, "127.0.0.1") {
        for _ in 0..3 {
            assert_eq!(post(&endpoint).await, Ok(204));
        }
    }
    assert_eq!(connections.load(Ordering::Relaxed), 6);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let answer = "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
    let (port, connections) = serve("127.0.0.1:0", answer, usize::MAX).await.unwrap();
    for endpoint in endpoints(port, "127.0.0.1") {
        assert_eq!(post(&endpoint).await, Ok(302));
    }
    assert_eq!(connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn long_bodies_are_truncated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(b"HTTP/1.1 500 Oh\r\nx-a: b\r\ncontent-length: 999999999\r\n\r\n").await;
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
        }
    });
    for endpoint in endpoints(port, "127.0.0.1") {
        let answer = endpoint.post(&HeaderMap::new, Bytes::new(), None).await.unwrap();
        assert_eq!((answer.status, answer.body.len()), (500, MAX_ANSWER), "{endpoint:?}");
        assert_eq!(answer.headers.get("x-a").unwrap(), "b");
    }
}

#[tokio::test]
async fn server_that_closes_is_an_error() {
    let (port, _) = serve("127.0.0.1:0", "", 1).await.unwrap();
    for endpoint in endpoints(port, "127.0.0.1") {
        assert_eq!(post(&endpoint).await, Err(PostError::from(FailureCause::Closed)), "{endpoint:?}");
    }
}

#[tokio::test]
async fn request_has_path_headers_and_body() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = TargetClient::new(TargetOptions::default()).unwrap();
    let endpoint = client.endpoint(&format!("http://127.0.0.1:{port}/a/b?c=d&e").parse().unwrap());
    let headers =
        HeaderMap::from_iter([(http::HeaderName::from_static("x-a"), http::HeaderValue::from_static("1"))]);
    let headers = || headers.clone();
    let (_, request) = tokio::join!(endpoint.post(&headers, Bytes::from_static(b"body"), None), async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 4096];
        let length = stream.read(&mut buffer).await.unwrap();
        stream.write_all(NO_CONTENT.as_bytes()).await.unwrap();
        String::from_utf8_lossy(&buffer[..length]).to_ascii_lowercase()
    });
    let expected = format!(
        "post /a/b?c=d&e http/1.1\r\nx-a: 1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: 4\r\n\r\nbody"
    );
    assert_eq!(request, expected);
}
