//! How many requests of one client are under way: a request has a slot from when it is read until its
//! answer is written. A client that does not read its answers is therefore not read any further, instead
//! of filling the memory.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests of one client that are under way or wait to be written.
const REQUESTS: usize = 64;

/// The slots of one client.
#[derive(Clone, Debug)]
pub(super) struct RequestSlots(Arc<Semaphore>);

impl RequestSlots {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(REQUESTS)))
    }

    /// Waits for a slot. May be dropped while it waits.
    pub(super) async fn acquire(&self) -> RequestSlot {
        let permit = Arc::clone(&self.0).acquire_owned().await.ok();
        RequestSlot { slots: self.clone(), permit: Arc::new(Mutex::new(permit)) }
    }
}

/// The slot of one request; it is given back when the last clone is dropped.
#[derive(Clone, Debug)]
pub(super) struct RequestSlot {
    slots: RequestSlots,
    permit: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
}

impl RequestSlot {
    /// Runs what only waits without a slot, and takes one again for the answer: a long wait does not keep
    /// others from being read.
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
    async fn places_are_bounded_and_a_wait_needs_none() {
        let slots = RequestSlots::new();
        let mut taken = Vec::new();
        for _ in 0..REQUESTS {
            taken.push(slots.acquire().await);
        }
        assert!(slots.acquire().now_or_never().is_none());
        let first = taken[0].clone();
        let next = first.release_during(async { slots.acquire().now_or_never() }).now_or_never();
        assert!(next.is_none(), "the slot was taken by another, so the wait goes on");
        drop(taken);
        assert!(slots.acquire().now_or_never().is_some());
    }
}
