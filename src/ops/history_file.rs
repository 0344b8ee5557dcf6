//! The history file: its path, opening it, and finding an event by its id.

use std::path::PathBuf;

use crate::history::{
    EventDetail, EventFilter, EventLookup, EventState, HistoryError, HistoryReader, JournalStatus,
    LostRecords,
};
use crate::host::dirs;
use crate::host::env::Env;
use crate::output::format::pluralize;
use crate::output::{Failure, Output, style};

/// The id that means the newest event.
const LAST: &str = "last";
const FILE: &str = "history.sqlite3";

/// The path; `None` if there is neither `CSTAR_HOME` nor a home directory.
pub(crate) fn path(env: &Env) -> Option<PathBuf> {
    dirs::config(env).map(|directory| directory.join(FILE))
}

/// The path, for commands that need it.
///
/// # Errors
/// When there is neither `CSTAR_HOME` nor a home directory.
pub(crate) fn needed_path(env: &Env) -> Result<PathBuf, Failure> {
    path(env).ok_or_else(|| {
        Failure::usage("cannot store the history: no home directory found").hint("set CSTAR_HOME")
    })
}

/// Opens the history. A missing one is empty; a line on standard error says so.
///
/// # Errors
/// When there is a file that cannot be read.
pub(crate) fn open(env: &Env, output: &mut Output) -> Result<HistoryReader, Failure> {
    let path = needed_path(env)?;
    if !path.exists() {
        let line = format!("There is no history yet: `cstar listen` writes it to {}.", path.display());
        output.status(&style::dim(&line))?;
    }
    HistoryReader::open(&path).map_err(unreadable)
}

/// The failure for a history that cannot be read.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn unreadable(error: HistoryError) -> Failure {
    Failure::failed(format!("could not read the history: {error}"))
}

/// What a closed journal could not record, if anything.
pub(crate) fn not_recorded(status: &JournalStatus) -> Option<String> {
    if let Some(reason) = &status.off {
        return Some(format!("The history is off: {reason}"));
    }
    let reason = status.paused.as_ref()?;
    let LostRecords { events, attempts } = status.lost;
    if (events, attempts) == (0, 0) {
        return None;
    }
    let (events, attempts) = (pluralize(events, "event"), pluralize(attempts, "attempt"));
    Some(format!("Not recorded in the history: {events}, {attempts} ({reason})."))
}

/// The newest event, or the newest in `state`.
///
/// # Errors
/// When the history cannot be read.
pub(crate) fn newest(
    reader: &HistoryReader,
    state: Option<EventState>,
) -> Result<Option<EventDetail>, Failure> {
    let filter = EventFilter { state, limit: Some(1), ..EventFilter::default() };
    let found = reader.export(&filter).map_err(unreadable)?.next();
    found.transpose().map_err(unreadable)
}

/// The event whose id is `id` or begins with it; `last` is the newest event.
///
/// # Errors
/// When there is none, or more than one.
pub(crate) fn find(reader: &HistoryReader, id: &str) -> Result<EventDetail, Failure> {
    if id.trim().is_empty() {
        return Err(Failure::usage("the id is empty").hint("ids are listed by: cstar history"));
    }
    if id == LAST {
        return newest(reader, None)?.ok_or_else(|| {
            Failure::failed("there is no event in the history").hint("`cstar listen` writes it")
        });
    }
    match reader.get(id).map_err(unreadable)? {
        EventLookup::Found(detail) => Ok(*detail),
        EventLookup::Nothing => Err(Failure::failed(format!("there is no event `{id}` in the history"))
            .hint("list the events: cstar history")),
        EventLookup::Ambiguous(ids) => Err(Failure::usage(format!("several events begin with `{id}`"))
            .hint(format!("name one of them: {}", ids.join(", ")))),
    }
}
