//! Ends what a reader reads when its client is not interested any more.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, InterruptHandle, ffi};

/// Shared by a reader and the owner of its request, who may end the reading. It ends once and stays so.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_over: bool,
    /// Of the connection that is read.
    handle: Option<InterruptHandle>,
}

impl Interrupt {
    /// Ends the statement that runs, and those that the reader would begin after it.
    pub(crate) fn interrupt(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_over = true;
        if let Some(handle) = &state.handle {
            handle.interrupt();
        }
    }

    pub(super) fn watch(&self, conn: &Connection) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.handle = Some(conn.get_interrupt_handle());
    }

    /// SQLite forgets an interruption at which no statement ran.
    pub(super) fn check(&self) -> rusqlite::Result<()> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.is_over {
            true => Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_INTERRUPT), None)),
            false => Ok(()),
        }
    }
}

impl std::fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interrupt").finish_non_exhaustive()
    }
}
