//! Use cases that have more than one front end.

pub(crate) mod local_sandbox;
