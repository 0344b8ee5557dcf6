//! The client side of cStar's listen stream: connect, decode, detect dead peers, reconnect, resume.
//!
//! [`subscription::subscribe`] is the entry point. [`sse`] and [`ws`] decode the two transports into the
//! same frames, [`frame`] parses the frames, [`backoff`] decides how long to wait after a failure, and
//! [`transport`] selects the transport. [`receiver`] is the other source of events: a server for the deliveries of a
//! webhook. The module does not print: it emits [`subscription::StreamItem`]s with text exactly as received.

pub(crate) mod backoff;
mod content_type;
pub(crate) mod dedup;
pub(crate) mod disconnect;
pub(crate) mod frame;
pub(crate) mod members;
pub(crate) mod receiver;
mod request;
pub(crate) mod response;
mod sse;
pub(crate) mod subscription;
mod suspend;
pub(crate) mod transport;
mod ws;

#[cfg(any(test, fuzzing))]
#[path = "stream/tests/fuzz.rs"]
pub(crate) mod fuzz;
