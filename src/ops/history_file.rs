//! Opens the history and finds an event in it, for commands, `replay` and the MCP server. Not part of `history`, which
//! knows neither failures nor the terminal.

use std::path::PathBuf;

use crate::history::{self, EventDetail, EventFilter, EventLookup, EventState, HistoryReader};
use crate::host::env::Env;
use crate::output::{Failure, Output, error_hints, style};

/// The id that means the newest event.
const LAST: &str = "last";

pub(crate) fn needed_path(env: &Env) -> Result<PathBuf, Failure> {
    history::default_path(env).ok_or_else(|| {
        Failure::usage("cannot store the history: no home directory found").hint("set CSTAR_HOME")
    })
}

/// Opens the history. A missing one is empty; a line on standard error says so.
pub(crate) fn open(env: &Env, output: &mut Output) -> Result<HistoryReader, Failure> {
    let path = needed_path(env)?;
    if !path.exists() {
        let line = format!("There is no history yet: `cstar listen` writes it to {}.", path.display());
        output.status(&style::dim(&line))?;
    }
    HistoryReader::open(&path).map_err(Failure::from)
}

/// Why a list is empty.
pub(crate) fn no_event(reader: &HistoryReader) -> &'static str {
    match reader.count(&EventFilter::default()) {
        Ok(0) => "No events are recorded yet.",
        _ => "No event matches.",
    }
}

/// The newest event, or the newest in `state`.
pub(crate) fn newest(
    reader: &HistoryReader,
    state: Option<EventState>,
) -> Result<Option<EventDetail>, Failure> {
    let filter = EventFilter { state, limit: Some(1), ..EventFilter::default() };
    let found = reader.export(&filter)?.next();
    found.transpose().map_err(Failure::from)
}

/// Whether `text` is meant as the id of an event: it is one or `last`, or an event in the history has an id that ends
/// with it.
pub(crate) fn is_event_id(env: &Env, text: &str) -> bool {
    text == LAST || text.starts_with("evt_") || ends_an_id(env, text)
}

fn ends_an_id(env: &Env, text: &str) -> bool {
    let is_end = text.trim_start_matches('…').chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let path = history::default_path(env).filter(|path| is_end && path.exists());
    let reader = path.and_then(|path| HistoryReader::open(&path).ok());
    reader.is_some_and(|reader| !matches!(reader.get(text), Ok(EventLookup::Nothing) | Err(_)))
}

/// The event whose id is `id` or begins or ends with it; `last` is the newest event.
pub(crate) fn find(reader: &HistoryReader, id: &str) -> Result<EventDetail, Failure> {
    if id.trim().is_empty() {
        return Err(Failure::usage("the id is empty").hint("ids are listed by: cstar history"));
    }
    if id == LAST {
        return newest(reader, None)?.ok_or_else(|| {
            Failure::failed("there is no event in the history").hint("`cstar listen` writes it")
        });
    }
    match reader.get(id)? {
        EventLookup::Found(detail) => Ok(*detail),
        EventLookup::Nothing => Err(Failure::failed(format!("there is no event `{id}` in the history"))
            .hint("list the events: cstar history")),
        EventLookup::Ambiguous(ids) => Err(error_hints::ambiguous_id("events", id, &ids)),
    }
}
