//! Writes the request log to the store while the sandbox runs.
//!
//! Entries are collected for a moment, so that a burst of requests is one transaction. A killed sandbox loses the
//! entries of that moment.

use std::time::Duration;

use crate::sandbox::caller::Environment;
use crate::sandbox::request_log::persist::{self, StoreArchive};
use crate::sandbox::state::{Shared, State};

/// How long entries are collected before they are written.
const PAUSE: Duration = Duration::from_millis(50);

/// Loads what the store alone has, in the background.
async fn load_older(state: &Shared) {
    let state = state.clone();
    let load = move || {
        for environment in Environment::ALL {
            while !*state.closing().borrow()
                && state.requests(environment).load_older(&StoreArchive(&state.store, environment))
            {
            }
        }
    };
    let _ = tokio::task::spawn_blocking(load).await;
}

/// Writes new entries in short intervals, until the sandbox shuts down.
pub(crate) async fn run(state: Shared) {
    load_older(&state).await;
    let mut closing = state.closing();
    let [mut test, mut live] = Environment::ALL.map(|environment| state.requests(environment).changes());
    while !*closing.borrow() {
        tokio::select! {
            _ = test.changed() => {}
            _ = live.changed() => {}
            _ = closing.changed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = closing.changed() => return,
        }
        // beside the requests that are answered meanwhile
        let state = state.clone();
        let _ = tokio::task::spawn_blocking(move || save(&state)).await;
    }
}

/// Writes what is new in both logs.
pub(crate) fn save(state: &State) {
    for environment in Environment::ALL {
        let log = state.requests(environment);
        persist::save(&state.store, environment, log, state.settings.log_limit);
    }
}

#[cfg(test)]
mod tests;
