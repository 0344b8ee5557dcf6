//! The client that delivers to the developer's own server: no proxy, no redirects, no key.
//!
//! Plain http, which is nearly every delivery, goes straight over hyper's connections: half the
//! processor time of the general client. https and addresses with credentials take the general one.

mod full;
mod plain;

use bytes::Bytes;
use http::HeaderMap;
use reqwest::Url;

use super::SetupError;
use full::FullClient;

/// An answer's body is read this far, so that its connection can be used again; a longer one is cut.
const MAX_ANSWER: usize = 64 * 1024;
/// Shorter than the five seconds after which a Node server closes an idle connection, so that a
/// delivery is not sent into a connection that is being closed.
const IDLE_CONNECTION: std::time::Duration = std::time::Duration::from_secs(3);
const CONNECT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// What differs between local clients.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LocalOptions {
    /// Accept any certificate (`--insecure`).
    pub(crate) insecure: bool,
    /// Whether any target speaks https; without one the certificate store is not read.
    pub(crate) https: bool,
}

/// Makes endpoints.
#[derive(Debug)]
pub(crate) struct LocalClient {
    full: FullClient,
}

/// One address to POST to, with its own connections.
#[derive(Debug)]
pub(crate) struct Endpoint(Kind);

#[derive(Debug)]
enum Kind {
    Plain(plain::Plain),
    Full(FullClient, Url),
}

/// What the server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// At most the first 64 KiB.
    pub(crate) body: Bytes,
    /// Whether there was more of it, or it broke off.
    pub(crate) truncated: bool,
}

/// Why there is no answer. Texts fit after "the request failed:".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PostError {
    /// Nothing listens there, so nothing was sent.
    #[error("refuses connections")]
    Refused,
    /// The connection could not be made, or broke; the request may have been received.
    #[error("{0}")]
    Broken(String),
    /// The request cannot be sent at all.
    #[error("{0}")]
    Impossible(String),
}

impl LocalClient {
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new(options: LocalOptions) -> Result<Self, SetupError> {
        Ok(Self { full: FullClient::new(options)? })
    }

    /// An endpoint at `url`.
    pub(crate) fn endpoint(&self, url: &Url) -> Endpoint {
        match plain::Plain::new(url) {
            Some(plain) => Endpoint(Kind::Plain(plain)),
            None => Endpoint(Kind::Full(self.full.clone(), url.clone())),
        }
    }
}

impl Endpoint {
    /// POSTs `body`. There is no time limit: the caller sets one.
    ///
    /// # Errors
    /// When there is no answer, see [`PostError`].
    pub(crate) async fn post(&self, headers: HeaderMap, body: Bytes) -> Result<Answer, PostError> {
        match &self.0 {
            Kind::Plain(plain) => plain.post(headers, body).await,
            Kind::Full(client, url) => client.post(url, headers, body).await,
        }
    }
}

#[cfg(test)]
mod tests;
