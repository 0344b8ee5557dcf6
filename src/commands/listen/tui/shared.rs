//! What the parts of the view know about the run.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Secret;
use crate::history::RunScope;
use crate::host::clock::Clock;
use crate::ops::replay::SendOptions;

/// The run as the threads of the view know it.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    pub(super) path: PathBuf,
    pub(super) scope: RunScope,
    pub(super) options: SendOptions,
    pub(super) clock: Clock,
    /// Of the session; `None` until there is one.
    pub(super) secret: Arc<Mutex<Option<Secret>>>,
}

impl Shared {
    /// The secret for an event that was received by a run with `scope`. That of another account is not known here.
    pub(super) fn secret_for(&self, scope: Option<&RunScope>) -> Option<Secret> {
        let secret = self.secret.lock().unwrap_or_else(PoisonError::into_inner);
        secret.clone().filter(|_| scope.is_none_or(|scope| *scope == self.scope))
    }
}
