//! The client that delivers to the developer's own server: no proxy, no redirects, no key.
//!
//! It uses hyper's connections and rustls directly. reqwest was rejected: it takes twice the processor time, and hides
//! the cause of a failure.

mod address;
mod connect;
mod exchange;
mod pool;
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
use http::HeaderMap;
use reqwest::Url;
use rustls::ClientConfig;

use super::SetupError;
use address::Address;
use connect::Connector;
use exchange::TargetServer;
pub(crate) use response::{BodyEnd, PostError, TargetResponse};

/// What differs between local clients.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TargetOptions {
    /// Accept any certificate (`--insecure`).
    pub(crate) insecure: bool,
    /// Whether any target speaks https; without one the certificate store is not read.
    pub(crate) https: bool,
}

/// Makes endpoints.
#[derive(Clone, Debug)]
pub(crate) struct TargetClient {
    tls: Option<Arc<ClientConfig>>,
    /// By scheme, host and port. One server has one set of connections and timings, whatever is asked of it.
    servers: Arc<Mutex<HashMap<String, Weak<TargetServer>>>>,
}

/// One address to POST to. Endpoints of one client at the same server share its connections. `None` inside when
/// nothing can be sent there.
#[derive(Debug)]
pub(crate) struct Endpoint(Option<(Arc<TargetServer>, Address)>);

impl TargetClient {
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new(options: TargetOptions) -> Result<Self, SetupError> {
        let tls = options.https.then(|| tls::config(options.insecure)).transpose()?;
        Ok(Self { tls, servers: Arc::default() })
    }

    /// An endpoint at `url`.
    pub(crate) fn endpoint(&self, url: &Url) -> Endpoint {
        Endpoint(self.server(url).zip(Address::new(url)))
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
    /// POSTs `body`. `limit` bounds the connection, and then the time from the written request to the end of
    /// the answer; without one a server may take as long as it likes to begin its answer.
    ///
    /// # Errors
    /// When there is no answer, see [`PostError`].
    pub(crate) async fn post(
        &self,
        headers: HeaderMap,
        body: Bytes,
        limit: Option<Duration>,
    ) -> Result<TargetResponse, PostError> {
        match &self.0 {
            Some((server, address)) => server.send(address.request(headers, body), limit).await,
            None => Err(PostError::Unsendable("is no address that a request can be sent to".to_owned())),
        }
    }

    /// Whether requests were written that have no answer yet.
    pub(crate) fn has_requests(&self) -> bool {
        self.0.as_ref().is_some_and(|(server, _)| server.has_requests())
    }

    /// Closes all but `most` idle connections.
    pub(crate) fn keep_idle(&self, most: usize) {
        if let Some((server, _)) = &self.0 {
            server.keep_idle(most);
        }
    }
}

#[cfg(test)]
mod tests;
