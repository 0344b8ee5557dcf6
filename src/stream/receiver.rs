//! Receives the deliveries of a webhook: the other source of events, for a cStar whose stream cannot be used.
//!
//! A request is answered with 200 only after the consumer has stored its event. Everything else that arrives is refused
//! before it can cost much: the address is public, so anybody can send anything. The module registers no webhook.

mod body;
mod delivery;
mod refusal;
mod request;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::frame::Session;
use super::subscription::StreamItem;
use crate::Secret;
use crate::host::clock::Clock;
use crate::host::limits::open_files;
use crate::net::{self, AllowedHost};
pub(crate) use delivery::WebhookDelivery;
pub(crate) use refusal::RefusedRequest;
use request::Handler;

/// The most connections; other clients wait. Idle ones end after ten seconds.
const MAX_CONNECTIONS: u64 = 1_024;
/// File descriptors for everything else.
const OTHER_FILES: u64 = 128;
/// Capacity of the channel to the consumer, in items.
const CHANNEL_CAPACITY: usize = 64;
/// How long requests may take to finish when the receiver stops.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

pub(crate) struct ReceiverConfig {
    pub(crate) listener: TcpListener,
    /// The host of the public address; requests to other hosts are refused.
    pub(crate) host: AllowedHost,
    pub(crate) webhook_id: String,
    /// Of the webhook.
    pub(crate) secret: Secret,
    /// The headers of API requests, to recognise the API key in an event.
    pub(crate) api_headers: HeaderMap,
    pub(crate) clock: Clock,
}

/// A running receiver. It ends when it is stopped or dropped.
#[derive(Debug)]
pub(crate) struct WebhookReceiver {
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl WebhookReceiver {
    /// Serves on the listener, and begins with [`StreamItem::Connected`]. Must be called within a tokio runtime.
    pub(crate) fn start(config: ReceiverConfig) -> (Self, mpsc::Receiver<StreamItem>) {
        let (items, receiver) = mpsc::channel(CHANNEL_CAPACITY);
        let (stop, stopped) = watch::channel(false);
        let session = Session { webhook_id: Some(config.webhook_id.clone()), ..Session::default() };
        // The channel is empty, so this succeeds.
        let _ = items.try_send(StreamItem::Connected(session));
        let ReceiverConfig { listener, host, webhook_id, secret, api_headers, clock } = config;
        let handler = Handler::new(items, host, (&webhook_id, &secret), api_headers, clock);
        let task = tokio::spawn(serve(listener, Arc::new(handler), stopped));
        (Self { stop, task: Some(task) }, receiver)
    }

    /// Accepts nothing more, and lets the requests in progress be answered.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

impl Drop for WebhookReceiver {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn serve(listener: TcpListener, handler: Arc<Handler>, mut stop: watch::Receiver<bool>) {
    let files = open_files().map_or(MAX_CONNECTIONS, |files| files.saturating_sub(OTHER_FILES));
    let most = usize::try_from(files.clamp(16, MAX_CONNECTIONS)).unwrap_or(16);
    let closing = stop.clone();
    let mut reports = tokio::time::interval(refusal::REPORT_INTERVAL);
    // Dropping the set aborts the remaining connections.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            (stream, _) = net::accept(&listener, None), if connections.len() < most => {
                let handler = Arc::clone(&handler);
                let service = service_fn(move |request: Request<Incoming>| {
                    let handler = Arc::clone(&handler);
                    async move { Ok::<Response<Body>, Infallible>(handler.answer(request).await) }
                });
                connections.spawn(net::serve_connection(stream, service, closing.clone()));
            }
            Some(_) = connections.join_next() => {}
            _ = reports.tick() => handler.report_hidden(),
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(SHUTDOWN_GRACE, ended).await;
}
