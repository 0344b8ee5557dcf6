//! Counts short sequences of characters in the background, so that not even the first short search reads every text.

use crate::sandbox::state::Shared;

/// Counts at the start and after large changes, until the sandbox shuts down.
pub(crate) async fn run(state: Shared) {
    let (mut uncounted, mut closing) = (state.store.uncounted(), state.closing());
    while !*closing.borrow() {
        uncounted.borrow_and_update();
        let state = state.clone();
        let _ = tokio::task::spawn_blocking(move || count(&state)).await;
        tokio::select! {
            _ = uncounted.changed() => {}
            _ = closing.changed() => {}
        }
    }
}

fn count(state: &Shared) {
    let closing = state.closing();
    // in small parts, between which requests get the store
    while !*closing.borrow() && state.store.count_letters().unwrap_or(false) {
        std::thread::yield_now();
    }
    // without the saved counts the next start only counts again
    let _ = state.store.save_letters();
}
