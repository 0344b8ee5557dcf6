//! `cstar`: the developer CLI for cStar, and the webhook half of it as a library.

pub mod event;
mod host;
#[allow(dead_code, reason = "rooms land one after the other")]
mod sandbox;
mod secret;
pub mod signature;
#[allow(dead_code, reason = "rooms land one after the other")]
mod stream;

pub use secret::Secret;

#[doc(hidden)]
pub mod app {
    //! stub
    use std::process::ExitCode;
    /// stub
    pub fn main(_args: impl Iterator<Item = std::ffi::OsString>) -> ExitCode {
        ExitCode::SUCCESS
    }
}
