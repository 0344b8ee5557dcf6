//! What a port speaks that was called with plain http and did not answer with HTTP/1.1. The client drops the bytes
//! that it cannot read, so the server is asked once more, without a key.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::cause::Cause;
use super::causes::no_answer;
use super::local::foreign;
use super::{BaseUrl, proxy_for};

/// A server that is there answers at once; this one is only asked to explain an error.
const LIMIT: Duration = Duration::from_secs(2);
/// The head of an HTTP/2 frame has nine bytes.
const ENOUGH: u64 = 9;

/// Why `base` answered with something that is not HTTP/1.1; `None` when that is not what `error` says, or when the
/// first bytes do not show it.
pub(crate) async fn spoken_instead(error: &reqwest::Error, base: &BaseUrl) -> Option<Cause> {
    let is_foreign = no_answer(error).is_some_and(|found| found.cause == Cause::NotHttp);
    // A proxy on the way would be asked in place of the server.
    if !is_foreign || base.is_https() || proxy_for(base).is_some() {
        return None;
    }
    let opening = timeout(LIMIT, opening(base)).await.ok()??;
    foreign(&opening).filter(|cause| matches!(cause, Cause::SpeaksHttps | Cause::SpeaksHttp2))
}

/// The first bytes of the answer to a request without a key.
async fn opening(base: &BaseUrl) -> Option<Vec<u8>> {
    let host = base.host().trim_start_matches('[').trim_end_matches(']');
    let mut stream = TcpStream::connect((host, base.port())).await.ok()?;
    let request = format!("GET / HTTP/1.1\r\nHost: {}:{}\r\n\r\n", base.host(), base.port());
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut bytes = Vec::new();
    // A connection that is reset after some bytes has still shown them.
    let _ = stream.take(ENOUGH).read_to_end(&mut bytes).await;
    Some(bytes)
}
