//! Reads single keys from the terminal. Ctrl-C still sends its signal.

use tokio::sync::mpsc;

use super::terminal::JobControl;

/// A reader of pressed keys. The terminal mode is restored when it is dropped, and while the process is stopped or in
/// the background.
#[derive(Debug)]
pub(crate) struct KeyReader {
    pressed: mpsc::Receiver<char>,
    terminal: platform::Terminal,
}

impl KeyReader {
    /// Reads from the terminal at standard input; `None` when there is none. A process in the background reads no keys
    /// until it is in the foreground. Must be called inside a Tokio runtime.
    pub(crate) fn open() -> Option<Self> {
        Self::open_with(None)
    }

    /// The same, and calls `jobs` around a stop.
    pub(crate) fn open_with(jobs: Option<JobControl>) -> Option<Self> {
        let (sender, pressed) = mpsc::channel(16);
        let terminal = platform::Terminal::enter(sender, jobs)?;
        Some(Self { pressed, terminal })
    }

    /// Whether keys are being read: not in the background.
    pub(crate) fn is_active(&self) -> bool {
        self.terminal.is_ours()
    }

    /// The next byte of what is typed; arrow keys and their like are several, as terminals send them. Never completes
    /// when there are no more. Cancel safe.
    pub(crate) async fn next(&mut self) -> char {
        match self.pressed.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
mod platform {
    //! Turns off canonical mode and echo only; signals and output are unchanged.
    //!
    //! Not every shell sends a signal when it moves a process to the foreground: bash sends none to a job that was
    //! never stopped. So this polls.
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::stdio::stdin;
    use tokio::sync::mpsc;

    use crate::host::terminal::{JobControl, ModeGuard, ModeSetter, in_foreground};

    /// The interval of the check whether the process is in the foreground again.
    const BACKGROUND: Duration = Duration::from_millis(300);
    const POLL_TIMEOUT: Timespec = Timespec { tv_sec: 0, tv_nsec: 300_000_000 };

    #[derive(Debug)]
    pub(super) struct Terminal {
        _turned: ModeGuard,
    }

    impl Terminal {
        pub(super) fn enter(pressed: mpsc::Sender<char>, jobs: Option<JobControl>) -> Option<Self> {
            let guard = ModeGuard::lines_and_echo_off(jobs)?;
            let reader = guard.setter();
            std::thread::spawn(move || read(&pressed, &reader));
            Some(Self { _turned: guard })
        }

        pub(super) fn is_ours(&self) -> bool {
            in_foreground()
        }
    }

    /// Reads keys until the receiver is dropped. Checks before each read that the process is in the foreground, because
    /// a read in the background would stop it.
    fn read(pressed: &mpsc::Sender<char>, mode: &ModeSetter) {
        while !pressed.is_closed() {
            mode.set();
            let mut fds = [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)];
            match poll(&mut fds, Some(&POLL_TIMEOUT)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => continue,
                Ok(_) if !in_foreground() => std::thread::sleep(BACKGROUND),
                Ok(_) => {
                    let mut key = [0; 1];
                    match rustix::io::read(stdin(), &mut key) {
                        Ok(1) => {
                            let _ = pressed.blocking_send(char::from(key[0]));
                        }
                        // Another process has set the terminal to non-blocking, or has read the key.
                        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                        _ => return,
                    }
                }
                Err(_) => return,
            }
        }
    }
}

#[cfg(windows)]
mod platform {
    //! Reads key events, which neither echoes them nor changes the mode of the console.
    use std::io::IsTerminal;

    use console::{Key, Term};
    use tokio::sync::mpsc;

    use crate::host::terminal::JobControl;

    #[derive(Debug)]
    pub(super) struct Terminal;

    impl Terminal {
        /// There is no job control.
        pub(super) fn enter(pressed: mpsc::Sender<char>, _: Option<JobControl>) -> Option<Self> {
            let keyboard = Term::stderr();
            if !std::io::stdin().is_terminal() || !keyboard.is_term() {
                return None;
            }
            // Reading cannot be cancelled: the thread ends with the next key, or with the process.
            std::thread::spawn(move || read(&pressed, &keyboard));
            Some(Self)
        }

        /// There is no job control.
        #[expect(clippy::unused_self, reason = "the same shape as on Unix")]
        pub(super) fn is_ours(&self) -> bool {
            true
        }
    }

    /// Reads keys until the receiver is dropped.
    fn read(pressed: &mpsc::Sender<char>, keyboard: &Term) {
        while let Ok(key) = keyboard.read_key() {
            if pressed.is_closed() || !bytes(key).chars().all(|byte| pressed.blocking_send(byte).is_ok()) {
                return;
            }
        }
    }

    /// What a terminal of another system sends for a key.
    fn bytes(key: Key) -> String {
        let sequence = match key {
            Key::Char(key) => return key.to_string().bytes().map(char::from).collect(),
            Key::ArrowUp => "\x1b[A",
            Key::ArrowDown => "\x1b[B",
            Key::ArrowRight => "\x1b[C",
            Key::ArrowLeft => "\x1b[D",
            Key::Home => "\x1b[H",
            Key::End => "\x1b[F",
            Key::PageUp => "\x1b[5~",
            Key::PageDown => "\x1b[6~",
            Key::BackTab => "\x1b[Z",
            Key::Escape => "\x1b",
            Key::Enter => "\r",
            Key::Tab => "\t",
            Key::Backspace => "\x7f",
            _ => "",
        };
        sequence.to_owned()
    }
}
