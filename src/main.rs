//! The `cstar` binary: arguments in, exit code out. Everything else lives in the library.

use std::process::ExitCode;

/// The allocator of musl has one lock for all threads, and the released program is linked with musl on Linux.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cstar::app::main(std::env::args_os())
}
