//! The sockets of the sandbox: bound to loopback by default, and quick to shut down.

pub(crate) mod document;
pub(crate) mod route;
pub(crate) mod router;
pub(crate) mod routes;
pub(crate) mod starting;
mod team_files;
pub(crate) mod team_handlers;
mod team_tasks;
pub(crate) mod teams;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::net;
use crate::sandbox::request_log::builder::Peer;
use crate::sandbox::server::router::router;
use crate::sandbox::server::team_tasks::SHUTDOWN_GRACE;
use crate::sandbox::server::teams::Teams;

/// How many clients may wait to be accepted, if the system allows it. A refused client retries only
/// after a second, so a burst of clients needs more than the usual 128.
const BACKLOG: u32 = 4_096;
/// How many ports to try until one is free in both address families.
const PORT_TRIES: usize = 16;

/// Where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BindAddress {
    /// 127.0.0.1, and \[::1\] if the machine has it; port 0 selects a free one.
    Loopback(u16),
    /// This address only.
    One(SocketAddr),
}

impl BindAddress {
    /// Whether other machines can connect.
    pub(crate) fn is_exposed(self) -> bool {
        matches!(self, Self::One(address) if !address.ip().is_loopback())
    }
}

impl std::fmt::Display for BindAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Loopback(port) => write!(f, "{}:{port}", Ipv4Addr::LOCALHOST),
            Self::One(address) => address.fmt(f),
        }
    }
}

/// A sandbox that is bound to its port but does not answer yet.
#[derive(Debug)]
pub(crate) struct Bound {
    first: TcpListener,
    /// The same port of \[::1\].
    second: Option<TcpListener>,
    address: SocketAddr,
}

impl Bound {
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Where clients on this machine find it: an origin without a path or a final slash.
    pub(crate) fn base_url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{address}")
    }
}

/// Fails if the port is in use or not allowed. A port that is in use on \[::1\] only counts as in use, because
/// `localhost` could resolve to it.
pub(crate) async fn bind(at: BindAddress) -> io::Result<Bound> {
    let port = match at {
        BindAddress::Loopback(port) => port,
        BindAddress::One(address) => {
            let first = listener(address.ip(), address.port())?;
            let address = first.local_addr()?;
            return Ok(Bound { first, second: None, address });
        }
    };
    let mut outcome = bind_both(port).await;
    for _ in 1..PORT_TRIES {
        let retry = port == 0 && matches!(&outcome, Err(e) if e.kind() == io::ErrorKind::AddrInUse);
        if !retry {
            break;
        }
        outcome = bind_both(port).await;
    }
    outcome
}

async fn bind_both(port: u16) -> io::Result<Bound> {
    let first = listener(Ipv4Addr::LOCALHOST, port)?;
    let address = first.local_addr()?;
    let second = match listener(Ipv6Addr::LOCALHOST, address.port()) {
        Ok(second) => Some(second),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
        Err(_) => None,
    };
    Ok(Bound { first, second, address })
}

fn listener(address: impl Into<IpAddr>, port: u16) -> io::Result<TcpListener> {
    let address = SocketAddr::new(address.into(), port);
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // connections of an earlier server may still be closing. On Windows this would share the port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves `teams` until `shutdown` completes. Then open streams end, and other requests have
/// a second to finish. `extra` has routes that are not the sandbox's: it neither checks nor logs their requests.
pub(crate) async fn serve(
    bound: Bound,
    teams: Teams,
    extra: Option<Router>,
    shutdown: impl Future<Output = ()> + Send,
) {
    let teams = Arc::new(teams);
    let state = teams.main().clone();
    let own = router(teams.clone());
    let service = match extra {
        Some(extra) => extra.fallback_service(own),
        None => own,
    };
    teams.run_all();
    // dropping a `JoinSet` cancels its tasks
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            (stream, peer) = net::accept(&bound.first, bound.second.as_ref()),
                if connections.len() < state.settings.connections => {
                connections.spawn(connection(stream, peer, service.clone(), state.closing()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(bound);
    teams.close();
    let ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(SHUTDOWN_GRACE, ended).await;
    teams.end().await;
}

/// Serves one connection. The request log needs the address of the client.
async fn connection(stream: TcpStream, peer: SocketAddr, service: Router, closing: watch::Receiver<bool>) {
    let service = TowerToHyperService::new(service);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        service.call(request)
    });
    net::serve_connection(stream, service, closing).await;
}
