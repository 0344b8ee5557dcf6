//! The history file: where it is, opened to read, and one event in it found by its id.

use std::path::PathBuf;

use crate::history::{
    EventDetail, EventFilter, EventLookup, EventState, HistoryError, HistoryReader, JournalStatus,
    LostRecords,
};
use crate::host::dirs;
use crate::host::env::Env;
use crate::output::format::pluralize;
use crate::output::{Failure, Output, style};

/// Stands for the newest event where an id is asked for.
const LAST: &str = "last";
const FILE: &str = "history.sqlite3";

/// Where the history is, or `None` when neither `CSTAR_HOME` nor a home directory is known.
pub(crate) fn path(env: &Env) -> Option<PathBuf> {
    dirs::config(env).map(|directory| directory.join(FILE))
}

/// As [`path`], for a command that is nothing without one.
///
/// # Errors
/// When no directory is known.
pub(crate) fn needed_path(env: &Env) -> Result<PathBuf, Failure> {
    path(env).ok_or_else(|| {
        Failure::usage("cannot store the history: no home directory found").hint("set CSTAR_HOME")
    })
}

/// Opens the history to read. A missing one is empty, which is said on standard error.
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

/// What a journal that has been closed could not record, if anything.
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

/// The newest event in this state, or of all.
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

/// The event whose id is, or begins like, `id`; `last` is the newest one.
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
            .hint("what is there is listed by: cstar history")),
        EventLookup::Ambiguous(ids) => Err(Failure::usage(format!("several events begin with `{id}`"))
            .hint(format!("name one of them: {}", ids.join(", ")))),
    }
}
