//! Commands of the user to a running engine.

use tokio::sync::mpsc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ControlCommand {
    /// Deliver the last event again, to every target that accepts it.
    ReplayLast,
    /// Pause deliveries, or resume them.
    TogglePause,
    /// Stop like the first interrupt does.
    Quit,
    /// Stop in the same way, because the run is decided. The text is the reason in the last activity.
    Finish(&'static str),
}

/// The receiving end of the commands.
#[derive(Debug)]
pub(crate) struct Control(Option<mpsc::Receiver<ControlCommand>>);

impl Control {
    /// No commands.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// A sender of commands and the engine's end.
    pub(crate) fn channel() -> (mpsc::Sender<ControlCommand>, Self) {
        let (sender, receiver) = mpsc::channel(16);
        (sender, Self(Some(receiver)))
    }

    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// The next command. Cancel safe.
    pub(super) async fn next(&mut self) -> ControlCommand {
        let command = match &mut self.0 {
            Some(receiver) => receiver.recv().await,
            None => None,
        };
        match command {
            Some(command) => command,
            None => {
                self.0 = None;
                std::future::pending().await
            }
        }
    }
}
