//! The client that delivers to the developer's own server: no proxy, no redirects, no key.
//!
//! Uses hyper and rustls directly. reqwest was rejected, because it needs twice the processor time and hides the cause
//! of a failure. An ordinary exchange over plain HTTP does without hyper, see `direct`.

mod address;
mod connect;
mod direct;
mod exchange;
#[cfg(any(test, fuzzing))]
mod fuzz;
mod handover;
mod hyper_link;
mod ordinary_answer;
mod pool;
mod request;
mod response;
mod stream;
mod timing;
mod tls;

pub(super) use stream::detect_protocol;
pub(super) use tls::config as tls_config;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use reqwest::Url;
use rustls::ClientConfig;

use super::SetupError;
use address::Address;
use connect::Connector;
use exchange::TargetServer;
#[cfg(any(test, fuzzing))]
pub(crate) use fuzz::target_answers;
pub(crate) use hyper_link::MAX_ANSWER;
use request::PostRequest;
pub(crate) use request::RequestHeaders;
pub(crate) use response::{BodyEnd, PostError, TargetResponse};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TargetOptions {
    /// Accept any certificate (`--insecure`).
    pub(crate) insecure: bool,
    /// Whether any target is https; otherwise the certificate store is not read.
    pub(crate) https: bool,
}

/// Creates endpoints.
#[derive(Clone, Debug)]
pub(crate) struct TargetClient {
    tls: Option<Arc<ClientConfig>>,
    /// By scheme, host and port, so that all endpoints at a server share its connections and timings.
    servers: Arc<Mutex<HashMap<String, Weak<TargetServer>>>>,
}

/// A URL to POST to. Contains `None` if no request can be sent to the URL.
#[derive(Debug)]
pub(crate) struct Endpoint(Option<Box<(Arc<TargetServer>, Address)>>);

impl TargetClient {
    pub(crate) fn new(options: TargetOptions) -> Result<Self, SetupError> {
        let tls = options.https.then(|| tls::config(options.insecure)).transpose()?;
        Ok(Self { tls, servers: Arc::default() })
    }

    pub(crate) fn endpoint(&self, url: &Url) -> Endpoint {
        Endpoint(self.server(url).zip(Address::new(url)).map(Box::new))
    }

    fn server(&self, url: &Url) -> Option<Arc<TargetServer>> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = url.origin().ascii_serialization();
        if let Some(server) = servers.get(&origin).and_then(Weak::upgrade) {
            return Some(server);
        }
        let server = Arc::new(TargetServer::new(Connector::new(url, self.tls.as_ref())?, url));
        servers.retain(|_, server| server.strong_count() > 0);
        servers.insert(origin, Arc::downgrade(&server));
        Some(server)
    }
}

impl Endpoint {
    /// The same address for requests that are no deliveries, such as GET.
    pub(crate) fn with_method(self, method: Method) -> Self {
        Self(self.0.map(|at| Box::new((at.0, at.1.with_method(method)))))
    }

    /// POSTs `body`. `limit` bounds the time to connect, and then the time between the request and the end of the
    /// response. Without a limit, the time until the response begins is unlimited.
    pub(crate) async fn post(
        &self,
        headers: &dyn RequestHeaders,
        body: Bytes,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, PostError> {
        match self.0.as_deref() {
            Some((server, address)) => server.send(&PostRequest { address, headers, body }, limit).await,
            None => Err(PostError::Unsendable("is no address that a request can be sent to".to_owned())),
        }
    }

    pub(crate) fn has_requests(&self) -> bool {
        self.0.as_deref().is_some_and(|(server, _)| server.has_requests())
    }

    /// Closes all but `most` idle connections.
    pub(crate) fn keep_idle(&self, most: usize) {
        if let Some((server, _)) = self.0.as_deref() {
            server.keep_idle(most);
        }
    }
}

#[cfg(test)]
mod tests;
