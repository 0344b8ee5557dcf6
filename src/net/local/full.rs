//! The general client, for https and for addresses with credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Method, Request, Response, Url};

use super::{Answer, CONNECT_TIMEOUT, IDLE_CONNECTION, LocalOptions, MAX_ANSWER, PostError};
use crate::net::causes::{innermost, is_refused};
use crate::net::{SetupError, bundled_roots, install_crypto};

/// A client for each family of localhost; any other address takes the first.
#[derive(Clone, Debug)]
pub(super) struct FullClient {
    v4: reqwest::Client,
    v6: reqwest::Client,
    prefer_v6: Arc<AtomicBool>,
}

impl FullClient {
    pub(super) fn new(options: LocalOptions) -> Result<Self, SetupError> {
        install_crypto();
        Ok(Self {
            v4: build(options, Ipv4Addr::LOCALHOST.into())?,
            v6: build(options, Ipv6Addr::LOCALHOST.into())?,
            prefer_v6: Arc::default(),
        })
    }

    pub(super) async fn post(&self, url: &Url, headers: HeaderMap, body: Bytes) -> Result<Answer, PostError> {
        let mut request = Request::new(Method::POST, url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = Some(body.into());
        match self.send(request).await {
            Ok(response) => Ok(answer(response).await),
            Err(error) if is_refused(&error) => Err(PostError::Refused),
            Err(error) if error.is_builder() => Err(PostError::Impossible(reason(&error))),
            Err(error) => Err(PostError::Broken(reason(&error))),
        }
    }

    async fn send(&self, request: Request) -> Result<Response, reqwest::Error> {
        let localhost = request.url().host_str().is_some_and(|host| host.eq_ignore_ascii_case("localhost"));
        if !localhost {
            return self.v4.execute(request).await;
        }
        let prefer_v6 = self.prefer_v6.load(Ordering::Relaxed);
        let (first, second) = if prefer_v6 { (&self.v6, &self.v4) } else { (&self.v4, &self.v6) };
        let again = request.try_clone();
        match (first.execute(request).await, again) {
            // Nothing listens in the first family, so nothing was sent: the second may be tried.
            (Err(error), Some(again)) if is_refused(&error) => match second.execute(again).await {
                // Neither family listens, or ::1 does not exist here: the first error tells more.
                Err(second) if second.is_connect() => Err(error),
                answer => {
                    self.prefer_v6.store(!prefer_v6, Ordering::Relaxed);
                    answer
                }
            },
            (answer, _) => answer,
        }
    }
}

/// The status decides; a body that breaks off changes nothing.
async fn answer(mut response: Response) -> Answer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = BytesMut::new();
    let truncated = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = MAX_ANSWER - body.len();
                body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                if body.len() >= MAX_ANSWER {
                    break true;
                }
            }
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    Answer { status, headers, body: body.freeze(), truncated }
}

fn reason(error: &reqwest::Error) -> String {
    let cause = innermost(error);
    if error.is_connect() {
        format!("could not connect: {cause}")
    } else {
        format!("the connection broke: {cause}")
    }
}

fn build(options: LocalOptions, localhost: IpAddr) -> Result<reqwest::Client, SetupError> {
    if !options.https || options.insecure {
        return Ok(settings(options, localhost).tls_certs_only([]).build()?);
    }
    match settings(options, localhost).build() {
        Ok(client) => Ok(client),
        Err(_) => Ok(settings(options, localhost).tls_certs_only(bundled_roots()).build()?),
    }
}

fn settings(options: LocalOptions, localhost: IpAddr) -> reqwest::ClientBuilder {
    #[expect(clippy::disallowed_methods, reason = "the one place that builds clients for local targets")]
    let builder = reqwest::Client::builder();
    builder
        .no_proxy()
        .redirect(Policy::none())
        .tcp_nodelay(true)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_CONNECTION)
        // Port 0 stands for the port of the URL.
        .resolve_to_addrs("localhost", &[SocketAddr::new(localhost, 0)])
        .danger_accept_invalid_certs(options.insecure)
}
