//! The runtime of commands that wait for something.

use crate::host::io_error::io_message;
use crate::output::Failure;

/// Runs `work` to its end. One thread is enough for everything this program waits for, and faster than several.
pub(crate) fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::failed(format!("could not start: {}", io_message(&error))))?;
    let outcome = runtime.block_on(work);
    // A thread of the runtime may still be resolving a host name, which nothing waits for now.
    runtime.shutdown_background();
    outcome
}
