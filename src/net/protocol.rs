//! Detects the protocol of a port that did not answer plain http with HTTP/1.1. The HTTP client discards bytes that it
//! cannot parse, and most TLS servers close such a connection without an answer, so this sends a second request,
//! without a key.

use std::time::Duration;

use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::error_chain::no_response;
use super::failure_cause::FailureCause;
use super::target_client::{detect_protocol, tls_config};
use super::{BaseUrl, proxy_for};

/// Short, because this only explains an error.
const LIMIT: Duration = Duration::from_secs(2);
/// The size of an HTTP/2 frame header.
const ENOUGH: u64 = 9;

/// Why `base` did not answer with HTTP/1.1; `None` when `error` has another reason, or when the protocol is not
/// recognised.
pub(crate) async fn probe_protocol(error: &reqwest::Error, base: &BaseUrl) -> Option<FailureCause> {
    match no_response(error)?.cause {
        FailureCause::NotHttp | FailureCause::Closed | FailureCause::Reset if can_probe(base) => {}
        _ => return None,
    }
    let request = format!("GET / HTTP/1.1\r\nHost: {}:{}\r\n\r\n", base.host(), base.port());
    let found = detect_protocol(&opening(base, request.as_bytes()).await?);
    match found.filter(|cause| matches!(cause, FailureCause::SpeaksHttps | FailureCause::SpeaksHttp2)) {
        None if speaks_tls(base).await => Some(FailureCause::SpeaksHttps),
        found => found,
    }
}

/// Whether the port of a plain http address speaks TLS.
pub(crate) async fn speaks_tls(base: &BaseUrl) -> bool {
    let Some(hello) = client_hello(base).filter(|_| can_probe(base)) else { return false };
    let opening = opening(base, &hello).await;
    opening.and_then(|bytes| detect_protocol(&bytes)) == Some(FailureCause::SpeaksHttps)
}

/// Behind a proxy, the proxy would answer instead of the server.
fn can_probe(base: &BaseUrl) -> bool {
    !base.is_https() && proxy_for(base).is_none()
}

/// The first bytes of the answer to `request`; `None` when there is no connection.
async fn opening(base: &BaseUrl, request: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let ask = async {
        let mut stream = TcpStream::connect((host(base), base.port())).await.ok()?;
        stream.write_all(request).await.ok()?;
        // A connection that is reset after some bytes is still useful.
        let _ = stream.take(ENOUGH).read_to_end(&mut bytes).await;
        Some(())
    };
    timeout(LIMIT, ask).await.unwrap_or(Some(()))?;
    Some(bytes)
}

/// The first message of a TLS client. No certificate is verified, because nothing else is sent.
fn client_hello(base: &BaseUrl) -> Option<Vec<u8>> {
    let name = ServerName::try_from(host(base).to_owned()).ok()?;
    let mut connection = ClientConnection::new(tls_config(true).ok()?, name).ok()?;
    let mut hello = Vec::new();
    connection.write_tls(&mut hello).ok()?;
    Some(hello)
}

fn host(base: &BaseUrl) -> &str {
    base.host().trim_start_matches('[').trim_end_matches(']')
}
