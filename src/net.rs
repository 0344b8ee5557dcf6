//! The network: the only place where an HTTP client is built, and where connections are served.
//!
//! There are two kinds of client and they never mix. The client for cStar carries the API key, honours proxy
//! variables and checks certificates. The client for local targets never carries the key, never uses
//! a proxy and never follows a redirect.

mod api_client;
mod base_url;
mod credentials;
pub(crate) mod error_chain;
pub(crate) mod failure_cause;
mod homograph;
mod hosts;
pub(crate) mod probe;
mod protocol;
mod proxy;
mod retry_after;
mod server;
mod target_client;
mod trust;
mod tunnel;

pub(crate) use api_client::{api_client, api_client_with_timeout};
pub(crate) use base_url::{BaseUrl, BaseUrlError, is_loopback};
pub(crate) use credentials::without_credentials;
pub(crate) use failure_cause::{FailureCause, NoResponse};
pub(crate) use homograph::{resembles_cstar, unicode_name};
pub(crate) use hosts::{AllowedHost, is_address_host, is_allowed_host, is_loopback_host};
pub(crate) use protocol::{probe_protocol, speaks_tls};
pub(crate) use proxy::{
    NO_PROXY_VARIABLES, NoProxyRules, ProxyError, ProxyServer, is_proxy_address, proxy_for, proxy_problem,
};
pub(crate) use retry_after::retry_after;
pub(crate) use server::{accept, serve_connection};
#[cfg(any(test, fuzzing))]
pub(crate) use target_client::target_answers;
pub(crate) use target_client::{
    BodyEnd, Endpoint, MAX_ANSWER, PostError, RequestHeaders, TargetClient, TargetOptions, TargetResponse,
};
pub(crate) use trust::{Trust, TrustError};
pub(crate) use tunnel::{ProxyRefusal, proxy_refusal};

/// Why a client could not be created.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    /// TLS cannot be set up on this machine.
    #[error("set up the network client: {0}")]
    Tls(String),
    #[error("use the proxy variables: {0}")]
    Proxy(#[from] ProxyError),
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

/// Selects the cryptography of rustls, without which the first client panics.
fn install_crypto() {
    // An error only means that it was installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Cuts `text` after `most` characters and adds an ellipsis. Texts of a peer are limited where they are read.
pub(crate) fn truncate_text(mut text: String, most: usize) -> String {
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
