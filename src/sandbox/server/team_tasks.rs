//! What runs for a team beside its requests: deliveries, the count of letters, and the writer of the request log.

use std::sync::Mutex;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};

use crate::sandbox::delivery::dispatcher;
use crate::sandbox::letter_counter;
use crate::sandbox::lock::locked;
use crate::sandbox::state::Shared;
use crate::sandbox::streams::log_writer;

/// How long connections and deliveries may take to finish at the end.
pub(super) const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

/// A team and what runs for it.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) state: Shared,
    /// `None` before the sandbox serves, and after the end.
    tasks: Mutex<Option<Tasks>>,
}

#[derive(Debug)]
struct Tasks {
    deliveries: JoinSet<()>,
    writer: JoinHandle<()>,
}

impl Member {
    pub(super) fn new(state: Shared) -> Self {
        Self { state, tasks: Mutex::default() }
    }

    pub(super) fn run(&self) {
        let mut deliveries = JoinSet::new();
        deliveries.spawn(dispatcher::run(self.state.clone()));
        deliveries.spawn(letter_counter::run(self.state.clone()));
        let writer = tokio::spawn(log_writer::run(self.state.clone()));
        *locked(&self.tasks) = Some(Tasks { deliveries, writer });
    }

    /// Waits for the deliveries in flight. Dropping the future ends them.
    async fn delivered(&self) -> Option<JoinHandle<()>> {
        let Tasks { mut deliveries, writer } = locked(&self.tasks).take()?;
        let wait = async { while deliveries.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(SHUTDOWN_GRACE, wait).await;
        Some(writer)
    }

    /// Ends everything that runs for a team whose streams are closed.
    pub(super) async fn end(&self) {
        let _ = tokio::time::timeout(SHUTDOWN_GRACE, self.state.sockets_ended()).await;
        if let Some(writer) = self.delivered().await {
            let _ = writer.await;
        }
        // without them the next start only counts again
        let _ = self.state.store.save_letters();
    }
}
