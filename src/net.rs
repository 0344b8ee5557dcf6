//! The network: the only place where an HTTP client is built, and where connections are served.
//!
//! There are two kinds of client and they never mix. The client for cStar carries the API key, honours proxy
//! variables and checks certificates. The client for local targets never carries the key, never uses
//! a proxy and never follows a redirect.

mod base_url;
pub(crate) mod cause;
mod credentials;
mod cstar;
pub(crate) mod error_chain;
mod hosts;
mod local;
mod look_alike;
pub(crate) mod probe;
mod retry_after;
mod route;
mod server;
mod spoken;
mod trust;
mod tunnel;

pub(crate) use base_url::{BaseUrl, BaseUrlError, is_loopback};
pub(crate) use cause::{Cause, NoAnswer};
pub(crate) use credentials::without_credentials;
pub(crate) use cstar::{cstar_client, cstar_client_within};
pub(crate) use hosts::{AllowedHost, is_allowed_host, is_loopback_host};
pub(crate) use local::{Answer, BodyEnd, Endpoint, LocalClient, LocalOptions, PostError};
pub(crate) use look_alike::{as_shown, resembles_cstar};
pub(crate) use retry_after::retry_after;
pub(crate) use route::{
    EXCEPTIONS, Exceptions, ProxyProblem, ProxyServer, is_proxy_address, proxy_for, proxy_problem,
};
pub(crate) use server::{accept, connection};
pub(crate) use spoken::{speaks_tls, spoken_instead};
pub(crate) use trust::{Trust, TrustError};
pub(crate) use tunnel::{ProxyRefusal, proxy_refusal};

/// A client could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    /// The TLS set-up of the machine is broken.
    #[error("set up the network client: {0}")]
    Tls(String),
    #[error("use the proxy variables: {0}")]
    Proxy(#[from] ProxyProblem),
}

impl From<reqwest::Error> for SetupError {
    fn from(error: reqwest::Error) -> Self {
        Self::Tls(error.to_string())
    }
}

impl From<rustls::Error> for SetupError {
    fn from(error: rustls::Error) -> Self {
        Self::Tls(error.to_string())
    }
}

/// rustls needs to know which cryptography to use; without it the first client panics.
fn install_crypto() {
    // An error only says that it was installed before, which is what we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// `text` up to `most` characters, with an ellipsis if there were more: what a peer names is bounded where it
/// is read.
pub(crate) fn cut(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// The certificate authorities that browsers trust, for machines without a store of their own.
fn bundled_roots() -> Vec<reqwest::Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| reqwest::Certificate::from_der(der.as_ref()).ok())
        .collect()
}
