//! The standard streams for a protocol. Nothing else may be written to standard output then.

use tokio::io::{AsyncRead, AsyncWrite, stdin, stdout};

/// Standard input.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// Standard output.
pub(crate) type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// Standard input and output, to be read and written by lines of a protocol. Must be called inside a Tokio
/// runtime.
pub(crate) fn streams() -> (Input, Output) {
    pipes::open()
}

#[cfg(target_os = "linux")]
mod pipes {
    use tokio::net::unix::pipe::OpenOptions;

    use super::{Input, Output, stdin, stdout};

    /// Reopens pipes, so that they are non-blocking here and unchanged for other processes. A parent such as Node may
    /// have made the shared end non-blocking: writing to it directly, a full pipe would be an error and lose part of a
    /// line.
    pub(super) fn open() -> (Input, Output) {
        let options = OpenOptions::new();
        let input = options.open_receiver("/proc/self/fd/0");
        let output = options.open_sender("/proc/self/fd/1");
        (
            input.map_or_else(|_| Box::new(stdin()) as Input, |pipe| Box::new(pipe)),
            output.map_or_else(|_| Box::new(stdout()) as Output, |pipe| Box::new(pipe)),
        )
    }
}

#[cfg(not(target_os = "linux"))]
mod pipes {
    use super::{Input, Output, stdin, stdout};

    /// Read and written on threads of their own.
    pub(super) fn open() -> (Input, Output) {
        (Box::new(stdin()), Box::new(stdout()))
    }
}
