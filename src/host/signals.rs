//! Waits for interrupts: Ctrl-C, Ctrl-Break, termination requests, and the end of the terminal or the session.

mod stop_signal;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::stdin_eof::on_stdin_eof;
pub(crate) use stop_signal::StopSignal;

/// How long the process may take to stop after an interrupt before it counts as unresponsive.
const FIRST: Duration = Duration::from_secs(7);
/// After a second interrupt, which requests an immediate stop.
const SECOND: Duration = Duration::from_millis(500);

/// Signals that arrive within this time are one interrupt. A terminal and `timeout` signal the whole process group, and
/// a parent such as `npx` passes what it receives on: one Ctrl-C then arrives two or three times. A person who presses
/// it again to stop at once takes longer.
const SAME: Duration = Duration::from_millis(250);

/// Interrupts this process from inside, as a signal would.
#[derive(Clone, Debug)]
pub(crate) struct Stopper(watch::Sender<u32>);

impl Stopper {
    pub(crate) fn stop(&self) {
        self.0.send_modify(|count| *count = count.saturating_add(1));
    }
}

/// The interrupts of this process since this was created. The default action, which ends the process, is disabled while
/// it exists. Each clone receives every interrupt.
#[derive(Clone, Debug)]
pub(crate) struct Interrupts {
    count: watch::Receiver<u32>,
    seen: u32,
    stdin_eof: bool,
    /// The letter of the last signal.
    last: Arc<AtomicU8>,
}

impl Interrupts {
    /// Starts to listen. Must be called inside a Tokio runtime.
    pub(crate) fn listen() -> std::io::Result<Self> {
        Self::listen_with(false)
    }

    /// The same. With `stdin_eof`, the end of standard input is an interrupt too.
    ///
    /// # Errors
    /// When the operating system refuses to install a handler.
    pub(crate) fn listen_with(stdin_eof: bool) -> std::io::Result<Self> {
        Self::listen_stoppable(stdin_eof).map(|(interrupts, _)| interrupts)
    }

    /// The same, with a way to interrupt this process from inside.
    pub(crate) fn listen_stoppable(stdin_eof: bool) -> std::io::Result<(Self, Stopper)> {
        let (sender, count) = watch::channel(0_u32);
        let mut signals = platform::Signals::new()?;
        if stdin_eof {
            let sender = sender.clone();
            // After Ctrl-C, the program at the other end often ends too: that does not ask for an immediate stop.
            on_stdin_eof(move || {
                sender.send_if_modified(|count| {
                    let is_first = *count == 0;
                    *count += u32::from(is_first);
                    is_first
                });
            });
        }
        let stopper = Stopper(sender.clone());
        let last_signal = Arc::new(AtomicU8::new(StopSignal::Terminate.letter()));
        let noted = Arc::clone(&last_signal);
        tokio::spawn(async move {
            let mut last: Option<Instant> = None;
            while let Some(signal) = signals.next().await {
                noted.store(signal.letter(), Ordering::Relaxed);
                if last.is_none_or(|last| last.elapsed() >= SAME) {
                    last = Some(Instant::now());
                    sender.send_modify(|count| *count = count.saturating_add(1));
                }
            }
        });
        Ok((Self { count, seen: 0, stdin_eof, last: last_signal }, stopper))
    }

    /// The last signal, to pass on. It is to terminate if there was none.
    pub(crate) fn last_signal(&self) -> StopSignal {
        StopSignal::from_letter(self.last.load(Ordering::Relaxed)).unwrap_or(StopSignal::Terminate)
    }

    /// Whether the end of standard input is an interrupt.
    pub(crate) const fn has_stdin_eof(&self) -> bool {
        self.stdin_eof
    }

    /// What interrupts the process, as a sentence for people.
    pub(crate) fn advice(&self) -> &'static str {
        if self.stdin_eof { "Ctrl-C or the end of standard input stops." } else { "Ctrl-C stops." }
    }

    /// Whether there was an interrupt since this was created.
    pub(crate) fn has_interrupt(&self) -> bool {
        *self.count.borrow() > 0
    }

    /// Waits only for interrupts from now on.
    pub(crate) fn forget(&mut self) {
        self.seen = *self.count.borrow();
    }

    /// Waits for the next interrupt. Cancel safe.
    pub(crate) async fn next(&mut self) {
        let seen = self.seen;
        if self.count.wait_for(|count| *count > seen).await.is_err() {
            std::future::pending::<()>().await;
        }
        self.seen += 1;
    }

    /// Completes when the process has not stopped in time after an interrupt, because it is blocked, for example by a
    /// write to a pipe that is not read.
    pub(crate) async fn unresponsive(mut self) {
        self.next().await;
        tokio::select! {
            () = tokio::time::sleep(FIRST) => {}
            () = self.next() => tokio::time::sleep(SECOND).await,
        }
    }
}

#[cfg(unix)]
mod platform {
    //! SIGINT, SIGTERM, SIGQUIT and SIGHUP. A SIGHUP that was ignored at the start stays ignored, for `nohup`.
    use std::future::{pending, poll_fn};
    use std::task::Poll;

    use rustix::process::Signal as Number;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::{StopSignal, may_handle};

    pub(super) struct Signals(Vec<(StopSignal, Signal)>);

    impl Signals {
        pub(super) fn new() -> std::io::Result<Self> {
            let mut kinds = vec![
                (StopSignal::Interrupt, SignalKind::interrupt()),
                (StopSignal::Terminate, SignalKind::terminate()),
                (StopSignal::Quit, SignalKind::quit()),
            ];
            kinds.extend(may_handle(Number::HUP).then(|| (StopSignal::Hangup, SignalKind::hangup())));
            let listen = |(name, kind)| signal(kind).map(|signal| (name, signal));
            kinds.into_iter().map(listen).collect::<Result<_, _>>().map(Self)
        }

        pub(super) async fn next(&mut self) -> Option<StopSignal> {
            if self.0.is_empty() {
                return pending().await;
            }
            poll_fn(|context| {
                let mut signals = self
                    .0
                    .iter_mut()
                    .map(|(name, signal)| signal.poll_recv(context).map(|received| received.map(|()| *name)));
                signals.find(Poll::is_ready).unwrap_or(Poll::Pending)
            })
            .await
        }
    }
}

/// Whether a handler for `signal` may be installed: the parent process may have set it to be ignored.
///
/// There is no safe API to read the disposition of a signal. Linux has it in a file. On other systems a shell, which
/// inherits it, tries the hangup, so that `nohup` works there too; no handler is installed for other signals.
#[cfg(unix)]
pub(super) fn may_handle(signal: rustix::process::Signal) -> bool {
    use std::sync::OnceLock;
    /// Read before the first handler is installed.
    static IGNORED: OnceLock<u64> = OnceLock::new();
    let ignored = IGNORED.get_or_init(|| ignored_signals().unwrap_or(u64::MAX));
    ignored & bit(signal) == 0
}

#[cfg(unix)]
fn bit(signal: rustix::process::Signal) -> u64 {
    1 << (signal.as_raw() - 1)
}

#[cfg(target_os = "linux")]
fn ignored_signals() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn ignored_signals() -> Option<u64> {
    let ignored = is_hangup_ignored(std::process::Command::new("/bin/sh"))?;
    Some(if ignored { u64::MAX } else { !bit(rustix::process::Signal::HUP) })
}

/// Whether a shell survives the hangup that it sends to itself. Takes a few milliseconds, once in a process that waits
/// for interrupts.
#[cfg(all(unix, any(test, not(target_os = "linux"))))]
fn is_hangup_ignored(mut shell: std::process::Command) -> Option<bool> {
    use std::process::Stdio;
    let silent = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.args(["-c", "kill -HUP $$"]).status().ok().map(|status| status.success())
}

#[cfg(windows)]
mod platform {
    //! Ctrl-C, Ctrl-Break, closing the console, logging off and shutting down. Windows gives a process a few seconds
    //! after each of the last three.
    use tokio::signal::windows::{
        CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_logoff,
        ctrl_shutdown,
    };

    use super::StopSignal;

    pub(super) struct Signals {
        ctrl_c: CtrlC,
        ctrl_break: CtrlBreak,
        close: CtrlClose,
        logoff: CtrlLogoff,
        shutdown: CtrlShutdown,
    }

    impl Signals {
        pub(super) fn new() -> std::io::Result<Self> {
            Ok(Self {
                ctrl_c: ctrl_c()?,
                ctrl_break: ctrl_break()?,
                close: ctrl_close()?,
                logoff: ctrl_logoff()?,
                shutdown: ctrl_shutdown()?,
            })
        }

        pub(super) async fn next(&mut self) -> Option<StopSignal> {
            let received = tokio::select! {
                received = self.ctrl_c.recv() => received,
                received = self.ctrl_break.recv() => received,
                received = self.close.recv() => received,
                received = self.logoff.recv() => received,
                received = self.shutdown.recv() => received,
            };
            received.map(|()| StopSignal::Interrupt)
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use rustix::process::Signal;

    use super::*;

    /// What other systems do, compared with what Linux knows.
    #[test]
    fn shell_shows_whether_hangups_are_ignored() {
        let found = is_hangup_ignored(Command::new("/bin/sh"));
        assert_eq!(found, Some(!may_handle(Signal::HUP)));
        let mut nohup = Command::new("/bin/sh");
        nohup.args(["-c", "trap '' HUP; exec /bin/sh \"$@\"", "sh"]);
        assert_eq!(is_hangup_ignored(nohup), Some(true));
        assert_eq!(is_hangup_ignored(Command::new("/no/such/shell")), None);
    }
}
