//! The standard streams in the hands of a protocol: from then on nothing else may be written to standard
//! output.

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

    /// A pipe is opened again, each end for itself, so that it does not block here and stays for others what it
    /// was. A neighbour such as Node may have made the shared end non-blocking: written to as it is, a full pipe
    /// would then be an error, and a part of a line lost.
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
