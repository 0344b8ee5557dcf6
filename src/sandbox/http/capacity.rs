//! Bounds on what clients hold without a key, or before it is looked at: connections, and the bodies of
//! requests in memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::ApiError;
use super::guard::IMPORT_LIMIT;

/// Connections at once. Others wait to be accepted.
const MAX_CONNECTIONS: usize = 4_096;
/// Files that are kept free for the state, deliveries and the terminal.
const OTHER_FILES: u64 = 128;
/// Bytes of bodies at once, without a key and with one: a whole import fits.
const ROOM: (usize, usize) = (IMPORT_LIMIT, 2 * IMPORT_LIMIT);
/// Bytes that a permit stands for.
const UNIT: usize = 1024;
/// How long a request waits until others have ended.
const PATIENCE: Duration = Duration::from_secs(2);

/// The room for bodies.
#[derive(Debug)]
pub(crate) struct BodyBudget {
    without_key: Arc<Semaphore>,
    with_key: Arc<Semaphore>,
}

impl Default for BodyBudget {
    fn default() -> Self {
        let room = |bytes: usize| Arc::new(Semaphore::new(bytes / UNIT));
        Self { without_key: room(ROOM.0), with_key: room(ROOM.1) }
    }
}

impl BodyBudget {
    /// Room for a body of this size, for as long as the permit lives; `None` for one without bytes. Clients
    /// without a key take nothing from those with one.
    ///
    /// # Errors
    /// When there is none for some time.
    pub(crate) async fn reserve(
        &self,
        bytes: usize,
        has_key: bool,
    ) -> Result<Option<OwnedSemaphorePermit>, ApiError> {
        if bytes == 0 {
            return Ok(None);
        }
        let room = if has_key { &self.with_key } else { &self.without_key };
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let permit = tokio::time::timeout(PATIENCE, Arc::clone(room).acquire_many_owned(units)).await;
        match permit {
            Ok(Ok(permit)) => Ok(Some(permit)),
            _ => Err(ApiError::too_busy()),
        }
    }
}

/// The most bytes that `body` can have when no more than `limit` are read.
pub(crate) fn size(body: &impl HttpBody, limit: usize) -> usize {
    let announced = body.size_hint().upper().and_then(|bytes| usize::try_from(bytes).ok());
    announced.unwrap_or(limit).min(limit)
}

/// Connections at once: fewer than the system gives files to this process.
pub(crate) fn most_connections() -> usize {
    let files = open_files().map_or(u64::MAX, |files| files.saturating_sub(OTHER_FILES));
    usize::try_from(files).unwrap_or(MAX_CONNECTIONS).clamp(16, MAX_CONNECTIONS)
}

#[cfg(unix)]
fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn bodies_count_as_announced_or_as_the_limit() {
        let endless = futures_util::stream::pending::<Result<&[u8], String>>();
        assert_eq!(size(&Body::from_stream(endless), 100), 100);
        assert_eq!(size(&Body::from("abc"), 100), 3);
        assert_eq!(size(&Body::from("abc"), 2), 2, "no more is read");
        assert_eq!(size(&Body::empty(), 100), 0);
    }

    #[tokio::test]
    async fn bodies_without_a_key_have_their_own_room() {
        let room = BodyBudget::default();
        assert!(room.reserve(0, false).await.unwrap().is_none(), "nothing takes no room");
        let without = room.reserve(IMPORT_LIMIT, false).await.unwrap();
        let with = (
            room.reserve(IMPORT_LIMIT, true).await.unwrap(),
            room.reserve(IMPORT_LIMIT, true).await.unwrap(),
        );
        let (one, other) = tokio::join!(room.reserve(1, false), room.reserve(1, true));
        assert_eq!((one.unwrap_err().code, other.unwrap_err().code), ("server_busy", "server_busy"));
        drop((without, with));
        assert!(room.reserve(IMPORT_LIMIT, false).await.unwrap().is_some());
        assert!(room.reserve(1, true).await.unwrap().is_some());
    }
}
