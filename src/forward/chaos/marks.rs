//! The kinds of chaos, and sets of them.

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

/// Something that happens to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChaosKind {
    /// It waits before its first attempt.
    Delay,
    /// It swaps with the next one about the same resource.
    Reorder,
    /// It is sent with an old signature first, which must be refused.
    Stale,
    /// It is sent with another byte and the true signature first, which must be refused.
    Tamper,
    /// The answer is dropped, and the delivery is retried.
    DropAnswer,
    /// It is sent once more after it succeeded.
    Duplicate,
}

impl ChaosKind {
    /// In the order in which they happen to a delivery.
    pub(crate) const ALL: [Self; 6] =
        [Self::Delay, Self::Reorder, Self::Stale, Self::Tamper, Self::DropAnswer, Self::Duplicate];

    /// The name in flags, activities and the history.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Reorder => "reorder",
            Self::Stale => "stale",
            Self::Tamper => "tamper",
            Self::DropAnswer => "drop-answer",
            Self::Duplicate => "duplicate",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of kinds: what happened to an attempt, or will.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChaosMarks(u8);

impl ChaosMarks {
    pub(crate) fn is_empty(&self) -> bool {
        self.0 == 0
    }

    pub(crate) fn has(self, kind: ChaosKind) -> bool {
        self.0 & kind.bit() != 0
    }

    pub(super) fn insert(&mut self, kind: ChaosKind) {
        self.0 |= kind.bit();
    }

    /// Returns whether it was in the set.
    pub(super) fn remove(&mut self, kind: ChaosKind) -> bool {
        let had = self.has(kind);
        self.0 &= !kind.bit();
        had
    }

    pub(super) fn with(mut self, kind: Option<ChaosKind>) -> Self {
        kind.into_iter().for_each(|kind| self.insert(kind));
        self
    }

    pub(crate) fn kinds(self) -> impl Iterator<Item = ChaosKind> {
        ChaosKind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }

    /// The names, as lines and the history have them; `None` for the empty set.
    pub(crate) fn text(self) -> Option<String> {
        let names: Vec<&str> = self.kinds().map(ChaosKind::name).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

impl Serialize for ChaosMarks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = serializer.serialize_seq(None)?;
        for kind in self.kinds() {
            names.serialize_element(kind.name())?;
        }
        names.end()
    }
}
