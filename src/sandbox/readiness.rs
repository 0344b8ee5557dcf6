//! Whether the sandbox can serve: what must run, and what must not.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The part of it that other modules report.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    is_delivering: AtomicBool,
    /// How many operations on the whole state are in progress.
    operations: AtomicUsize,
}

impl Readiness {
    /// Marks the dispatcher as running until the guard is dropped, also if it panics.
    pub(crate) fn delivering(&self) -> DeliveringGuard<'_> {
        self.is_delivering.store(true, Ordering::SeqCst);
        DeliveringGuard(self)
    }

    /// Marks an operation on the whole state as in progress until the guard is dropped.
    pub(crate) fn operation(&self) -> OperationGuard<'_> {
        self.operations.fetch_add(1, Ordering::SeqCst);
        OperationGuard(self)
    }

    /// Why the sandbox cannot serve now.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.operations.load(Ordering::SeqCst) > 0 {
            return Some("its state is being replaced or read as a whole");
        }
        let is_delivering = self.is_delivering.load(Ordering::SeqCst);
        (!is_delivering).then_some("webhook deliveries do not run")
    }
}

/// See [`Readiness::delivering`].
#[derive(Debug)]
pub(crate) struct DeliveringGuard<'r>(&'r Readiness);

impl Drop for DeliveringGuard<'_> {
    fn drop(&mut self) {
        self.0.is_delivering.store(false, Ordering::SeqCst);
    }
}

/// See [`Readiness::operation`].
#[derive(Debug)]
pub(crate) struct OperationGuard<'r>(&'r Readiness);

impl Drop for OperationGuard<'_> {
    fn drop(&mut self) {
        self.0.operations.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_follows_its_guards() {
        let readiness = Readiness::default();
        assert!(readiness.problem().is_some());
        let delivering = readiness.delivering();
        assert_eq!(readiness.problem(), None);
        let operations = [readiness.operation(), readiness.operation()];
        assert!(readiness.problem().is_some_and(|problem| problem.contains("state")));
        drop(operations);
        assert_eq!(readiness.problem(), None);
        drop(delivering);
        assert!(readiness.problem().is_some_and(|problem| problem.contains("deliveries")));
    }
}
