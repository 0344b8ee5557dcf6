//! What the guard is asked for.

use crate::host::signals::StopSignal;

/// An order of the process that the guard works for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Signal(StopSignal),
    Kill,
}
