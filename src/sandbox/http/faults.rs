//! Injected faults: the rules, and what they decide for each request and each event. The endpoints that change them
//! are in `tools/faults.rs`.

pub(crate) mod active;
pub(crate) mod chance;
pub(crate) mod rule;
