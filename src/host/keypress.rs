//! Single keys from the terminal, while lines and Ctrl-C keep working as they do.

use tokio::sync::mpsc;

/// The keys pressed from now on. The terminal is put back when this is dropped, and while the process is
/// stopped or in the background.
#[derive(Debug)]
pub(crate) struct KeyReader {
    pressed: mpsc::Receiver<char>,
    terminal: platform::Terminal,
}

impl KeyReader {
    /// Keys of the terminal at standard input; `None` when there is none. In the background there are none
    /// until the process is brought to the front. Must be called inside a Tokio runtime.
    pub(crate) fn open() -> Option<Self> {
        let (sender, pressed) = mpsc::channel(16);
        let terminal = platform::Terminal::enter(sender)?;
        Some(Self { pressed, terminal })
    }

    /// Whether keys are read just now: not in the background.
    pub(crate) fn is_active(&self) -> bool {
        self.terminal.is_ours()
    }

    /// The next key; waits for ever when there will be none. Cancel safe.
    pub(crate) async fn next(&mut self) -> char {
        match self.pressed.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
mod platform {
    //! Canonical mode and echo are turned off, nothing else: signals and output stay as they are.
    //!
    //! Not every shell sends a signal when it brings us to the front: bash sends none to a job that has run in the
    //! background all the time. So one looks now and then.
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::stdio::stdin;
    use tokio::sync::mpsc;

    use crate::host::terminal::{ModeGuard, ModeSetter, in_foreground};

    /// How often a process in the background looks whether it is in the foreground again.
    const BACKGROUND: Duration = Duration::from_millis(300);
    const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 300_000_000 };

    /// The terminal while keys are read.
    #[derive(Debug)]
    pub(super) struct Terminal {
        _turned: ModeGuard,
    }

    impl Terminal {
        pub(super) fn enter(pressed: mpsc::Sender<char>) -> Option<Self> {
            let guard = ModeGuard::lines_and_echo_off()?;
            let reader = guard.setter();
            std::thread::spawn(move || read(&pressed, &reader));
            Some(Self { _turned: guard })
        }

        pub(super) fn is_ours(&self) -> bool {
            in_foreground()
        }
    }

    /// Reads keys until they are no longer wanted. Looks before it reads: a read in the background would stop
    /// the whole process.
    fn read(pressed: &mpsc::Sender<char>, mode: &ModeSetter) {
        while !pressed.is_closed() {
            mode.set();
            let mut fds = [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)];
            match poll(&mut fds, Some(&LOOK)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => continue,
                Ok(_) if !in_foreground() => std::thread::sleep(BACKGROUND),
                Ok(_) => {
                    let mut key = [0; 1];
                    match rustix::io::read(stdin(), &mut key) {
                        Ok(1) => {
                            let _ = pressed.blocking_send(char::from(key[0]));
                        }
                        // Somebody who shares the terminal has made it non-blocking, and was quicker.
                        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                        _ => return,
                    }
                }
                Err(_) => return,
            }
        }
    }
}

#[cfg(not(unix))]
mod platform {
    //! Elsewhere there are no single keys; Ctrl-C stops as always.
    use tokio::sync::mpsc;

    #[derive(Debug)]
    pub(super) struct Terminal;

    impl Terminal {
        pub(super) fn enter(_pressed: mpsc::Sender<char>) -> Option<Self> {
            None
        }

        pub(super) fn is_ours(&self) -> bool {
            false
        }
    }
}
