//! What is reported and recorded of a turn, once its deliveries are on their way: waking the threads that draw
//! and record takes longer than a delivery does.

use tokio::sync::mpsc::error::TrySendError;

use super::Engine;
use crate::forward::activity::Activity;

impl Engine {
    /// Something to tell at the end of this turn.
    pub(super) fn emit(&mut self, activity: Activity) {
        self.pending.push(activity);
    }

    /// Starts what may start and lets it reach its socket, then tells and records what has happened so far.
    /// Waits while the reader is behind; when it is gone, the loop notices by itself.
    pub(super) async fn start_and_flush(&mut self) {
        // A body that waits in the history has to be there before an attempt asks for it.
        if self.backlog.has_spilled() {
            self.flush().await;
        }
        if self.start_what_may_start() {
            tokio::task::yield_now().await;
        }
        self.flush().await;
    }

    /// Tells and records what has happened so far.
    pub(super) async fn flush(&mut self) {
        self.recorder.flush().await;
        for activity in self.pending.drain(..) {
            if let Err(TrySendError::Full(activity)) = self.activity.try_send(activity) {
                let _ = self.activity.send(activity).await;
            }
        }
    }
}
