//! The client side of cStar's listen stream: connect, decode, watch, reconnect, resume.
//!
//! [`subscription::subscribe`] is the way in. Below it, [`sse`] and [`ws`] turn what two transports
//! bring into the same frames, [`frame`] frames into meaning, [`backoff`] failures into waits, and
//! [`transport`] chooses. The room never sees a terminal: it hands [`subscription::StreamItem`]s on,
//! with text exactly as received.

pub(crate) mod response;
mod suspend;
pub(crate) mod backoff;
pub(crate) mod disconnect;
pub(crate) mod frame;
pub(crate) mod members;
mod request;
mod dedup;
mod sse;
pub(crate) mod subscription;
pub(crate) mod transport;
mod ws;

#[cfg(any(test, fuzzing))]
#[path = "tests/fuzz.rs"]
pub(crate) mod fuzz;
