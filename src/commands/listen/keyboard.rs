//! The keyboard of a running `listen`: sends commands to the engine and switches the view.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::forward::ControlCommand;
use crate::host::keypress::KeyReader;
use crate::output::{Output, style};

/// Which keys there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    Delivering,
    /// Those about deliveries have no effect.
    Printing,
}

impl Keys {
    /// Named in the ready line and by `?`.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Delivering => "Keys: r replay last, p pause, f only failures, ? help, q quit",
            Self::Printing => "Keys: ? help, q quit",
        }
    }
}

/// Serves keys until it is dropped, which also puts the terminal back.
#[derive(Debug)]
pub(super) struct Keyboard {
    task: JoinHandle<()>,
    /// Whether key presses could be read at the start.
    pub(super) is_active: bool,
}

impl Keyboard {
    /// Starts if this process has a terminal.
    pub(super) fn start(
        output: Output,
        available: Keys,
        commands: mpsc::Sender<ControlCommand>,
        only_failures: Arc<AtomicBool>,
    ) -> Option<Self> {
        if output.is_json() || !output.stderr_is_terminal() {
            return None;
        }
        let keys = KeyReader::open()?;
        let is_active = keys.is_active();
        Some(Self { is_active, task: tokio::spawn(serve(keys, available, output, commands, only_failures)) })
    }
}

impl Drop for Keyboard {
    /// The task owns the terminal mode and restores it when it is dropped, at the latest with the runtime.
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut keys: KeyReader,
    available: Keys,
    mut output: Output,
    commands: mpsc::Sender<ControlCommand>,
    only_failures: Arc<AtomicBool>,
) {
    loop {
        let command = match keys.next().await {
            'r' | 'p' | 'f' if available == Keys::Printing => None,
            'r' => Some(ControlCommand::ReplayLast),
            'p' => Some(ControlCommand::TogglePause),
            'q' => Some(ControlCommand::Quit),
            'f' => {
                let only = !only_failures.fetch_xor(true, Ordering::Relaxed);
                let line = if only { "Showing failures only." } else { "Showing every delivery." };
                let _ = output.status(&style::dim(line));
                None
            }
            '?' | 'h' => {
                let _ = output.status(&style::dim(available.help()));
                None
            }
            _ => None,
        };
        if let Some(command) = command {
            // It fails if the engine has ended; then the process is about to exit.
            let _ = commands.send(command).await;
        }
    }
}
