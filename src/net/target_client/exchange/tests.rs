//! The same answers with and without hyper have the same result.

use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use http::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::super::address::Address;
use super::*;

/// For an answer whose head never ends.
const SHORT: Option<Duration> = Some(Duration::from_millis(300));

/// Shorter answers than this are the beginning of a head.
const UNFINISHED: usize = 11;

/// What a server does after its answer.
#[derive(Clone, Copy, Debug)]
enum After {
    Wait,
    Close,
    Reset,
}

/// One exchange, as far as it does not depend on time.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    result: String,
    is_kept: bool,
    request: Vec<u8>,
}

/// Between the pieces of an answer.
const SHORTEST: Duration = Duration::from_millis(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    Direct,
    Hyper,
}

/// Sends a request to a server that answers with `pieces`.
async fn outcome(
    with: With,
    (body, headers): (Bytes, HeaderMap),
    pieces: Vec<Vec<u8>>,
    after: After,
    pause: Duration,
) -> Outcome {
    let sent = pieces.concat();
    let is_unfinished = matches!(after, After::Wait)
        && (sent.is_empty() || sent.starts_with(b"HTTP") && sent.len() < UNFINISHED);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = "http://u:p@localhost/a?b=c".parse().unwrap();
    let (server, address) =
        (TargetServer::new(Connector::new(&url, None).unwrap(), &url), Address::new(&url).unwrap());
    let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let link = match with {
        With::Direct => Link::Direct(stream),
        With::Hyper => {
            Link::Hyper(HyperLink::open(Stream::new(Transport::Plain(stream))).await.ok().unwrap())
        }
    };
    let connection = Connection { number: 0, fresh: true, link, idle_since: Instant::now() };
    let headers = || headers.clone();
    let request = PostRequest { address: &address, headers: &headers, body: body.clone() };
    let (result, (request, _stream)) = tokio::join!(
        server.exchange(connection, &request, SHORT.filter(|_| is_unfinished)),
        answer(&listener, body, &pieces, after, pause)
    );
    // Twice: what the server did last is noticed, and then hyper has handled it.
    for _ in 0..2 {
        tokio::time::sleep(pause).await;
    }
    let is_kept = server.idle.take().await.is_some();
    let result = match result {
        Ok(answer) => format!("{} {:?} {:?} {:?}", answer.status, answer.headers, answer.end, answer.body),
        Err(ExchangeError::NotSent { received }) => format!("not sent {received:?}"),
        Err(ExchangeError::Closed(cause)) => format!("closed {cause:?}"),
        Err(ExchangeError::Other(error)) => format!("{error:?}"),
    };
    Outcome { result, is_kept, request }
}

/// Reads one request and answers it. Returns the request.
async fn answer(
    listener: &TcpListener,
    body: Bytes,
    pieces: &[Vec<u8>],
    after: After,
    pause: Duration,
) -> (Vec<u8>, Option<TcpStream>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut request, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        let length = stream.read(&mut buffer).await.unwrap();
        request.extend_from_slice(&buffer[..length]);
        let head = request.windows(4).position(|window| window == b"\r\n\r\n");
        if head.is_some_and(|head| request.len() == head + 4 + body.len()) {
            break;
        }
    }
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            tokio::time::sleep(pause).await;
        }
        let _ = stream.write_all(piece).await;
    }
    match after {
        After::Wait => return (request, Some(stream)),
        After::Close => {}
        After::Reset => stream.set_zero_linger().unwrap(),
    }
    (request, None)
}

async fn same(body: Bytes, headers: HeaderMap, pieces: Vec<Vec<u8>>, after: After) -> Outcome {
    let text: Vec<_> = pieces.iter().map(|piece| String::from_utf8_lossy(piece).into_owned()).collect();
    let mut outcomes = Vec::new();
    // How soon a client notices what the server did depends on the machine.
    for pause in [SHORTEST, SHORTEST * 10, SHORTEST * 100] {
        let run = |with| outcome(with, (body.clone(), headers.clone()), pieces.clone(), after, pause);
        let (direct, hyper) = tokio::join!(run(With::Direct), run(With::Hyper));
        if direct == hyper {
            return direct;
        }
        outcomes.push((direct, hyper));
    }
    panic!("{after:?} {text:?}: {outcomes:#?}");
}

const ANSWERS: &[&str] = &[
    "",
    "HTTP",
    "HTTP/1.1 2",
    "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\nx-a: c\r\n\r\nhello",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\nhello",
    "HTTP/1.1 304 Not Modified\r\ncontent-length: x\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\nConnection: keep-alive\r\ncontent-length: 2\r\n\r\nno",
    "HTTP/1.1 500 \r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive, close\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\nconnection: keep-alive\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok?",
    "HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\ncontent-length: \r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\nok",
    "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\nok",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nok\r\n0\r\nx-a: b\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\ncontent-length: 2\r\n\r\nok",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
    "HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok",
    "HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\r\n",
    "\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\ncontent-length: 2\n\nok",
    "HTTP/1.1 200 OK\r\nx-a: b\r\n folded\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nx-a : b\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nx-a: \0\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nx-a: \u{fc}\u{e9}\t\r\ncontent-length:\t0 \r\n\r\n",
    "HTTP/1.1 200 \u{fc}\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 099 No\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 20x OK\r\ncontent-length: 0\r\n\r\n",
    "SSH-2.0-OpenSSH_9.9\r\n",
    "\u{15}\u{3}\u{1}\0\u{2}\u{2}F",
    "\0\0\u{12}\u{4}\0\0\0\0\0\0\u{3}",
];

/// Answers that are too large to write down.
fn large_answers() -> Vec<String> {
    let with_headers = |many: usize| {
        (0..many).fold("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n".to_owned(), |mut answer, number| {
            let _ = write!(answer, "x-{number}: {number}\r\n");
            answer
        }) + "\r\n"
    };
    let with_body =
        |length: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
    let mut answers: Vec<_> = [31, 32, 99, 100, 101].map(with_headers).into();
    answers.extend([4000, 4096 - 38, 5000, 70_000].map(with_body));
    answers.push(format!("HTTP/1.1 200 OK\r\nx-a: {}\r\ncontent-length: 0\r\n\r\n", "x".repeat(20_000)));
    answers
}

#[tokio::test]
#[cfg_attr(windows, ignore = "the parser is the same everywhere, and Wine delays many connections at once")]
async fn answers_mean_the_same_as_to_hyper() {
    let mut cases = Vec::new();
    for answer in ANSWERS.iter().map(|answer| (*answer).to_owned()).chain(large_answers()) {
        let bytes = answer.into_bytes();
        let cuts = [bytes.len(), 0, 1, 11, bytes.len() / 2, bytes.len().saturating_sub(1)];
        // What another protocol is detected by depends on how many of its bytes are read at first.
        let is_http = bytes.starts_with(b"HTTP") || bytes.starts_with(b"\r\n");
        let cuts = cuts.into_iter().take(if is_http { usize::MAX } else { 1 });
        for cut in cuts.filter(|cut| *cut <= bytes.len()) {
            for after in [After::Wait, After::Close, After::Reset] {
                let (start, end) = bytes.split_at(cut);
                let pieces = [start, end].into_iter().filter(|piece| !piece.is_empty());
                cases.push((pieces.map(<[u8]>::to_vec).collect::<Vec<_>>(), after));
            }
        }
    }
    // A reset discards what has not been read, so what is seen of such an answer depends on time.
    cases.retain(|(pieces, after)| !matches!(after, After::Reset) || pieces.is_empty());
    let outcomes: Vec<_> = stream::iter(cases)
        .map(|(pieces, after)| same(Bytes::from_static(b"{}"), HeaderMap::new(), pieces, after))
        .buffer_unordered(64)
        .collect()
        .await;
    assert!(
        outcomes.iter().any(|outcome| outcome.is_kept) && outcomes.iter().any(|outcome| !outcome.is_kept)
    );
}

#[tokio::test]
async fn requests_are_the_bytes_that_hyper_sends() {
    let ordinary = vec![ANSWERS[3].as_bytes().to_vec()];
    let lists: [&[(&str, &str)]; 5] = [
        &[],
        &[("x-tag", "a"), ("x-tag", "b"), ("user-agent", "mine")],
        &[("host", "example.com"), ("authorization", "Bearer x")],
        &[("connection", "close"), ("te", "trailers")],
        &[("expect", "100-continue")],
    ];
    for list in lists {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(http::HeaderName::from_static(name), value.parse().unwrap());
        }
        for body in ["", "{}", "body\r\n\r\n"] {
            let body = Bytes::from_static(body.as_bytes());
            let outcome = same(body, headers.clone(), ordinary.clone(), After::Wait).await;
            assert!(outcome.result.starts_with("200 "), "{outcome:?}");
        }
    }
}

#[tokio::test]
async fn large_request_is_continued_by_hyper() {
    let body = Bytes::from(vec![b'x'; 16 * 1024 * 1024]);
    let outcome = same(body, HeaderMap::new(), vec![ANSWERS[3].as_bytes().to_vec()], After::Wait).await;
    assert!(outcome.is_kept && outcome.result.starts_with("200 "), "{}", outcome.result);
}

#[tokio::test]
async fn ordinary_exchange_needs_no_hyper() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let server = Arc::new(TargetServer::new(Connector::new(&url, None).unwrap(), &url));
    let (address, body) = (Address::new(&url).unwrap(), Bytes::from_static(b"{}"));
    let request = PostRequest { address: &address, headers: &HeaderMap::new, body: body.clone() };
    for (answer_text, is_direct) in [(ANSWERS[3], true), (ANSWERS[5], true), (ANSWERS[22], false)] {
        let pieces = [answer_text.as_bytes().to_vec()];
        let (sent, (_, stream)) = tokio::join!(
            server.send(&request, None),
            answer(&listener, body.clone(), &pieces, After::Wait, SHORTEST)
        );
        assert!(sent.is_ok(), "{answer_text}");
        let kept = server.idle.take().await.unwrap();
        assert_eq!(matches!(kept.link, Link::Direct(_)), is_direct, "{answer_text}");
        drop(stream);
    }
}

/// A server with one kept direct connection, and its end of that.
async fn kept_connection(server_of: &Url, listener: &TcpListener) -> (Arc<TargetServer>, TcpStream) {
    let server = Arc::new(TargetServer::new(Connector::new(server_of, None).unwrap(), server_of));
    let (address, body) = (Address::new(server_of).unwrap(), Bytes::from_static(b"{}"));
    let request = PostRequest { address: &address, headers: &HeaderMap::new, body: body.clone() };
    let pieces = [ANSWERS[3].as_bytes().to_vec()];
    let (sent, (_, stream)) =
        tokio::join!(server.send(&request, None), answer(listener, body, &pieces, After::Wait, SHORTEST));
    assert_eq!(sent.unwrap().status, 200);
    (server, stream.unwrap())
}

#[tokio::test]
async fn unsolicited_bytes_answer_no_later_request() {
    const FORGED: &[u8] = b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n";
    for unsolicited in [FORGED, b"x", b"\r\n"] {
        for is_seen in [false, true] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
            let (server, stream) = kept_connection(&url, &listener).await;
            // Without a pause, the driver of tokio has not seen them before the next request.
            assert_eq!(stream.try_write(unsolicited).unwrap(), unsolicited.len());
            if is_seen {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let (address, body) = (Address::new(&url).unwrap(), Bytes::from_static(b"{}"));
            let request = PostRequest { address: &address, headers: &HeaderMap::new, body: body.clone() };
            let pieces = [ANSWERS[5].as_bytes().to_vec()];
            let (sent, _) = tokio::join!(
                server.send(&request, None),
                answer(&listener, body, &pieces, After::Wait, SHORTEST)
            );
            assert_eq!(sent.unwrap().status, 204, "{unsolicited:?}, seen: {is_seen}");
        }
    }
}

#[tokio::test]
async fn closed_or_reset_connection_is_replaced() {
    for is_reset in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let (server, stream) = kept_connection(&url, &listener).await;
        if is_reset {
            stream.set_zero_linger().unwrap();
        }
        drop(stream);
        let (address, body) = (Address::new(&url).unwrap(), Bytes::from_static(b"{}"));
        let request = PostRequest { address: &address, headers: &HeaderMap::new, body: body.clone() };
        let pieces = [ANSWERS[5].as_bytes().to_vec()];
        let (sent, _) = tokio::join!(
            server.send(&request, None),
            answer(&listener, body, &pieces, After::Wait, SHORTEST)
        );
        assert_eq!(sent.unwrap().status, 204, "reset: {is_reset}");
    }
}
