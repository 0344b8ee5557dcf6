//! Ctrl-C and termination requests, as items one can wait for.

use tokio::sync::mpsc;

/// The interrupts of this process from the moment it was made. The default action (end at once) is
/// off while it lives.
#[derive(Debug)]
pub(crate) struct Interrupts(mpsc::Receiver<()>);

impl Interrupts {
    /// Starts to listen. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// When the operating system refuses to install a handler.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let (tx, rx) = mpsc::channel(4);
        let mut signals = platform::Signals::new()?;
        tokio::spawn(async move {
            while signals.next().await.is_some() {
                // A full queue means interrupts nobody has answered yet: one more says nothing new.
                let _ = tx.try_send(());
            }
        });
        Ok(Self(rx))
    }

    /// Waits for the next interrupt. Cancel safe.
    pub(crate) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
mod platform {
    //! SIGINT and SIGTERM.
    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        pub(super) fn new() -> std::io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }

        pub(super) async fn next(&mut self) -> Option<()> {
            tokio::select! {
                got = self.interrupt.recv() => got,
                got = self.terminate.recv() => got,
            }
        }
    }
}

#[cfg(windows)]
mod platform {
    //! Ctrl-C, Ctrl-Break and the console being closed.
    use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, ctrl_break, ctrl_c, ctrl_close};

    pub(super) struct Signals {
        ctrl_c: CtrlC,
        ctrl_break: CtrlBreak,
        close: CtrlClose,
    }

    impl Signals {
        pub(super) fn new() -> std::io::Result<Self> {
            Ok(Self { ctrl_c: ctrl_c()?, ctrl_break: ctrl_break()?, close: ctrl_close()? })
        }

        pub(super) async fn next(&mut self) -> Option<()> {
            tokio::select! {
                got = self.ctrl_c.recv() => got,
                got = self.ctrl_break.recv() => got,
                got = self.close.recv() => got,
            }
        }
    }
}
