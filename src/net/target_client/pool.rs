//! The idle connections to one server, kept for the next request for a while.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::direct;
use super::hyper_link::HyperLink;

/// Node closes an idle connection after five seconds. This is shorter, so that no delivery is sent on a connection that
/// is being closed.
const IDLE_CONNECTION: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Connection {
    /// Newer connections have higher numbers.
    pub(super) number: u64,
    /// There was no response on this connection yet.
    pub(super) fresh: bool,
    pub(super) link: Link,
    pub(super) idle_since: Instant,
}

#[derive(Debug)]
pub(super) enum Link {
    /// Plain HTTP whose answers were all ordinary.
    Direct(TcpStream),
    Hyper(HyperLink),
}

impl Link {
    /// Whether an idle connection can take a request.
    async fn is_ready(&mut self) -> bool {
        match self {
            Self::Direct(stream) => direct::is_idle(stream),
            Self::Hyper(link) => link.is_ready().await,
        }
    }

    fn is_closed(&self) -> bool {
        match self {
            Self::Direct(stream) => !direct::is_idle(stream),
            Self::Hyper(link) => link.is_closed(),
        }
    }
}

/// Idle connections. A task closes them, and not only the next request, because a server with one thread serves no
/// other client while one is open.
#[derive(Debug, Default)]
pub(super) struct Pool(Arc<Mutex<Idle>>);

#[derive(Debug, Default)]
struct Idle {
    connections: Vec<Connection>,
    /// Whether the task that closes idle connections is running.
    closing: bool,
}

impl Pool {
    /// The newest idle connection that is still open, if it needs no hyper.
    pub(super) fn take_direct(&self) -> Option<(u64, TcpStream)> {
        let mut idle = lock(&self.0);
        loop {
            let is_direct = |newest: &mut Connection| matches!(newest.link, Link::Direct(_));
            let kept = idle.connections.pop_if(is_direct)?;
            match kept.link {
                Link::Direct(stream)
                    if kept.idle_since.elapsed() < IDLE_CONNECTION && direct::is_idle(&stream) =>
                {
                    return Some((kept.number, stream));
                }
                _ => {}
            }
        }
    }

    /// An idle connection that is still open.
    pub(super) async fn take(&self) -> Option<Connection> {
        loop {
            let mut kept = lock(&self.0).connections.pop()?;
            if kept.idle_since.elapsed() < IDLE_CONNECTION && kept.link.is_ready().await {
                return Some(kept);
            }
        }
    }

    pub(super) fn put(&self, connection: Connection) {
        let mut idle = lock(&self.0);
        idle.connections.push(connection);
        if !std::mem::replace(&mut idle.closing, true) {
            tokio::spawn(close_unused(Arc::downgrade(&self.0)));
        }
    }

    /// Closes all but `most` idle connections. A server with one thread may be waiting for a request on one of them,
    /// and accepts no other connection meanwhile.
    pub(super) fn keep_at_most(&self, most: usize) {
        let mut idle = lock(&self.0);
        let surplus = idle.connections.len().saturating_sub(most);
        idle.connections.drain(..surplus);
    }
}

/// Closes connections that the server has closed, or that were idle for too long. Ends when there are none.
async fn close_unused(idle: Weak<Mutex<Idle>>) {
    loop {
        tokio::time::sleep(IDLE_CONNECTION / 4).await;
        let Some(idle) = idle.upgrade() else { return };
        let mut idle = lock(&idle);
        idle.connections.retain(|connection| {
            connection.idle_since.elapsed() < IDLE_CONNECTION && !connection.link.is_closed()
        });
        if idle.connections.is_empty() {
            idle.closing = false;
            return;
        }
    }
}

fn lock(idle: &Mutex<Idle>) -> MutexGuard<'_, Idle> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
