//! Ports on which nothing listens, or no longer.

use std::net::TcpListener;

use tokio::net::TcpSocket;

/// A port that is kept although nothing listens on it: connections are refused, and neither another
/// test nor the system's choice of ports can use it. A server may listen on it.
pub(crate) struct ReservedPort {
    pub(crate) port: u16,
    _socket: Option<TcpSocket>,
}

impl ReservedPort {
    pub(crate) fn new() -> Self {
        if cfg!(windows) {
            // On Windows nothing else can listen on a bound port.
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

/// A port on which nothing listens, and which no other test gets while the tests run.
pub(crate) fn closed_port() -> u16 {
    let reserved = ReservedPort::new();
    let port = reserved.port;
    std::mem::forget(reserved);
    port
}

/// Refuses connections from now on. Dropping the socket is not enough: another test may be starting a process,
/// which has a copy of the socket until it runs its program, and the system would accept connections that
/// nothing handles.
pub(crate) fn stop_listening(listener: &TcpListener) {
    #[cfg(unix)]
    {
        let socket = std::os::fd::OwnedFd::from(listener.try_clone().unwrap());
        // Systems other than Linux refuse this for a listening socket; there, dropping it has to be enough.
        let _ = std::net::TcpStream::from(socket).shutdown(std::net::Shutdown::Both);
    }
    #[cfg(windows)]
    let _ = listener;
}
