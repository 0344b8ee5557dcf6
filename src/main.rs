//! The `cstar` binary: arguments in, exit code out. Everything else lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    cstar::app::main(std::env::args_os())
}
