//! Recordings of events, which `listen --record` writes and `trigger --play` sends again: JSON lines whose members have
//! the names of `history export --jsonl`, so that such an export can be played too; and HTTP archives.

pub(crate) mod har;
mod line;
mod read;
mod write;

pub(crate) use line::RecordedEvent;
pub(crate) use read::{Checked, read};
pub(crate) use write::{RecordingFile, recorded_line};
