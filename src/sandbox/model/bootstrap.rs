//! What every state has: its team and its settings, and that its objects are found.

use super::members::{self, MEMBERS};
use super::registry::ALL;
use super::settings::{self, SETTINGS};
use super::view;
use crate::sandbox::store::change::Change;

/// What every sandbox begins with: its team and its settings.
pub(crate) fn create_initial(change: &mut Change<'_>) -> rusqlite::Result<()> {
    settings::create_initial(change)?;
    members::create_initial(change)
}

/// Makes every object of an environment found that nothing is known to find by.
pub(crate) fn index_all(change: &mut Change<'_>) -> rusqlite::Result<()> {
    for resource in ALL.into_iter().filter(|resource| resource.parent.is_none()) {
        let mut last = 0;
        loop {
            let some = change.after(resource.kind, last, 1_000)?;
            let Some(newest) = some.last() else { break };
            last = newest.seq;
            for object in some {
                let index = view::index(resource, &object.body);
                change.reindex(resource.kind, object.seq, None, Some(&index))?;
            }
        }
    }
    Ok(())
}

/// Adds what an imported state lacks of that.
pub(crate) fn create_missing(change: &mut Change<'_>) -> rusqlite::Result<()> {
    if !change.has(SETTINGS.kind)? {
        settings::create_initial(change)?;
    }
    if !change.has(MEMBERS.kind)? {
        members::create_initial(change)?;
    }
    Ok(())
}
