//! Bounds on what clients can hold before their key is checked: connections, and the bodies of
//! requests in memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::ApiError;
use super::guard::IMPORT_LIMIT;

/// The most connections. Others wait to be accepted.
const MAX_CONNECTIONS: usize = 4_096;
/// File descriptors reserved for the state, deliveries and the terminal.
const OTHER_FILES: u64 = 128;
/// Bytes of bodies in memory, without a key and with one: a whole import fits.
const BUDGETS: (usize, usize) = (IMPORT_LIMIT, 2 * IMPORT_LIMIT);
/// Bytes per permit.
const UNIT: usize = 1024;
/// How long a request waits for others to finish.
const WAIT_TIMEOUT: Duration = Duration::from_secs(2);

/// The memory budget of request bodies.
#[derive(Clone, Debug)]
pub(crate) struct BodyBudget {
    without_key: Arc<Semaphore>,
    with_key: Arc<Semaphore>,
}

impl Default for BodyBudget {
    fn default() -> Self {
        let budget = |bytes: usize| Arc::new(Semaphore::new(bytes / UNIT));
        Self { without_key: budget(BUDGETS.0), with_key: budget(BUDGETS.1) }
    }
}

impl BodyBudget {
    /// Reserves memory for a body until the permit is dropped; `None` for an empty body. Clients
    /// without a key take nothing from those with one.
    pub(crate) async fn reserve(
        &self,
        bytes: usize,
        has_key: bool,
    ) -> Result<Option<OwnedSemaphorePermit>, ApiError> {
        if bytes == 0 {
            return Ok(None);
        }
        let budget = if has_key { &self.with_key } else { &self.without_key };
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let permit = tokio::time::timeout(WAIT_TIMEOUT, Arc::clone(budget).acquire_many_owned(units)).await;
        match permit {
            Ok(Ok(permit)) => Ok(Some(permit)),
            _ => Err(ApiError::too_busy()),
        }
    }
}

/// How many bytes of `body` are read at most.
pub(crate) fn size(body: &impl HttpBody, limit: usize) -> usize {
    let announced = body.size_hint().upper().and_then(|bytes| usize::try_from(bytes).ok());
    announced.unwrap_or(limit).min(limit)
}

/// The most connections: fewer than the process may open files.
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
    fn bodies_count_by_length_or_limit() {
        let endless = futures_util::stream::pending::<Result<&[u8], String>>();
        assert_eq!(size(&Body::from_stream(endless), 100), 100);
        assert_eq!(size(&Body::from("abc"), 100), 3);
        assert_eq!(size(&Body::from("abc"), 2), 2, "no more is read");
        assert_eq!(size(&Body::empty(), 100), 0);
    }

    #[tokio::test]
    async fn keyless_bodies_have_their_own_budget() {
        let budget = BodyBudget::default();
        assert!(budget.reserve(0, false).await.unwrap().is_none(), "an empty body takes nothing");
        let without = budget.reserve(IMPORT_LIMIT, false).await.unwrap();
        let with = (
            budget.reserve(IMPORT_LIMIT, true).await.unwrap(),
            budget.reserve(IMPORT_LIMIT, true).await.unwrap(),
        );
        let (one, other) = tokio::join!(budget.reserve(1, false), budget.reserve(1, true));
        assert_eq!((one.unwrap_err().code, other.unwrap_err().code), ("server_busy", "server_busy"));
        drop((without, with));
        assert!(budget.reserve(IMPORT_LIMIT, false).await.unwrap().is_some());
        assert!(budget.reserve(1, true).await.unwrap().is_some());
    }
}
