//! The serving side of a socket: one HTTP connection after the other, patient with slow clients for
//! a while, and ended in order.

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

/// How long a client may take to send a request's head; also how long an idle connection is kept.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The next client of either listener. A failed accept is a client that left, or a process out of
/// file descriptors; neither is a reason to stop.
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

/// Answers one client until it leaves, or until `closing` says that the request under way is its last.
pub(crate) async fn serve_connection<S>(stream: TcpStream, service: S, mut closing: watch::Receiver<bool>)
where
    S: Service<Request<Incoming>, Response = Response<Body>>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // small frames should leave at once; if this fails they are merely late
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    // an error here is the client's end of the line: it left, or it does not speak HTTP
    tokio::select! {
        _ = &mut connection => return,
        _ = closing.wait_for(|closing| *closing) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
