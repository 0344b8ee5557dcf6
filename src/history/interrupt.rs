//! Stops a read when its client has left.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, InterruptHandle, ffi};

/// Shared by a reader and the owner of its request, who can stop the reader. It then stays stopped.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_over: bool,
    /// Of the reader's connection.
    handle: Option<InterruptHandle>,
}

impl Interrupt {
    /// Stops the running statement, and refuses later ones.
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

    /// SQLite ignores an interrupt while no statement runs.
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
