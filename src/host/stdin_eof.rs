//! Notices the end of standard input. If that is a pipe, the program at its other end has closed it or has ended, even if
//! it was killed. This also works on Windows, where a process gets no signal when the one that started it is killed.

use std::io::{ErrorKind, Read, stdin};
use std::time::Duration;

/// How long to wait before another read of an input that was made non-blocking by a process that shares it.
const PAUSE: Duration = Duration::from_millis(100);

/// Calls `ended` when standard input ends. Everything that arrives before is discarded.
pub(crate) fn on_stdin_eof(ended: impl FnOnce() + Send + 'static) {
    // Not a task of the runtime, which would wait at its end for a read that does not return.
    std::thread::spawn(move || {
        read_to_eof(stdin());
        ended();
    });
}

/// An input that cannot be read counts as one that has ended.
fn read_to_eof(mut input: impl Read) {
    let mut discarded = [0; 4096];
    loop {
        match input.read(&mut discarded).map_err(|error| error.kind()) {
            Ok(0) => return,
            Ok(_) | Err(ErrorKind::Interrupted) => {}
            Err(ErrorKind::WouldBlock) => std::thread::sleep(PAUSE),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// Answers each read with the next of these kinds of errors, then with data, then with the end.
    struct Flaky(Vec<ErrorKind>, &'static [u8]);

    impl Read for Flaky {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.pop().map_or_else(|| self.1.read(buffer), |kind| Err(kind.into()))
        }
    }

    #[test]
    fn only_the_end_of_the_input_counts() {
        let mut input = Flaky(vec![ErrorKind::WouldBlock, ErrorKind::Interrupted], b"typed");
        read_to_eof(&mut input);
        assert!(input.0.is_empty() && input.1.is_empty());
        let mut broken = Flaky(vec![ErrorKind::PermissionDenied], b"unread");
        read_to_eof(&mut broken);
        assert_eq!(broken.1, b"unread");
    }
}
