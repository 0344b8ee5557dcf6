//! What a person can ask of a running engine.

use tokio::sync::mpsc;

/// A wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ControlCommand {
    /// Deliver the last event again, to every target it went to.
    ReplayLast,
    /// Start no more deliveries, or start them again.
    TogglePause,
    /// End as the first interrupt does.
    Quit,
}

/// The engine's end of it.
#[derive(Debug)]
pub(crate) struct Control(Option<mpsc::Receiver<ControlCommand>>);

impl Control {
    /// One that never asks for anything.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// A sender of wishes and the engine's end.
    pub(crate) fn channel() -> (mpsc::Sender<ControlCommand>, Self) {
        let (sender, receiver) = mpsc::channel(16);
        (sender, Self(Some(receiver)))
    }

    /// Whether anything may be asked for.
    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// The next wish. Cancel safe.
    pub(super) async fn next(&mut self) -> ControlCommand {
        let wish = match &mut self.0 {
            Some(receiver) => receiver.recv().await,
            None => None,
        };
        match wish {
            Some(wish) => wish,
            None => {
                self.0 = None;
                std::future::pending().await
            }
        }
    }
}
