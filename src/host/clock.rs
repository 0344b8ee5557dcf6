//! The wall clock, which tests can fix, and users of the sandbox can move.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The wall clock. Clones of a fixed or movable clock share its time.
#[derive(Clone, Debug, Default)]
pub(crate) enum Clock {
    #[default]
    System,
    /// In milliseconds since 1970.
    Fixed(Arc<AtomicI64>),
    /// Ahead of the system's clock by this many milliseconds.
    Movable(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that is fixed at `millis` milliseconds since 1970.
    #[cfg_attr(not(any(test, fuzzing)), expect(dead_code, reason = "only tests fix the time"))]
    pub(crate) fn fixed(millis: i64) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(millis)))
    }

    /// A clock that can be moved alone, and starts with the time of the system. A fixed clock stays fixed.
    pub(crate) fn movable(self) -> Self {
        match self {
            Self::System | Self::Movable(_) => Self::Movable(Arc::default()),
            Self::Fixed(_) => self,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::System => system(),
            Self::Fixed(millis) => {
                Timestamp::from_millisecond(millis.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
            }
            Self::Movable(_) => {
                let moved = jiff::SignedDuration::from_millis(self.offset());
                system().saturating_add(moved).unwrap_or(Timestamp::MAX)
            }
        }
    }

    /// The time as other programs see it: that of the system, although this clock may be ahead of it.
    pub(crate) fn real(&self) -> Timestamp {
        match self {
            Self::Fixed(_) => self.now(),
            Self::System | Self::Movable(_) => system(),
        }
    }

    /// By how many milliseconds it is ahead of [`Self::real`].
    pub(crate) fn offset(&self) -> i64 {
        match self {
            Self::Movable(offset) => offset.load(Ordering::SeqCst),
            Self::System | Self::Fixed(_) => 0,
        }
    }

    /// Moves it ahead by at least nothing: a clock that runs backwards would surprise those who compare times.
    pub(crate) fn advance(&self, millis: i64) {
        match self {
            Self::Movable(by) | Self::Fixed(by) => drop(by.fetch_add(millis.max(0), Ordering::SeqCst)),
            Self::System => {}
        }
    }

    /// Continues with the time of the system.
    pub(crate) fn reset(&self) {
        if let Self::Movable(offset) = self {
            offset.store(0, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn system() -> Timestamp {
    Timestamp::now()
}

thread_local! {
    /// A second, and a time in it as text.
    static SECOND: RefCell<(i64, String)> = const { RefCell::new((0, String::new())) };
}

/// The time as RFC 3339 in UTC with three decimals.
pub(crate) fn rfc3339_millis(at: Timestamp) -> String {
    with_rfc3339_millis(at, str::to_owned)
}

/// Calls `act` with that text, and allocates nothing for it. The times of a burst differ only in the last digits, so the
/// rest is formatted once for each second.
pub(crate) fn with_rfc3339_millis<T>(at: Timestamp, act: impl FnOnce(&str) -> T) -> T {
    if at < Timestamp::UNIX_EPOCH {
        return act(&format!("{at:.3}"));
    }
    SECOND.with_borrow_mut(|(second, text)| {
        if *second == at.as_second() && !text.is_empty() {
            text.truncate(text.len() - "000Z".len());
            let millis = at.subsec_millisecond();
            let digit = |place: i32| char::from(b'0' + u8::try_from(millis / place % 10).unwrap_or_default());
            text.extend([digit(100), digit(10), digit(1), 'Z']);
        } else {
            *text = format!("{at:.3}");
            *second = at.as_second();
        }
        act(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_formatted_as_jiff_does() {
        for second in
            [0, 1, 1_774_583_010, 1_774_583_011, 1_774_583_010, -62_135_596_800, 253_402_207_200, -1]
        {
            for nano in [0, 1, 999_999, 1_000_000, 12_345_678, 500_000_000, 999_999_999] {
                let at = Timestamp::new(second, nano).or_else(|_| Timestamp::new(second, 0)).unwrap();
                assert_eq!(rfc3339_millis(at), format!("{at:.3}"));
            }
        }
    }
}
