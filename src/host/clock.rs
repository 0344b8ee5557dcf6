//! The wall clock, which tests can fix.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The wall clock. Clones of a fixed clock share its time.
#[derive(Clone, Debug, Default)]
pub(crate) enum Clock {
    #[default]
    System,
    /// In milliseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that is fixed at `millis` milliseconds since 1970.
    #[cfg_attr(not(any(test, fuzzing)), expect(dead_code, reason = "only tests fix the time"))]
    pub(crate) fn fixed(millis: i64) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(millis)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            Self::System => Timestamp::now(),
            Self::Fixed(millis) => {
                Timestamp::from_millisecond(millis.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
            }
        }
    }
}
