//! Ports on which nothing listens, or no longer.

use std::net::TcpListener;

use tokio::net::TcpSocket;

/// A port that stays ours although nothing listens on it: connections are refused, and neither
/// another test nor the system's own choice of ports can take it. A server may listen on it.
pub(crate) struct ReservedPort {
    pub(crate) port: u16,
    _socket: Option<TcpSocket>,
}

impl ReservedPort {
    pub(crate) fn new() -> Self {
        if cfg!(windows) {
            // There a bound port cannot be listened on by somebody else.
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            return Self { port: listener.local_addr().unwrap().port(), _socket: None };
        }
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = socket.local_addr().unwrap().port();
        Self { port, _socket: Some(socket) }
    }

    /// The address to forward to.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/webhook", self.port)
    }
}

/// A port on which nothing listens, and which no other test is given for as long as the tests run.
pub(crate) fn closed_port() -> u16 {
    let reserved = ReservedPort::new();
    let port = reserved.port;
    std::mem::forget(reserved);
    port
}

/// Refuses connections from now on. To drop the socket is not enough: another test may be starting a process at
/// this moment, which has a copy of the socket until it runs its program, and the system would accept
/// connections that nobody serves.
pub(crate) fn stop_listening(listener: &TcpListener) {
    #[cfg(unix)]
    {
        let socket = std::os::fd::OwnedFd::from(listener.try_clone().unwrap());
        // Other systems than Linux refuse this on a socket that listens; there, dropping it has to do.
        let _ = std::net::TcpStream::from(socket).shutdown(std::net::Shutdown::Both);
    }
}
