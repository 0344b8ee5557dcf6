//! The machine: the only reader of the environment, the clock, randomness, directories and signals.

#[allow(dead_code, reason = "rooms land one after the other")]
pub(crate) mod clock;
#[allow(dead_code, reason = "rooms land one after the other")]
pub(crate) mod random;
