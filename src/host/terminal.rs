//! The mode of the terminal at standard input: saves and restores it, and turns echo and line editing off for a time.

use std::fmt;
use std::sync::Arc;

#[cfg(unix)]
pub(crate) use platform::{ModeSetter, in_foreground};

/// What to do when Ctrl-Z stops the process and when it is in the foreground again, besides the mode.
#[derive(Clone)]
#[cfg_attr(not(unix), expect(dead_code, reason = "other systems have no job control"))]
pub(crate) struct JobControl {
    /// Called before the process stops.
    pub(crate) stopping: Arc<dyn Fn() + Send + Sync>,
    /// Called after it continues in the foreground; possibly more than once, and without a stop before.
    pub(crate) continued: Arc<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for JobControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobControl").finish_non_exhaustive()
    }
}

#[derive(Debug)]
pub(crate) struct Mode(platform::Saved);

impl Mode {
    /// Saves the current mode. Stops a process in the background until it is in the foreground, because until then the
    /// terminal has the mode of the shell's prompt.
    pub(crate) fn now() -> Self {
        platform::wait_for_foreground();
        Self(platform::save())
    }

    /// Whether the terminal still has this mode, or there is none.
    pub(crate) fn is_current(&self) -> bool {
        platform::is_current(&self.0)
    }

    /// Restores the mode and discards unread input, which was typed for the prompt that has ended.
    pub(crate) fn restore(&self) {
        platform::restore(&self.0);
    }
}

/// Turns off a part of the terminal mode. The mode is restored when this is dropped, and while the process is stopped
/// or in the background.
#[derive(Debug)]
pub(crate) struct ModeGuard(platform::ModeGuard);

impl ModeGuard {
    /// Turns off echo and line editing, and calls `jobs` around a stop; `None` without a terminal. Must be called inside
    /// a Tokio runtime.
    #[cfg(unix)]
    pub(crate) fn lines_and_echo_off(jobs: Option<JobControl>) -> Option<Self> {
        platform::ModeGuard::lines_and_echo_off(jobs).map(Self)
    }

    /// Keeps echo off for a prompt that turns it off only once: turns it off again when the stopped process continues.
    /// `None` without a terminal. Must be called inside a Tokio runtime, before the prompt.
    pub(crate) fn keep_echo_off() -> Option<Self> {
        platform::ModeGuard::keep_echo_off().map(Self)
    }

    /// A handle to set the mode again when the process is in the foreground without having received a signal.
    #[cfg(unix)]
    pub(crate) fn setter(&self) -> ModeSetter {
        self.0.setter()
    }
}

#[cfg(unix)]
mod platform {
    //! A shell restores the terminal when it stops the process or takes the terminal over. So the mode is set again
    //! whenever the process continues in the foreground.
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use rustix::process::{Signal, getpgrp, getpid, getsid, kill_process};
    use rustix::stdio::stdin;
    use rustix::termios::{
        LocalModes, OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcgetpgrp, tcsetattr,
    };
    use tokio::signal::unix::{SignalKind, signal};
    use tokio::task::JoinHandle;

    use super::JobControl;
    use crate::host::signals::may_handle;

    pub(super) type Saved = Option<Termios>;

    pub(super) fn save() -> Saved {
        tcgetattr(stdin()).ok()
    }

    pub(super) fn is_current(saved: &Saved) -> bool {
        let modes = |mode: &Termios| (mode.local_modes, mode.input_modes, mode.output_modes);
        saved.as_ref().map(modes) == save().as_ref().map(modes)
    }

    pub(super) fn restore(saved: &Saved) {
        // In the background this would stop the process, and the shell has already restored its mode.
        if let Some(mode) = saved.as_ref().filter(|_| in_foreground()) {
            let _ = tcsetattr(stdin(), OptionalActions::Flush, mode);
        }
    }

    /// Whether this process is in the foreground of its terminal.
    pub(crate) fn in_foreground() -> bool {
        tcgetpgrp(stdin()).is_ok_and(|group| group == getpgrp())
    }

    pub(super) fn wait_for_foreground() {
        if isatty(stdin()) && !in_foreground() {
            // This stops a process in the background.
            let _ = tcflush(stdin(), QueueSelector::IFlush);
        }
    }

    #[derive(Debug)]
    pub(super) struct ModeGuard {
        setter: ModeSetter,
        signals: JoinHandle<()>,
    }

    impl ModeGuard {
        pub(super) fn lines_and_echo_off(jobs: Option<JobControl>) -> Option<Self> {
            let guard = Self::off(LocalModes::ICANON | LocalModes::ECHO, State::default(), jobs)?;
            guard.setter.set();
            Some(guard)
        }

        pub(super) fn keep_echo_off() -> Option<Self> {
            // Not set here: the prompt discards input from before it began, and without echo the user would already
            // type.
            Self::off(LocalModes::ECHO, State { before: save(), set: true, closed: false }, None)
        }

        fn off(off: LocalModes, state: State, jobs: Option<JobControl>) -> Option<Self> {
            if !isatty(stdin()) {
                return None;
            }
            let setter = ModeSetter { off, state: Arc::new(Mutex::new(state)) };
            let signals = tokio::spawn(follow_job_control(setter.clone(), jobs));
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

    /// Sets our mode and restores the previous one.
    #[derive(Clone, Debug)]
    pub(crate) struct ModeSetter {
        off: LocalModes,
        state: Arc<Mutex<State>>,
    }

    #[derive(Debug, Default)]
    struct State {
        /// The mode of the shell.
        before: Option<Termios>,
        /// Our mode is set.
        set: bool,
        /// The mode is not changed any more.
        closed: bool,
    }

    impl ModeSetter {
        /// Sets our mode if the process is in the foreground.
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

        fn restore(&self) {
            restore_mode(&mut self.state());
        }

        /// Restores the mode permanently.
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

    /// Restores the mode before Ctrl-Z stops the process, and sets it again when the process continues.
    async fn follow_job_control(setter: ModeSetter, jobs: Option<JobControl>) {
        let kind = |number: Signal| SignalKind::from_raw(number.as_raw());
        let Ok(mut continued) = signal(kind(Signal::CONT)) else { return };
        // Without job control nothing would continue the process.
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
                    if let Some(jobs) = &jobs {
                        (jobs.stopping)();
                    }
                    setter.restore();
                    // The process stops in this call until it is continued.
                    let _ = kill_process(getpid(), Signal::STOP);
                }
                Some(()) = continued.recv() => {}
                else => return,
            }
            setter.set();
            if let Some(jobs) = jobs.as_ref().filter(|_| in_foreground()) {
                (jobs.continued)();
            }
        }
    }
}

#[cfg(not(unix))]
mod platform {
    //! On other systems only the prompt library changes the mode, for one key or line.
    #[derive(Debug)]
    pub(super) struct Saved;

    pub(super) fn save() -> Saved {
        Saved
    }

    /// Unknown, so there is nothing to wait for.
    pub(super) fn is_current(_: &Saved) -> bool {
        false
    }

    pub(super) fn restore(_: &Saved) {}

    pub(super) fn wait_for_foreground() {}

    #[derive(Debug)]
    pub(super) struct ModeGuard;

    impl ModeGuard {
        pub(super) fn keep_echo_off() -> Option<Self> {
            None
        }
    }
}
