//! The fuzz target for answers of servers: what we accept without hyper means the same to hyper.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::ordinary_answer;
use super::response::Answer;

pub(crate) fn target_answers(data: &[u8]) {
    let Some(ours) = ordinary_answer::parse(data) else { return };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
    assert_eq!(Some(ours), runtime.block_on(by_hyper(data)), "{:?}", String::from_utf8_lossy(data));
}

/// The answer, if hyper accepts it and keeps the connection.
async fn by_hyper(data: &[u8]) -> Option<Answer> {
    let (client, mut server) = duplex(data.len() + 1024);
    let (mut sender, connection) = handshake(TokioIo::new(client)).await.ok()?;
    let connection = tokio::spawn(connection);
    let mut request = Request::new(Full::new(Bytes::from_static(b"{}")));
    *request.method_mut() = http::Method::POST;
    let (response, ()) = tokio::join!(sender.send_request(request), async {
        let _ = server.read(&mut [0; 1024]).await;
        let _ = server.write_all(data).await;
    });
    let (head, body) = response.ok()?.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    sender.ready().await.ok()?;
    let is_open = !connection.is_finished();
    is_open.then_some(Answer { status: head.status.as_u16(), headers: head.headers, body })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const STATUS_LINES: &[&str] = &[
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200",
        "HTTP/1.1 204 No Content",
        "HTTP/1.1 304 ",
        "HTTP/1.1 500 \u{fc}",
        "HTTP/1.1 999 x",
        "HTTP/1.1 099 x",
        "HTTP/1.1 100 Continue",
        "HTTP/1.1 101 Switching Protocols",
        "HTTP/1.0 200 OK",
        "\r\nHTTP/1.1 200 OK",
    ];
    const HEADERS: &[&str] = &[
        "content-length: 2",
        "Content-Length:\t2 ",
        "content-length: 0",
        "content-length: 02",
        "content-length: 2, 2",
        "content-length: +2",
        "content-length: -0",
        "content-length:",
        "connection: keep-alive",
        "Connection: Keep-Alive ",
        "connection: close",
        "connection: x, close",
        "transfer-encoding: chunked",
        "transfer-encoding:",
        "te: trailers",
        "trailer: x-a",
        "upgrade: h2c",
        "keep-alive: timeout=5",
        "x-a: b",
        "x-a:",
        "x-a: \u{fc}",
        " folded",
    ];
    const BODIES: &[&str] =
        &["", "ok", "ok\r\n", "2\r\nok\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"];

    proptest! {
        #[test]
        fn accepted_answers_are_those_of_hyper(
            (status, length, body) in (select(STATUS_LINES), select(&HEADERS[..8]), select(BODIES)),
            headers in proptest::collection::vec(select(HEADERS), 0..4),
            line_end in select(&["\r\n", "\r\n", "\r\n", "\n"][..]),
            (changed, byte) in (proptest::option::of(0..100_usize), any::<u8>()),
        ) {
            let lines = [&[status, length][..], &headers, &["", ""]].concat();
            let mut answer = (lines.join(line_end) + body).into_bytes();
            if let Some(place) = changed.and_then(|index| answer.get_mut(index)) {
                *place = byte;
            }
            target_answers(&answer);
        }
    }
}
