//! How far the chaos of one delivery has come. Small, because every queued delivery has one.

use super::marks::{ChaosKind, ChaosMarks};

/// The default is a delivery to which nothing happens.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::forward) struct DeliveryChaos {
    /// What has not happened yet.
    pending: ChaosMarks,
    /// What has happened to the coming attempt before it starts.
    before: ChaosMarks,
    /// Attempts that chaos caused. They do not count as retries.
    spent: u8,
    /// Whether the delivery has waited for another one to swap with.
    has_waited: bool,
}

impl DeliveryChaos {
    pub(in crate::forward) fn new(decided: ChaosMarks) -> Self {
        Self { pending: decided, ..Self::default() }
    }

    /// What the coming attempt is, if it is not an ordinary one.
    pub(in crate::forward) fn step(self) -> Option<ChaosKind> {
        if self.before.has(ChaosKind::Duplicate) {
            return Some(ChaosKind::Duplicate);
        }
        let steps = [ChaosKind::Stale, ChaosKind::Tamper, ChaosKind::DropAnswer];
        steps.into_iter().find(|step| self.pending.has(*step))
    }

    /// What happens to the coming attempt.
    pub(in crate::forward) fn marks(self) -> ChaosMarks {
        self.before.with(self.step())
    }

    /// The same without a dropped answer, for an attempt that got none.
    pub(in crate::forward) fn marks_without_answer(self) -> ChaosMarks {
        self.before.with(self.step().filter(|step| *step != ChaosKind::DropAnswer))
    }

    /// The attempts that chaos caused so far.
    pub(in crate::forward) fn spent(self) -> u32 {
        self.spent.into()
    }

    /// Whether a success is followed by a duplicate.
    pub(in crate::forward) fn has_duplicate(self) -> bool {
        self.pending.has(ChaosKind::Duplicate)
    }

    /// After the attempt of `step`.
    pub(in crate::forward) fn after(mut self, step: ChaosKind) -> Self {
        self.pending.remove(step);
        Self { before: ChaosMarks::default(), spent: self.spent.saturating_add(1), ..self }
    }

    /// After an ordinary attempt.
    pub(in crate::forward) fn after_attempt(self) -> Self {
        Self { before: ChaosMarks::default(), ..self }
    }

    /// The coming attempt is the duplicate.
    pub(in crate::forward) fn duplicate(self) -> Self {
        let mut state = self.after(ChaosKind::Duplicate);
        state.before.insert(ChaosKind::Duplicate);
        state
    }

    pub(in crate::forward) fn is_reordered(self) -> bool {
        self.pending.has(ChaosKind::Reorder)
    }

    /// It swaps with another one, which is then not swapped itself.
    pub(in crate::forward) fn swap(&mut self) {
        self.pending.remove(ChaosKind::Reorder);
        self.before.insert(ChaosKind::Reorder);
    }

    /// Whether to wait for another one to swap with. The second time it is too late for that.
    pub(in crate::forward) fn waits_for_partner(&mut self) -> bool {
        if self.has_waited {
            self.pending.remove(ChaosKind::Reorder);
        }
        !std::mem::replace(&mut self.has_waited, true)
    }

    /// Whether it is delayed now. Only once.
    pub(in crate::forward) fn is_delayed(&mut self) -> bool {
        let is_delayed = self.pending.remove(ChaosKind::Delay);
        if is_delayed {
            self.before.insert(ChaosKind::Delay);
        }
        is_delayed
    }
}
