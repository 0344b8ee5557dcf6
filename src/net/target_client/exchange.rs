//! Sends one request over an HTTP/1.1 connection, which is kept alive for the next delivery.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Url;

use super::connect::Connector;
use super::direct;
use super::hyper_link::{HyperLink, read_body};
use super::pool::{Connection, Link, Pool};
use super::request::PostRequest;
use super::response::{Answer, BodyEnd, ExchangeError, PostError, TargetResponse};
use super::stream::{Stream, Transport, detect_protocol};
use super::timing::{RequestTimer, RequestTimings, TimerState};
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
    timings: Mutex<RequestTimings>,
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
            timings: Mutex::default(),
            speaks_tls: tokio::sync::Mutex::default(),
        }
    }

    pub(super) async fn send(
        &self,
        request: &PostRequest<'_>,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, PostError> {
        while let Some(kept) = self.idle.take().await {
            // The server may have closed the idle connection just before it received the request, so the request is
            // sent again over a new connection, as curl does. The id of the event makes that safe.
            match self.exchange(kept, request, limit).await {
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
        self.timings.lock().unwrap_or_else(PoisonError::into_inner).has_any()
    }

    fn is_any_starving(&self) -> bool {
        self.timings.lock().unwrap_or_else(PoisonError::into_inner).is_any_starving()
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

    /// Sends one request on `connection`. `limit` bounds the time of the handler, see [`RequestTimings`].
    async fn exchange(
        &self,
        connection: Connection,
        request: &PostRequest<'_>,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, ExchangeError> {
        let Connection { number, fresh, link, .. } = connection;
        let mut timer = RequestTimer::start(&self.timings, number, fresh);
        let link = match link {
            Link::Hyper(link) => link,
            Link::Direct(mut stream) => {
                let progress = match direct::write(&stream, request) {
                    Err(progress) => progress,
                    Ok(written) => {
                        let read = direct::read(&mut stream, written);
                        match self.until_due(read, &mut timer, limit).await? {
                            Ok(answer) => {
                                let times = timer.answered();
                                self.keep(number, Link::Direct(stream));
                                return Ok(TargetResponse::new(answer, BodyEnd::Complete, times));
                            }
                            Err(progress) => progress,
                        }
                    }
                };
                let opened = HyperLink::take_over(stream, progress).await;
                opened.map_err(|cause| ExchangeError::Other(cause.into()))?
            }
        };
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
        let response = self.until_due(link.send(request.to_hyper()), &mut timer, limit).await??;
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
        timer: &mut RequestTimer<'_>,
        limit: Option<Duration>,
    ) -> Result<T, ExchangeError> {
        let mut work = pin!(work);
        loop {
            let wake = timer.wake_at(limit);
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
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
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
