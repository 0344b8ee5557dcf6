//! Limits the requests of one client that are in flight: a request holds a slot from when it is read until its
//! response is written. A client that does not read its responses is therefore not read either, instead of
//! filling the memory.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests of one client that are running or whose response is not written yet.
const REQUESTS: usize = 64;

#[derive(Clone, Debug)]
pub(super) struct RequestSlots(Arc<Semaphore>);

impl RequestSlots {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(REQUESTS)))
    }

    /// Waits for a slot. Cancel safe.
    pub(super) async fn acquire(&self) -> RequestSlot {
        let permit = Arc::clone(&self.0).acquire_owned().await.ok();
        RequestSlot { slots: self.clone(), permit: Arc::new(Mutex::new(permit)) }
    }
}

/// The slot of one request, released when the last clone is dropped.
#[derive(Clone, Debug)]
pub(super) struct RequestSlot {
    slots: RequestSlots,
    permit: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
}

impl RequestSlot {
    /// Releases the slot during `wait` and acquires one again for the response, so that long waits do not block
    /// other requests.
    pub(super) async fn release_during<T>(&self, wait: impl Future<Output = T>) -> T {
        drop(self.swap(None));
        let waited = wait.await;
        let permit = Arc::clone(&self.slots.0).acquire_owned().await.ok();
        drop(self.swap(permit));
        waited
    }

    fn swap(&self, permit: Option<OwnedSemaphorePermit>) -> Option<OwnedSemaphorePermit> {
        std::mem::replace(&mut *self.permit.lock().unwrap_or_else(PoisonError::into_inner), permit)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn slots_are_bounded_and_waits_need_none() {
        let slots = RequestSlots::new();
        let mut taken = Vec::new();
        for _ in 0..REQUESTS {
            taken.push(slots.acquire().await);
        }
        assert!(slots.acquire().now_or_never().is_none());
        let first = taken[0].clone();
        let next = first.release_during(async { slots.acquire().now_or_never() }).now_or_never();
        assert!(next.is_none(), "another task took the slot, so the wait continues");
        drop(taken);
        assert!(slots.acquire().now_or_never().is_some());
    }
}
