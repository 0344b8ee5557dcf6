//! What every sandbox state has: a team, settings, and an index of its objects.

use super::members::{self, MEMBERS};
use super::registry::ALL;
use super::settings::{self, SETTINGS};
use super::view;
use crate::sandbox::store::change::Change;

pub(crate) fn create_initial(change: &mut Change<'_>) -> rusqlite::Result<()> {
    settings::create_initial(change)?;
    members::create_initial(change)
}

/// Indexes every object of an environment whose index is empty.
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

/// Adds the team and the settings to an imported state that lacks them.
pub(crate) fn create_missing(change: &mut Change<'_>) -> rusqlite::Result<()> {
    if !change.has(SETTINGS.kind)? {
        settings::create_initial(change)?;
    }
    if !change.has(MEMBERS.kind)? {
        members::create_initial(change)?;
    }
    Ok(())
}
