//! The client side of cStar's listen stream: connect, decode, watch, reconnect, resume.
//!
//! [`subscription::subscribe`] is the way in. Below it, [`sse`] turns bytes into frames, [`frame`]
//! frames into meaning, [`backoff`] failures into waits; these are pure. The room never sees a
//! terminal: it hands [`subscription::StreamItem`]s on, with text exactly as received.

pub(crate) mod answer;
pub(crate) mod backoff;
pub(crate) mod disconnect;
pub(crate) mod frame;
mod request;
mod seen;
mod sse;
pub(crate) mod subscription;
