//! Accepts and serves HTTP connections, with a time limit for slow clients and a graceful shutdown.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// For the head of a request, and for idle connections.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The next client of either listener. Continues after a failed accept: the client has left, or the process is out of
/// file descriptors.
pub(crate) async fn accept(first: &TcpListener, second: Option<&TcpListener>) -> (TcpStream, SocketAddr) {
    loop {
        let accepted = match second {
            Some(second) => tokio::select! {
                accepted = first.accept() => accepted,
                accepted = second.accept() => accepted,
            },
            None => first.accept().await,
        };
        match accepted {
            Ok(accepted) => return accepted,
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// Serves one client until it disconnects. After `closing` is set, the current request is the last.
pub(crate) async fn serve_connection<S>(stream: TcpStream, service: S, mut closing: watch::Receiver<bool>)
where
    S: Service<Request<Incoming>, Response = Response<Body>>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // Avoids the delay of Nagle's algorithm. A failure is harmless.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    // An error means that the client disconnected or does not speak HTTP.
    tokio::select! {
        _ = &mut connection => return,
        _ = closing.wait_for(|closing| *closing) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
