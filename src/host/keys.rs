//! Single keys from the terminal, while lines and Ctrl-C keep working as they do.

use tokio::sync::mpsc;

/// The keys pressed from now on. The terminal is put back when this is dropped.
#[derive(Debug)]
pub(crate) struct Keys {
    pressed: mpsc::Receiver<char>,
    _mode: platform::Mode,
}

impl Keys {
    /// Keys of the terminal at standard input; `None` when there is none, or when this process is in
    /// its background, where reading would stop it.
    pub(crate) fn of_terminal() -> Option<Self> {
        let mode = platform::Mode::enter()?;
        let (sender, pressed) = mpsc::channel(16);
        std::thread::spawn(move || platform::read(&sender));
        Some(Self { pressed, _mode: mode })
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
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::getpgrp;
    use rustix::stdio::stdin;
    use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcgetpgrp, tcsetattr};
    use tokio::sync::mpsc;

    /// How often a process in the background looks whether it is in the foreground again.
    const BACKGROUND: Duration = Duration::from_millis(300);
    const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 300_000_000 };

    #[derive(Debug)]
    pub(super) struct Mode(Termios);

    impl Mode {
        pub(super) fn enter() -> Option<Self> {
            if !isatty(stdin()) || !in_foreground() {
                return None;
            }
            let before = tcgetattr(stdin()).ok()?;
            let mut single = before.clone();
            single.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
            tcsetattr(stdin(), OptionalActions::Now, &single).ok()?;
            Some(Self(before))
        }
    }

    impl Drop for Mode {
        fn drop(&mut self) {
            // In the background this would stop the process, and the shell has put its own mode back.
            if in_foreground() {
                let _ = tcsetattr(stdin(), OptionalActions::Now, &self.0);
            }
        }
    }

    fn in_foreground() -> bool {
        tcgetpgrp(stdin()).is_ok_and(|group| group == getpgrp())
    }

    /// Reads keys until nobody wants them. Looks before it reads: a read in the background would stop
    /// the whole process.
    pub(super) fn read(pressed: &mpsc::Sender<char>) {
        while !pressed.is_closed() {
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
    pub(super) struct Mode;

    impl Mode {
        pub(super) fn enter() -> Option<Self> {
            None
        }
    }

    pub(super) fn read(_pressed: &mpsc::Sender<char>) {}
}
