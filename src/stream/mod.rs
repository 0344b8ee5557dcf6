//! The client side of the listen stream.

mod sse;
