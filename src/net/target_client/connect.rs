//! Connects to a target: resolves its name, tries the addresses in order, and negotiates TLS.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Url;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Host;

use super::stream::{Stream, Transport};
use super::tls;
use crate::host::io_error::io_message;
use crate::net::failure_cause::{FailureCause, NoResponse};
use crate::net::probe::{LookupError, resolve};

pub(super) struct Connector {
    address: Address,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

#[derive(Debug)]
enum Address {
    Known(SocketAddr),
    /// Both 127.0.0.1 and ::1 without a look-up, because servers differ in which one they listen on. The family of the
    /// last connection is tried first.
    Localhost {
        prefer_v6: AtomicBool,
    },
    /// Resolved for each connection, because a restarted container has a new address.
    Name(String),
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Connector").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Connector {
    /// `None` when `url` has no host or port, or is https and there is no `config`.
    pub(super) fn new(url: &Url, config: Option<&Arc<ClientConfig>>) -> Option<Self> {
        let port = url.port_or_known_default()?;
        let address = match url.host()? {
            Host::Domain(name) if crate::net::is_loopback_host(name) => {
                Address::Localhost { prefer_v6: AtomicBool::new(false) }
            }
            Host::Domain(name) => Address::Name(name.to_owned()),
            Host::Ipv4(address) => Address::Known((address, port).into()),
            Host::Ipv6(address) => Address::Known((address, port).into()),
        };
        let tls = match url.scheme() {
            "https" => Some((TlsConnector::from(Arc::clone(config?)), server_name(url)?)),
            _ => None,
        };
        Some(Self { address, port, tls })
    }

    /// A connection that is ready for a request. `limit` applies to each step.
    pub(super) async fn connect(&self, limit: Duration) -> Result<Transport, NoResponse> {
        let stream = self.tcp(limit).await?;
        // Avoids the delay of Nagle's algorithm. A failure is harmless.
        let _ = stream.set_nodelay(true);
        let Some((connector, name)) = &self.tls else { return Ok(Transport::Plain(stream)) };
        let stream = Stream::new(Transport::Plain(stream));
        let first_bytes = stream.first_bytes();
        match timeout(limit, connector.connect(name.clone(), stream)).await {
            Ok(Ok(stream)) => Ok(Transport::Tls(Box::new(stream))),
            Ok(Err(error)) => Err(tls::cause(&error, &first_bytes.bytes())),
            Err(_) => Err(FailureCause::TlsTimeout.into()),
        }
    }

    /// Whether a server that did not answer plain http answers a TLS handshake. An alert is an answer too.
    pub(super) async fn speaks_tls(&self, limit: Duration) -> bool {
        let Ok(config) = tls::config(true) else { return false };
        let Ok(name) = ServerName::try_from("localhost") else { return false };
        let Ok(stream) = self.tcp(limit).await else { return false };
        match timeout(limit, TlsConnector::from(config).connect(name, stream)).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                matches!(tls::cause(&error, b"").cause, FailureCause::TlsRejected | FailureCause::SpeaksHttp2)
            }
            Err(_) => false,
        }
    }

    async fn tcp(&self, limit: Duration) -> Result<TcpStream, NoResponse> {
        match &self.address {
            Address::Known(address) => Ok(first(&[*address], limit).await?.0),
            Address::Name(name) => {
                let found = resolve(name, self.port, limit).await.map_err(unresolved)?;
                Ok(first(&found, limit).await?.0)
            }
            Address::Localhost { prefer_v6 } => {
                let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
                let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, self.port));
                let order = if prefer_v6.load(Ordering::Relaxed) { [v6, v4] } else { [v4, v6] };
                let (stream, address) = first(&order, limit).await?;
                prefer_v6.store(address.is_ipv6(), Ordering::Relaxed);
                Ok(stream)
            }
        }
    }
}

fn server_name(url: &Url) -> Option<ServerName<'static>> {
    match url.host()? {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).ok(),
        Host::Ipv4(address) => Some(ServerName::IpAddress(std::net::IpAddr::from(address).into())),
        Host::Ipv6(address) => Some(ServerName::IpAddress(std::net::IpAddr::from(address).into())),
    }
}

fn unresolved(problem: LookupError) -> NoResponse {
    let detail = match problem {
        LookupError::Failed(text) => {
            // The prefix that Rust adds to the system's message.
            let system = text.strip_prefix("failed to lookup address information: ").map(str::to_owned);
            system.or(Some(text))
        }
        other => Some(other.to_string()),
    };
    NoResponse { cause: FailureCause::NameNotFound, detail }
}

/// Connects to the first address that accepts. If none does, a refusal is reported before other errors, because an
/// address family may not exist on this machine. A timeout of a loopback address comes first: a busy server listens
/// there.
async fn first(addresses: &[SocketAddr], limit: Duration) -> Result<(TcpStream, SocketAddr), NoResponse> {
    let mut failure = NoResponse::from(FailureCause::NameNotFound);
    let mut listens = false;
    for address in addresses {
        let result = match timeout(limit, TcpStream::connect(address)).await {
            Ok(result) => result,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        match result {
            Ok(stream) => return Ok((stream, *address)),
            Err(error) => {
                let other = unconnected(&error);
                let busy = other.cause == FailureCause::ConnectTimeout && address.ip().is_loopback();
                if busy || !listens && failure.cause != FailureCause::Refused {
                    failure = other;
                }
                listens |= busy;
            }
        }
    }
    Err(failure)
}

fn unconnected(error: &io::Error) -> NoResponse {
    match error.kind() {
        // A full accept queue can also cause a reset.
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => FailureCause::Refused.into(),
        io::ErrorKind::TimedOut => FailureCause::ConnectTimeout.into(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => FailureCause::NoRoute.into(),
        // No local port or descriptor left, blocked by a firewall, …: the system's message has the reason.
        _ => NoResponse { cause: FailureCause::LocalLimit, detail: Some(io_message(error)) },
    }
}
