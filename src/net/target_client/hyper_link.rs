//! A connection that hyper drives: all of https, and plain HTTP when the answer is not ordinary.

use std::io;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::handover::{HandedOver, Progress};
use super::response::{BodyEnd, ExchangeError};
use super::stream::{FirstBytes, Stream, Transport, detect_protocol};
use super::tls::tls_error;
use crate::net::error_chain::ErrorChain;
use crate::net::failure_cause::FailureCause;

/// Bytes of a body that are read, so that the connection can be reused. A longer body is truncated.
pub(crate) const MAX_ANSWER: usize = 64 * 1024;
/// A body without data for this long counts as endless.
const STALLED_BODY: Duration = Duration::from_secs(2);
/// For the whole body. The status has already decided the attempt, so a slow body must not delay the next event.
const LONGEST_BODY: Duration = Duration::from_secs(4);

#[derive(Debug)]
pub(super) struct HyperLink {
    sender: SendRequest<Full<Bytes>>,
    first_bytes: FirstBytes,
}

impl HyperLink {
    pub(super) async fn open(stream: Stream) -> Result<Self, FailureCause> {
        let first_bytes = stream.first_bytes();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| FailureCause::Closed)?;
        // Ends when its sender is dropped. Its errors are reported by the requests.
        tokio::spawn(connection);
        Ok(Self { sender, first_bytes })
    }

    /// Takes over a plain connection in the middle of an exchange.
    pub(super) async fn take_over(stream: TcpStream, progress: Progress) -> Result<Self, FailureCause> {
        Self::open(Stream::new(Transport::HandedOver(HandedOver::new(stream, progress)))).await
    }

    /// Whether an idle connection is still open. Prepares it for the next request.
    pub(super) async fn is_ready(&mut self) -> bool {
        let is_ready = self.sender.ready().await.is_ok();
        self.first_bytes.clear();
        is_ready
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Sends a request and reads the head of the response.
    pub(super) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, ExchangeError> {
        self.sender.try_send_request(request).await.map_err(|mut error| match error.take_message() {
            Some(_) => ExchangeError::NotSent { received: self.first_bytes.bytes() },
            None => exchange_error(&error.into_error(), &self.first_bytes.bytes()),
        })
    }
}

/// Reads a body until its end, the size limit, the end of `left`, or a pause of [`STALLED_BODY`].
pub(super) async fn read_body(mut incoming: Incoming, left: Option<Duration>) -> (Bytes, BodyEnd) {
    let mut body = BytesMut::new();
    let until = Instant::now() + left.unwrap_or(LONGEST_BODY).min(LONGEST_BODY);
    let end = loop {
        let wait = STALLED_BODY.min(until.saturating_duration_since(Instant::now()));
        match timeout(wait, incoming.frame()).await {
            Err(_) => break BodyEnd::TimedOut,
            Ok(None) => break BodyEnd::Complete,
            Ok(Some(Err(_))) => break BodyEnd::Interrupted,
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    let room = MAX_ANSWER - body.len();
                    body.extend_from_slice(data.get(..room).unwrap_or(&data));
                }
                if body.len() >= MAX_ANSWER {
                    break BodyEnd::Truncated;
                }
            }
        }
    };
    (body.freeze(), end)
}

/// Why a request got no response, from the first bytes of the response.
fn exchange_error(error: &hyper::Error, first_bytes: &[u8]) -> ExchangeError {
    let reset = ErrorChain(Some(error)).any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::ConnectionReset)
    });
    // A server that requires a client certificate sends its alert after the handshake, and reads no request.
    if tls_error(error).is_some() {
        return ExchangeError::Other(FailureCause::TlsRejected.into());
    }
    let cause = match first_bytes {
        [] if reset => return ExchangeError::Closed(FailureCause::Reset),
        [] => return ExchangeError::Closed(FailureCause::Closed),
        start => detect_protocol(start).unwrap_or(if error.is_parse() {
            FailureCause::BadHead
        } else {
            FailureCause::CutOff
        }),
    };
    ExchangeError::Other(cause.into())
}
