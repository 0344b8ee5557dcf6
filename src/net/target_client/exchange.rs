//! Sends one request over an HTTP/1.1 connection, which is kept alive for the next delivery.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use reqwest::Url;
use tokio::net::TcpStream;

use super::connect::Connector;
use super::direct;
use super::handover::Progress;
use super::hyper_link::{HyperLink, read_body};
use super::pool::{Connection, Link, Pool};
use super::request::PostRequest;
use super::response::{Answer, BodyEnd, ExchangeError, PostError, TargetResponse};
use super::stream::{Stream, Transport, detect_protocol};
use super::timing::{RequestTimer, TimerState, Timings};
use crate::net::failure_cause::FailureCause;

/// For the look-up, for each address, and for TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For the TLS handshake with a server that closed a plain connection.
const TLS_PROBE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct TargetServer {
    connector: Connector,
    plain: bool,
    idle: Pool,
    connections: AtomicU64,
    timings: Arc<Timings>,
    /// Whether the server speaks TLS, probed after it closed a plain connection. `false` is cached; `true` is probed
    /// each time, because another server may have replaced it.
    speaks_tls: tokio::sync::Mutex<Option<bool>>,
}

impl TargetServer {
    pub(super) fn new(connector: Connector, url: &Url) -> Self {
        Self {
            connector,
            plain: url.scheme() == "http",
            idle: Pool::default(),
            connections: AtomicU64::new(0),
            timings: Arc::default(),
            speaks_tls: tokio::sync::Mutex::default(),
        }
    }

    pub(super) async fn send(
        &self,
        request: &PostRequest<'_>,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, PostError> {
        let begun = match self.idle.take_direct() {
            Some((number, stream)) => {
                let timer = RequestTimer::start(&self.timings, number, false);
                match self.exchange_directly((number, stream), request, timer, limit).await? {
                    Ok(answer) => return Ok(answer),
                    Err(begun) => Some(begun),
                }
            }
            None => None,
        };
        // Boxed, so that the future of an ordinary exchange is small.
        Box::pin(self.send_or_connect(begun, request, limit)).await
    }

    /// Sends a request whose exchange may have begun on an idle connection.
    async fn send_or_connect(
        &self,
        mut begun: Option<Box<Begun<'_>>>,
        request: &PostRequest<'_>,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, PostError> {
        loop {
            let ended = match begun.take() {
                Some(begun) => self.hand_over(*begun, request, limit).await,
                None => match self.idle.take().await {
                    Some(kept) => self.exchange(kept, request, limit).await,
                    None => break,
                },
            };
            // The server may have closed the idle connection just before it received the request, so the request is
            // sent again over a new connection, as curl does. The id of the event makes that safe.
            match ended {
                Ok(answer) => return Ok(answer),
                Err(ExchangeError::NotSent { .. }) => {}
                Err(ExchangeError::Closed(_)) => break,
                Err(ExchangeError::Other(error)) => return Err(error),
            }
        }
        let fresh = self.connect(limit).await?;
        match self.exchange(fresh, request, limit).await {
            Ok(answer) => Ok(answer),
            Err(ExchangeError::Other(error)) => Err(error),
            // The server sent data before the request, or closed the connection immediately.
            Err(ExchangeError::NotSent { received }) => match received.as_slice() {
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
        self.timings.lock().has_any()
    }

    fn is_any_starving(&self) -> bool {
        self.timings.lock().is_any_starving()
    }

    async fn connect(&self, limit: Option<Duration>) -> Result<Connection, PostError> {
        let limit = limit.unwrap_or(CONNECT_TIMEOUT).min(CONNECT_TIMEOUT);
        let link = match self.connector.connect(limit).await? {
            Transport::Plain(stream) => Link::Direct(stream),
            transport => Link::Hyper(HyperLink::open(Stream::new(transport)).await?),
        };
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        Ok(Connection { number, fresh: true, link, idle_since: Instant::now() })
    }

    /// Sends one request on `connection`. `limit` bounds the time of the handler, see
    /// [`RequestTimings`](super::timing::RequestTimings).
    async fn exchange(
        &self,
        connection: Connection,
        request: &PostRequest<'_>,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, ExchangeError> {
        let Connection { number, fresh, link, .. } = connection;
        let timer = RequestTimer::start(&self.timings, number, fresh);
        let stream = match link {
            Link::Hyper(link) => {
                return self.exchange_with_hyper((number, link), request, timer, limit).await;
            }
            Link::Direct(stream) => stream,
        };
        match self.exchange_directly((number, stream), request, timer, limit).await? {
            Ok(answer) => Ok(answer),
            Err(begun) => self.hand_over(*begun, request, limit).await,
        }
    }

    /// One write and one read. If that is not enough, returns how far it came.
    async fn exchange_directly<'a>(
        &'a self,
        (number, mut stream): (u64, TcpStream),
        request: &PostRequest<'_>,
        mut timer: RequestTimer<'a>,
        limit: Option<Duration>,
    ) -> Result<Result<TargetResponse, Box<Begun<'a>>>, PostError> {
        let progress = match direct::write(&stream, request) {
            Err(progress) => progress,
            Ok(written) => {
                let read = direct::read(&mut stream, written);
                match self.until_due(read, &timer, limit).await? {
                    Ok(answer) => {
                        let times = timer.answered();
                        self.keep(number, Link::Direct(stream));
                        return Ok(Ok(TargetResponse::new(answer, BodyEnd::Complete, times)));
                    }
                    Err(progress) => progress,
                }
            }
        };
        Ok(Err(Box::new(Begun { number, stream, timer, progress })))
    }

    /// Lets hyper continue an exchange.
    async fn hand_over(
        &self,
        begun: Begun<'_>,
        request: &PostRequest<'_>,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, ExchangeError> {
        let Begun { number, stream, timer, progress } = begun;
        let opened = HyperLink::take_over(stream, progress).await;
        let link = opened.map_err(|cause| ExchangeError::Other(cause.into()))?;
        self.exchange_with_hyper((number, link), request, timer, limit).await
    }

    /// Reads the response and keeps the connection if it can be reused. An incomplete or endless body is not an error,
    /// because the status decides the attempt.
    async fn exchange_with_hyper(
        &self,
        (number, mut link): (u64, HyperLink),
        request: &PostRequest<'_>,
        mut timer: RequestTimer<'_>,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, ExchangeError> {
        let response = self.until_due(link.send(request.to_hyper()), &timer, limit).await??;
        let times = timer.answered();
        let left = limit.map(|limit| limit.saturating_sub(times.handler));
        let (head, incoming) = response.into_parts();
        let (body, end) = read_body(incoming, left).await;
        if end == BodyEnd::Complete && !link.is_closed() {
            self.keep(number, Link::Hyper(link));
        }
        let answer = Answer { status: head.status.as_u16(), headers: head.headers, body };
        Ok(TargetResponse::new(answer, end, times))
    }

    /// Keeps a connection for the next request.
    fn keep(&self, number: u64, link: Link) {
        // An idle connection could prevent another one from being accepted.
        if !self.is_any_starving() {
            self.idle.put(Connection { number, fresh: false, link, idle_since: Instant::now() });
        }
    }

    /// Waits for `work` until the server has had `limit` for the request of `timer`.
    async fn until_due<T>(
        &self,
        work: impl Future<Output = T>,
        timer: &RequestTimer<'_>,
        limit: Option<Duration>,
    ) -> Result<T, PostError> {
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            loop {
                match timer.poll(context, limit) {
                    TimerState::Wait => return Poll::Pending,
                    // The server may be waiting for a request on one of them.
                    TimerState::Starving => self.idle.keep_at_most(0),
                    TimerState::TimedOut => {
                        return Poll::Ready(Err(PostError::TimedOut { after: limit.unwrap_or_default() }));
                    }
                }
            }
        })
        .await
    }
}

/// An exchange that is not ordinary, which hyper continues.
struct Begun<'a> {
    number: u64,
    stream: TcpStream,
    timer: RequestTimer<'a>,
    progress: Progress,
}

#[cfg(test)]
mod tests;
