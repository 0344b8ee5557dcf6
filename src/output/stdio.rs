//! Standard output and standard error, written completely even if they are non-blocking.
//!
//! A process that shares such a file can make it non-blocking: Node does that to the pipe of an npm script. When it is
//! full, a write waits and then continues after the last byte written.

use std::io::{self, Write};

use terminal_size::{Height, Width, terminal_size_of};

use super::held;

/// One of the two.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stdio {
    Out,
    Error,
}

impl Stdio {
    /// The present width of the terminal; `None` without one, or if it is unknown.
    pub(super) fn columns(self) -> Option<usize> {
        self.size().map(|(columns, _)| usize::from(columns))
    }

    /// The present columns and rows of the terminal, if known.
    pub(super) fn size(self) -> Option<(u16, u16)> {
        let size = match self {
            Self::Out => terminal_size_of(io::stdout()),
            Self::Error => terminal_size_of(io::stderr()),
        };
        size.map(|(Width(columns), Height(rows))| (columns, rows))
    }

    /// Writes all of `bytes` also while a full-screen view holds other output back.
    pub(super) fn write_through(self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Out => platform::write(&mut io::stdout().lock(), bytes),
            Self::Error => platform::write(&mut io::stderr().lock(), bytes),
        }
    }

    /// The present height of the terminal; `None` without one, or if it is unknown.
    pub(super) fn rows(self) -> Option<usize> {
        self.size().map(|(_, rows)| usize::from(rows))
    }

    /// Whether a terminal understands escape sequences.
    pub(super) fn has_escapes(self) -> bool {
        platform::has_escapes(matches!(self, Self::Error))
    }
}

/// Where the output of a child process goes that runs beside a stream of data: to standard error.
pub(crate) fn child_output() -> std::process::Stdio {
    io::stderr().into()
}

impl Write for Stdio {
    /// Writes all of `bytes` without interleaving output of other threads. A stream that was closed before the process
    /// started discards everything, as in the standard library.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !held::keeps(bytes, matches!(self, Self::Error)) {
            self.write_through(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
mod platform {
    //! Holds the lock against other threads but bypasses its buffer, because after a partial write the contents of that
    //! buffer are unknown.
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd};

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::fs::{FileType, fstat};
    use rustix::io::{Errno, write as write_some};

    /// Those of other systems all do.
    pub(super) fn has_escapes(_is_error: bool) -> bool {
        true
    }

    pub(super) fn write(locked: &mut impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
        let file = locked.as_fd();
        while !bytes.is_empty() {
            match write_some(file, bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                // Not the same number everywhere.
                Err(error) if error == Errno::AGAIN || error == Errno::WOULDBLOCK => wait(locked)?,
                Err(Errno::BADF) => return Ok(()),
                // The terminal has hung up. Deliveries in flight are still finished.
                Err(Errno::IO) if is_device(file) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// `isatty` no longer works after a terminal has hung up.
    fn is_device(file: BorrowedFd<'_>) -> bool {
        fstat(file).is_ok_and(|about| FileType::from_raw_mode(about.st_mode) == FileType::CharacterDevice)
    }

    /// Waits until a write can make progress or fails.
    fn wait(locked: &impl AsFd) -> io::Result<()> {
        let mut files = [PollFd::new(locked, PollFlags::OUT)];
        match poll(&mut files, None) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(test)]
    mod tests {
        use std::io::Read;
        use std::os::unix::net::UnixStream;

        /// A socket takes a few kilobytes at a time from a writer that does not block.
        #[test]
        fn full_stream_is_waited_for() {
            let (mut ours, mut theirs) = UnixStream::pair().unwrap();
            ours.set_nonblocking(true).unwrap();
            let sent: Vec<u8> = (0..4_000_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let expected = sent.clone();
            let reader = std::thread::spawn(move || {
                let mut received = Vec::new();
                theirs.read_to_end(&mut received).unwrap();
                received
            });
            super::write(&mut ours, &sent).unwrap();
            drop(ours);
            assert!(reader.join().unwrap() == expected);
        }

        #[test]
        fn closed_reader_is_a_broken_pipe() {
            let (mut ours, theirs) = UnixStream::pair().unwrap();
            ours.set_nonblocking(true).unwrap();
            let closing = std::thread::spawn(move || drop(theirs));
            let error = super::write(&mut ours, &vec![0; 10_000_000]).unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
            closing.join().unwrap();
        }
    }
}

#[cfg(windows)]
mod platform {
    use std::io::{self, Write};

    use console::Term;

    /// Turns escape sequences on: a console shows them as text until a program asks for them. Old versions of Windows, and
    /// the legacy mode of new ones, have none.
    pub(super) fn has_escapes(is_error: bool) -> bool {
        let terminal = if is_error { Term::stderr() } else { Term::stdout() };
        terminal.features().colors_supported()
    }

    pub(super) fn write(locked: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
        locked.write_all(bytes)?;
        locked.flush()
    }
}
