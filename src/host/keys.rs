//! Single keys from the terminal, while lines and Ctrl-C keep working as they do.

use tokio::sync::mpsc;

/// The keys pressed from now on. The terminal is put back when this is dropped, and while the process is
/// stopped or in the background.
#[derive(Debug)]
pub(crate) struct Keys {
    pressed: mpsc::Receiver<char>,
    terminal: platform::Terminal,
}

impl Keys {
    /// Keys of the terminal at standard input; `None` when there is none. In the background there are none
    /// until the process is brought to the front. Must be called inside a Tokio runtime.
    pub(crate) fn of_terminal() -> Option<Self> {
        let (sender, pressed) = mpsc::channel(16);
        let terminal = platform::Terminal::enter(sender)?;
        Some(Self { pressed, terminal })
    }

    /// Whether keys are read just now: not in the background.
    pub(crate) fn are_read(&self) -> bool {
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
    //! A shell puts the terminal back when it stops us or takes it over, so the mode is set again whenever this
    //! process is in the foreground and finds it as it was. Not every shell sends a signal then: bash sends
    //! none to a job that has run in the background all the time. So one looks now and then.
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Signal, getpgrp, getpid, getsid, kill_process};
    use rustix::stdio::stdin;
    use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcgetpgrp, tcsetattr};
    use tokio::signal::unix::{SignalKind, signal};
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;

    use crate::host::signals::is_taken;

    /// How often a process in the background looks whether it is in the foreground again.
    const BACKGROUND: Duration = Duration::from_millis(300);
    const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 300_000_000 };

    /// The terminal while keys are read.
    #[derive(Debug)]
    pub(super) struct Terminal {
        mode: Arc<Mode>,
        signals: JoinHandle<()>,
    }

    impl Terminal {
        pub(super) fn enter(pressed: mpsc::Sender<char>) -> Option<Self> {
            if !isatty(stdin()) {
                return None;
            }
            let mode = Arc::new(Mode::default());
            mode.set();
            let signals = tokio::spawn(obey(Arc::clone(&mode)));
            let reader = Arc::clone(&mode);
            std::thread::spawn(move || read(&pressed, &reader));
            Some(Self { mode, signals })
        }

        pub(super) fn is_ours(&self) -> bool {
            in_foreground()
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            self.signals.abort();
            self.mode.close();
        }
    }

    /// The mode that the terminal had, and whether ours may be set.
    #[derive(Debug, Default)]
    struct Mode(Mutex<State>);

    #[derive(Debug, Default)]
    struct State {
        /// As the shell had it.
        before: Option<Termios>,
        /// Ours was set and not put back.
        set: bool,
        /// From now on the terminal is left alone.
        closed: bool,
    }

    impl Mode {
        /// Sets our mode if the terminal is ours to set.
        fn set(&self) {
            let mut state = self.state();
            if state.closed || !in_foreground() {
                return;
            }
            let Ok(now) = tcgetattr(stdin()) else { return };
            let lines = LocalModes::ICANON | LocalModes::ECHO;
            if !now.local_modes.intersects(lines) {
                return;
            }
            let mut single = now.clone();
            single.local_modes -= lines;
            if tcsetattr(stdin(), OptionalActions::Now, &single).is_ok() {
                state.set = true;
                state.before = Some(now);
            }
        }

        /// Puts the terminal back.
        fn restore(&self) {
            restore(&mut self.state());
        }

        /// Puts it back for good.
        fn close(&self) {
            let mut state = self.state();
            state.closed = true;
            restore(&mut state);
        }

        fn state(&self) -> MutexGuard<'_, State> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    fn restore(state: &mut State) {
        // In the background this would stop the process, and the shell has put its own mode back.
        if state.set && in_foreground() {
            if let Some(before) = &state.before {
                let _ = tcsetattr(stdin(), OptionalActions::Now, before);
            }
            state.set = false;
        }
    }

    fn in_foreground() -> bool {
        tcgetpgrp(stdin()).is_ok_and(|group| group == getpgrp())
    }

    /// Puts the terminal back before Ctrl-Z stops the process, and sets the mode again when it continues.
    async fn obey(mode: Arc<Mode>) {
        let kind = |number: Signal| SignalKind::from_raw(number.as_raw());
        let Ok(mut continued) = signal(kind(Signal::CONT)) else { return };
        // Without job control nothing would ever continue us.
        let stoppable = is_taken(Signal::TSTP) && getsid(None).is_ok_and(|session| session != getpgrp());
        let mut stop = if stoppable { signal(kind(Signal::TSTP)).ok() } else { None };
        loop {
            let stopping = async {
                match &mut stop {
                    Some(stop) => stop.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                Some(()) = stopping => {
                    mode.restore();
                    // The whole process stops in here, and continues behind it.
                    let _ = kill_process(getpid(), Signal::STOP);
                    mode.set();
                }
                Some(()) = continued.recv() => mode.set(),
                else => return,
            }
        }
    }

    /// Reads keys until they are no longer wanted. Looks before it reads: a read in the background would stop
    /// the whole process.
    fn read(pressed: &mpsc::Sender<char>, mode: &Mode) {
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
