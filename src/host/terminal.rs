//! The mode of the terminal at standard input: kept to be put back, and parts of it turned off for a while.

#[cfg(unix)]
pub(crate) use platform::{ModeSetter, in_foreground};

/// The mode as it was.
#[derive(Debug)]
pub(crate) struct Mode(platform::Saved);

impl Mode {
    /// The mode as it is now. A process in the background is stopped until it is brought to the front: until then
    /// the terminal has the mode of the shell's own prompt.
    pub(crate) fn now() -> Self {
        platform::wait_for_foreground();
        Self(platform::save())
    }

    /// Puts it back, and forgets what was typed and not read: it was meant for the prompt that ended.
    pub(crate) fn restore(&self) {
        platform::restore(&self.0);
    }
}

/// The terminal with a part of its mode turned off. It is put back when this is dropped, and while the process is
/// stopped or in the background.
#[derive(Debug)]
pub(crate) struct ModeGuard(platform::ModeGuard);

impl ModeGuard {
    /// Turns off that typed characters are shown and collected into lines; `None` without a terminal. Must be
    /// called inside a Tokio runtime.
    #[cfg(unix)]
    pub(crate) fn lines_and_echo_off() -> Option<Self> {
        platform::ModeGuard::lines_and_echo_off().map(Self)
    }

    /// For a prompt that turns echo off itself, once: turns it off again whenever the process has been stopped and
    /// continues. `None` without a terminal. Must be called inside a Tokio runtime, before the prompt.
    pub(crate) fn keep_echo_off() -> Option<Self> {
        platform::ModeGuard::keep_echo_off().map(Self)
    }

    /// Something that turns it off again when the process has come to the front without a signal.
    #[cfg(unix)]
    pub(crate) fn setter(&self) -> ModeSetter {
        self.0.setter()
    }
}

#[cfg(unix)]
mod platform {
    //! A shell puts the terminal back when it stops us or takes it over, so the mode is set again whenever this
    //! process continues in the foreground and finds it as it was.
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use rustix::process::{Signal, getpgrp, getpid, getsid, kill_process};
    use rustix::stdio::stdin;
    use rustix::termios::{
        LocalModes, OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcgetpgrp, tcsetattr,
    };
    use tokio::signal::unix::{SignalKind, signal};
    use tokio::task::JoinHandle;

    use crate::host::signals::may_handle;

    pub(super) type Saved = Option<Termios>;

    pub(super) fn save() -> Saved {
        tcgetattr(stdin()).ok()
    }

    pub(super) fn restore(saved: &Saved) {
        // In the background this would stop the process, and the shell has put its own mode back.
        if let Some(mode) = saved.as_ref().filter(|_| in_foreground()) {
            let _ = tcsetattr(stdin(), OptionalActions::Flush, mode);
        }
    }

    /// Whether the terminal is ours.
    pub(crate) fn in_foreground() -> bool {
        tcgetpgrp(stdin()).is_ok_and(|group| group == getpgrp())
    }

    pub(super) fn wait_for_foreground() {
        if isatty(stdin()) && !in_foreground() {
            // The system stops a process that does this in the background.
            let _ = tcflush(stdin(), QueueSelector::IFlush);
        }
    }

    #[derive(Debug)]
    pub(super) struct ModeGuard {
        setter: ModeSetter,
        signals: JoinHandle<()>,
    }

    impl ModeGuard {
        pub(super) fn lines_and_echo_off() -> Option<Self> {
            let guard = Self::off(LocalModes::ICANON | LocalModes::ECHO, State::default())?;
            guard.setter.set();
            Some(guard)
        }

        pub(super) fn keep_echo_off() -> Option<Self> {
            // Not set here: the prompt forgets what was typed before it began, and echo that is off invites to type.
            Self::off(LocalModes::ECHO, State { before: save(), set: true, closed: false })
        }

        fn off(off: LocalModes, state: State) -> Option<Self> {
            if !isatty(stdin()) {
                return None;
            }
            let setter = ModeSetter { off, state: Arc::new(Mutex::new(state)) };
            let signals = tokio::spawn(follow_job_control(setter.clone()));
            Some(Self { setter, signals })
        }

        pub(super) fn setter(&self) -> ModeSetter {
            self.setter.clone()
        }
    }

    impl Drop for ModeGuard {
        fn drop(&mut self) {
            self.signals.abort();
            self.setter.close();
        }
    }

    /// Sets our mode and puts back the one that was there.
    #[derive(Clone, Debug)]
    pub(crate) struct ModeSetter {
        off: LocalModes,
        state: Arc<Mutex<State>>,
    }

    #[derive(Debug, Default)]
    struct State {
        /// As the shell had it.
        before: Option<Termios>,
        /// Ours was set and not put back.
        set: bool,
        /// From now on the terminal is left alone.
        closed: bool,
    }

    impl ModeSetter {
        /// Sets our mode if the terminal is ours to set.
        pub(crate) fn set(&self) {
            let mut state = self.state();
            if state.closed || !in_foreground() {
                return;
            }
            let Ok(now) = tcgetattr(stdin()) else { return };
            if !now.local_modes.intersects(self.off) {
                return;
            }
            let mut ours = now.clone();
            ours.local_modes -= self.off;
            if tcsetattr(stdin(), OptionalActions::Now, &ours).is_ok() {
                state.set = true;
                state.before = Some(now);
            }
        }

        /// Puts the terminal back.
        fn restore(&self) {
            restore_mode(&mut self.state());
        }

        /// Puts it back for good.
        fn close(&self) {
            let mut state = self.state();
            state.closed = true;
            restore_mode(&mut state);
        }

        fn state(&self) -> MutexGuard<'_, State> {
            self.state.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    fn restore_mode(state: &mut State) {
        // As for `restore` above.
        if state.set && in_foreground() {
            if let Some(before) = &state.before {
                let _ = tcsetattr(stdin(), OptionalActions::Now, before);
            }
            state.set = false;
        }
    }

    /// Puts the terminal back before Ctrl-Z stops the process, and sets the mode again when it continues.
    async fn follow_job_control(setter: ModeSetter) {
        let kind = |number: Signal| SignalKind::from_raw(number.as_raw());
        let Ok(mut continued) = signal(kind(Signal::CONT)) else { return };
        // Without job control nothing would ever continue us.
        let stoppable = may_handle(Signal::TSTP) && getsid(None).is_ok_and(|session| session != getpgrp());
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
                    setter.restore();
                    // The whole process stops in here, and continues behind it.
                    let _ = kill_process(getpid(), Signal::STOP);
                    setter.set();
                }
                Some(()) = continued.recv() => setter.set(),
                else => return,
            }
        }
    }
}

#[cfg(not(unix))]
mod platform {
    //! Elsewhere nothing is changed for longer than a key or a line, which the library for questions does.
    pub(super) type Saved = ();

    pub(super) fn save() -> Saved {}

    pub(super) fn restore((): &Saved) {}

    pub(super) fn wait_for_foreground() {}

    #[derive(Debug)]
    pub(super) struct ModeGuard;

    impl ModeGuard {
        pub(super) fn keep_echo_off() -> Option<Self> {
            None
        }
    }
}
