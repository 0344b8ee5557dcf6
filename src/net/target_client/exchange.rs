//! Sends one request over an HTTP/1.1 connection, which is kept alive for the next delivery.

use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use reqwest::Url;
use tokio::time::timeout;

use super::connect::Connector;
use super::pool::{Connection, Pool};
use super::response::{BodyEnd, PostError, TargetResponse};
use super::stream::detect_protocol;
use super::timing::{RequestTimer, RequestTimings, ResponseTimes, TimerState};
use super::tls::tls_error;
use crate::net::error_chain::ErrorChain;
use crate::net::failure_cause::FailureCause;

/// Bytes of a body that are read, so that the connection can be reused. A longer body is truncated.
pub(crate) const MAX_ANSWER: usize = 64 * 1024;
/// For the look-up, for each address, and for TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A body without data for this long counts as endless.
const STALLED_BODY: Duration = Duration::from_secs(2);
/// For the whole body. The status has already decided the attempt, so a slow body must not delay the next event.
const LONGEST_BODY: Duration = Duration::from_secs(4);
/// For the TLS handshake with a server that closed a plain connection.
const TLS_PROBE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct TargetServer {
    connector: Connector,
    plain: bool,
    idle: Pool,
    connections: AtomicU64,
    timings: Mutex<RequestTimings>,
    /// Whether the server speaks TLS, probed after it closed a plain connection. `false` is cached; `true` is probed
    /// each time, because another server may have replaced it.
    speaks_tls: tokio::sync::Mutex<Option<bool>>,
}

/// Why a request got no response.
enum ExchangeError {
    /// The connection was closed before the request was written.
    NotSent,
    /// The connection was closed before the first byte of a response.
    Closed(FailureCause),
    Other(PostError),
}

impl TargetServer {
    pub(super) fn new(connector: Connector, url: &Url) -> Self {
        Self {
            connector,
            plain: url.scheme() == "http",
            idle: Pool::default(),
            connections: AtomicU64::new(0),
            timings: Mutex::default(),
            speaks_tls: tokio::sync::Mutex::default(),
        }
    }

    /// `request` is called again for each time that the request is sent, because a copy in case of a second time would
    /// cost every delivery a quarter of its allocations.
    pub(super) async fn send(
        &self,
        request: &(dyn Fn() -> Request<Full<Bytes>> + Sync),
        limit: Option<Duration>,
    ) -> Result<TargetResponse, PostError> {
        while let Some(kept) = self.idle.take().await {
            // The server may have closed the idle connection just before it received the request, so the request is
            // sent again over a new connection, as curl does. The id of the event makes that safe.
            match self.exchange(kept, request(), limit).await {
                Ok(answer) => return Ok(answer),
                Err(ExchangeError::NotSent) => {}
                Err(ExchangeError::Closed(_)) => break,
                Err(ExchangeError::Other(error)) => return Err(error),
            }
        }
        let fresh = self.connect(limit).await?;
        let first_bytes = fresh.first_bytes.clone();
        match self.exchange(fresh, request(), limit).await {
            Ok(answer) => Ok(answer),
            Err(ExchangeError::Other(error)) => Err(error),
            // The server sent data before the request, or closed the connection immediately.
            Err(ExchangeError::NotSent) => match first_bytes.bytes().as_slice() {
                [] => Err(self.diagnose_close(FailureCause::Closed).await),
                start => Err(detect_protocol(start).unwrap_or(FailureCause::NotHttp).into()),
            },
            Err(ExchangeError::Closed(cause)) => Err(self.diagnose_close(cause).await),
        }
    }

    /// A server that closes a plain http connection often speaks TLS.
    async fn diagnose_close(&self, cause: FailureCause) -> PostError {
        if !self.plain {
            return cause.into();
        }
        // Requests that fail meanwhile wait for the result of this probe.
        let mut known = self.speaks_tls.lock().await;
        if *known != Some(false) {
            *known = Some(self.connector.speaks_tls(TLS_PROBE).await);
        }
        if *known == Some(true) { FailureCause::SpeaksHttps.into() } else { cause.into() }
    }

    /// Closes all but `most` idle connections.
    pub(super) fn keep_idle(&self, most: usize) {
        self.idle.keep_at_most(most);
    }

    pub(super) fn has_requests(&self) -> bool {
        self.timings.lock().unwrap_or_else(PoisonError::into_inner).has_any()
    }

    fn is_any_starving(&self) -> bool {
        self.timings.lock().unwrap_or_else(PoisonError::into_inner).is_any_starving()
    }

    async fn connect(&self, limit: Option<Duration>) -> Result<Connection, PostError> {
        let limit = limit.unwrap_or(CONNECT_TIMEOUT).min(CONNECT_TIMEOUT);
        let stream = self.connector.connect(limit).await?;
        let first_bytes = stream.first_bytes();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| FailureCause::Closed)?;
        // Ends when its sender is dropped. Its errors are reported by the requests.
        tokio::spawn(connection);
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        Ok(Connection { number, fresh: true, sender, first_bytes, idle_since: Instant::now() })
    }

    /// Sends one request on `connection`. `limit` bounds the time of the handler, see [`RequestTimings`].
    async fn exchange(
        &self,
        mut connection: Connection,
        request: Request<Full<Bytes>>,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, ExchangeError> {
        let mut timer = RequestTimer::start(&self.timings, connection.number, connection.fresh);
        let sent = {
            let mut sending = pin!(connection.sender.try_send_request(request));
            loop {
                let wake = timer.wake_at(limit);
                tokio::select! {
                    biased;
                    sent = &mut sending => break sent,
                    () = until(wake) => match timer.due(limit) {
                        TimerState::Wait => {}
                        // The server may be waiting for a request on one of them.
                        TimerState::Starving => self.idle.keep_at_most(0),
                        TimerState::TimedOut => {
                            let after = limit.unwrap_or_default();
                            return Err(ExchangeError::Other(PostError::TimedOut { after }));
                        }
                    },
                }
            }
        };
        match sent {
            Ok(response) => {
                let times = timer.answered();
                connection.fresh = false;
                let left = limit.map(|limit| limit.saturating_sub(times.handler));
                Ok(self.answer(connection, response, times, left).await)
            }
            Err(mut error) => Err(match error.take_message() {
                Some(_) => ExchangeError::NotSent,
                None => exchange_error(&error.into_error(), &connection.first_bytes.bytes()),
            }),
        }
    }

    /// Reads the response and keeps the connection if it can be reused. An incomplete or endless body is not an error,
    /// because the status decides the attempt.
    async fn answer(
        &self,
        connection: Connection,
        response: Response<Incoming>,
        times: ResponseTimes,
        left: Option<Duration>,
    ) -> TargetResponse {
        let (head, incoming) = response.into_parts();
        let (body, end) = read(incoming, left).await;
        if end == BodyEnd::Complete && !connection.sender.is_closed() {
            // An idle connection could prevent another one from being accepted.
            if !self.is_any_starving() {
                self.idle.put(connection);
            }
        }
        let ResponseTimes { handler: handler_time, round_trip, starved } = times;
        TargetResponse {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
            end,
            handler_time,
            round_trip,
            starved,
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// Reads a body until its end, the size limit, the end of `left`, or a pause of [`STALLED_BODY`].
async fn read(mut incoming: Incoming, left: Option<Duration>) -> (Bytes, BodyEnd) {
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
