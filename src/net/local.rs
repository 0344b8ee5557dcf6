//! The client that delivers to the developer's own server.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Request, Response};

use super::{SetupError, bundled_roots, install_crypto};

/// Shorter than the five seconds after which a Node server closes an idle connection, so that a
/// delivery is not sent into a connection that is being closed.
const IDLE_CONNECTION: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What differs between local clients.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LocalOptions {
    /// Accept any certificate (`--insecure`).
    pub(crate) insecure: bool,
    /// Whether any target speaks https; without one the certificate store is not read.
    pub(crate) https: bool,
}

/// Sends requests to local targets: no proxy, no redirects, no key.
///
/// `localhost` means both 127.0.0.1 and ::1, whatever the hosts file says, because servers differ in
/// which one they listen on. The family that answered last is tried first.
#[derive(Debug)]
pub(crate) struct LocalClient {
    v4: reqwest::Client,
    v6: reqwest::Client,
    prefer_v6: AtomicBool,
}

impl LocalClient {
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new(options: LocalOptions) -> Result<Self, SetupError> {
        install_crypto();
        Ok(Self {
            v4: build(options, Ipv4Addr::LOCALHOST.into())?,
            v6: build(options, Ipv6Addr::LOCALHOST.into())?,
            prefer_v6: AtomicBool::new(false),
        })
    }

    /// Sends `request`, whose body must be in memory.
    ///
    /// # Errors
    /// As reqwest reports them; see [`is_refused`].
    pub(crate) async fn send(&self, request: Request) -> Result<Response, reqwest::Error> {
        let localhost = request.url().host_str().is_some_and(|host| host.eq_ignore_ascii_case("localhost"));
        if !localhost {
            return self.v4.execute(request).await;
        }
        let prefer_v6 = self.prefer_v6.load(Ordering::Relaxed);
        let (first, second) = if prefer_v6 { (&self.v6, &self.v4) } else { (&self.v4, &self.v6) };
        let again = request.try_clone();
        match (first.execute(request).await, again) {
            // Nothing listens in the first family, so nothing was sent: the second may be tried.
            (Err(error), Some(again)) if is_refused(&error) => {
                match second.execute(again).await {
                    // Neither family listens, or ::1 does not exist here: the first error tells more.
                    Err(second) if second.is_connect() => Err(error),
                    answer => {
                        self.prefer_v6.store(!prefer_v6, Ordering::Relaxed);
                        answer
                    }
                }
            }
            (answer, _) => answer,
        }
    }
}

/// Whether the connection was refused, which means that no server listens there.
pub(crate) fn is_refused(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<io::Error>()
            && io.kind() == io::ErrorKind::ConnectionRefused
        {
            return true;
        }
        cause = error.source();
    }
    false
}

fn build(options: LocalOptions, localhost: std::net::IpAddr) -> Result<reqwest::Client, SetupError> {
    if !options.https || options.insecure {
        return Ok(settings(options, localhost).tls_certs_only([]).build()?);
    }
    match settings(options, localhost).build() {
        Ok(client) => Ok(client),
        Err(_) => Ok(settings(options, localhost).tls_certs_only(bundled_roots()).build()?),
    }
}

fn settings(options: LocalOptions, localhost: std::net::IpAddr) -> reqwest::ClientBuilder {
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    async fn answer_once(listener: TcpListener) {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 1024];
        let _ = stream.read(&mut buffer).await.unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.unwrap();
    }

    fn post(port: u16) -> Request {
        Request::new(reqwest::Method::POST, format!("http://localhost:{port}/").parse().unwrap())
    }

    #[tokio::test]
    async fn localhost_reaches_a_server_in_either_family() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address).await else {
                assert!(address.starts_with('['), "127.0.0.1 must exist");
                continue;
            };
            let port = listener.local_addr().unwrap().port();
            let server = tokio::spawn(answer_once(listener));
            let client = LocalClient::new(LocalOptions::default()).unwrap();
            assert_eq!(client.send(post(port)).await.unwrap().status(), 204, "{address}");
            server.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_recognised() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let client = LocalClient::new(LocalOptions::default()).unwrap();
        assert!(is_refused(&client.send(post(port)).await.unwrap_err()));
    }
}
