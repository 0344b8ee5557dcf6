//! The runtime of commands that wait for something.

use crate::host::io_error::io_message;
use crate::host::signals::Interrupts;
use crate::output::{Exit, Failure};

/// Runs `work` to its end. One thread is enough for everything this program waits for, and faster than several.
pub(crate) fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::failed(format!("could not start: {}", io_message(&error))))?;
    let outcome = runtime.block_on(stoppable(work));
    // A thread of the runtime may still be resolving a host name, which nothing waits for now.
    runtime.shutdown_background();
    outcome
}

/// Runs `work` so that signals end it. For process 1, as in a container, signals without a handler have no effect, and
/// the engine would have to kill it. Commands that handle signals themselves end before the time limit here.
async fn stoppable(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    if std::process::id() != 1 {
        return work.await;
    }
    let interrupts = Interrupts::listen()?;
    tokio::select! {
        outcome = work => outcome,
        () = interrupts.unresponsive() => Err(Failure::new(Exit::Interrupted, "interrupted")),
    }
}
