//! Tests the layers of a connection one by one, first the name and then the port.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::host::io_error::io_message;

/// Why a host name has no address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LookupError {
    #[error("{0}")]
    Failed(String),
    #[error("it has no address")]
    NoAddress,
    #[error("no name server answered within {} s", .0.as_secs_f64())]
    Timeout(Duration),
}

/// Why no connection could be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("refuses connections")]
    Refused,
    #[error("{0}")]
    Failed(String),
    #[error("does not answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
}

/// Resolves `host`, a name or an address (IPv6 with or without brackets). `localhost` is always both loopback
/// addresses, as in the clients.
pub(crate) async fn resolve(host: &str, port: u16, limit: Duration) -> Result<Vec<SocketAddr>, LookupError> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if super::is_loopback_host(host) {
        let both: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        return Ok(both.map(|address| SocketAddr::new(address, port)).to_vec());
    }
    let (sender, found) = oneshot::channel();
    let name = host.to_owned();
    // Not a thread of the runtime: the system's resolver may take longer than the limit, and the runtime would wait
    // for its thread when it ends.
    std::thread::spawn(move || {
        let _ = sender.send((name.as_str(), port).to_socket_addrs().map(Vec::from_iter));
    });
    match timeout(limit, found).await {
        Ok(Ok(Ok(addresses))) if addresses.is_empty() => Err(LookupError::NoAddress),
        Ok(Ok(Ok(addresses))) => Ok(addresses),
        Ok(Ok(Err(error))) => Err(LookupError::Failed(io_message(&error))),
        Ok(Err(_)) => Err(LookupError::NoAddress),
        Err(_) => Err(LookupError::Timeout(limit)),
    }
}

/// Connects to all of `addresses` concurrently and returns the first that accepts. Sends nothing. Fails when none
/// accepts in time. The error is the first one that is not a refusal, if there is one.
pub(crate) async fn connect(addresses: &[SocketAddr], limit: Duration) -> Result<SocketAddr, ConnectError> {
    let mut tries: FuturesUnordered<_> = addresses
        .iter()
        .map(|address| async move {
            timeout(limit, TcpStream::connect(address)).await.map(|r| r.map(|_| *address))
        })
        .collect();
    let mut problems = Vec::new();
    while let Some(tried) = tries.next().await {
        match tried {
            Ok(Ok(address)) => return Ok(address),
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                problems.push(ConnectError::Refused);
            }
            Ok(Err(error)) => problems.push(ConnectError::Failed(error.to_string())),
            Err(_) => problems.push(ConnectError::Timeout(limit)),
        }
    }
    // A machine without IPv6 reports that one address is unreachable, which is not the real reason.
    let relevant = |problem: &ConnectError| match problem {
        ConnectError::Refused => 0,
        ConnectError::Timeout(_) => 1,
        ConnectError::Failed(_) => 2,
    };
    problems.sort_by_key(relevant);
    Err(problems.into_iter().next().unwrap_or(ConnectError::Failed("there is no address".to_owned())))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn localhost_needs_no_name_server() {
        let instant = Duration::from_nanos(1);
        let v6 = resolve("[::1]", 7, instant).await.unwrap();
        assert_eq!(v6, ["[::1]:7".parse().unwrap()]);
        assert_eq!(resolve("192.0.2.1", 7, instant).await.unwrap().len(), 1);
        assert_eq!(resolve("LocalHost", 7, instant).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn missing_name_is_an_error() {
        let problem = resolve("nothing-here.invalid", 7, SOON).await.unwrap_err();
        assert!(!problem.to_string().is_empty(), "{problem}");
    }

    #[tokio::test]
    async fn one_listening_address_is_enough() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let open = listener.local_addr().unwrap();
        let closed = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
        assert_eq!(connect(&[closed, open], SOON).await, Ok(open));
        assert_eq!(connect(&[closed], SOON).await, Err(ConnectError::Refused));
        assert!(connect(&[], SOON).await.is_err());
    }
}
