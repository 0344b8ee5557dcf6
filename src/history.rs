//! The history: everything `listen` receives and every attempt to deliver it, kept in one SQLite file.
//!
//! ```text
//! forward ─ Record ─> Journal ─> bounded channel ─> writer thread ─> SQLite (WAL) <─ HistoryReader ─ commands
//! ```
//!
//! - [`Journal`] is what a running `listen` holds. Recording never waits for the disk unless the channel
//!   is full; a thread of its own writes what has come in as one transaction, at most 512
//!   records or 5 ms late.
//! - [`HistoryReader`] looks at the same file from any process while others write.
//!
//! # What survives
//!
//! A committed record survives the death of the process in any form, `kill -9` included: it is in the
//! write-ahead log, which the operating system holds. What was recorded in the last few milliseconds may
//! not be committed; [`Journal::close`] waits for it. A
//! power cut or a crash of the operating system can take the transactions since the last checkpoint (about
//! 16 MB of writing), never the file: `synchronous=NORMAL` syncs at checkpoints only. In both cases what is
//! lost is the end, so that the cursor ([`Journal::last_received_id`]) goes back with it and the server
//! sends the rest again.
//!
//! # What is never in it
//!
//! Signing secrets and API keys are not part of any record. Headers that carry credentials, in either
//! direction, are dropped before they are written (see `headers`).
//!
//! # Passing trouble
//!
//! While another process locks the file, or the disk is full, what comes is kept in memory, up to 16 MiB and one
//! record more, and written as soon as that is possible again. Past that, new events and the details of
//! attempts are lost, which [`JournalStatus::lost`] counts; the ends of deliveries are still kept. Only a file that
//! is broken turns the history off.
//!
//! # Bounds
//!
//! The oldest settled events are removed first, in small steps. Events that wait for delivery go only when
//! nothing else is left and their run is over, and that is counted in [`JournalStatus::unsettled_pruned`]. What a
//! living run still has to deliver is never removed.

mod active_runs;
mod assignment;
mod attempt_rows;
mod batch;
mod deferred_open;
mod error;
mod event_body;
mod headers;
mod journal;
mod lease;
mod message;
mod model;
mod open_events;
mod pause;
mod prune;
mod queries;
mod reader;
mod record;
mod resume;
mod rows;
mod runs;
mod schema;
mod settings;
mod settle;
mod status;
mod store;
mod views;
mod writer;

pub(crate) use active_runs::{ActiveRun, active_runs};
pub(crate) use assignment::Candidates;
pub(crate) use error::HistoryError;
pub(crate) use journal::Journal;
pub(crate) use model::{DeliveryState, EventKey, NewRun, RecordedOutcome, RunScope, StoredDelivery};
pub(crate) use reader::{EventExport, HistoryReader};
pub(crate) use record::{AttemptRecord, DisconnectRecord, GapRecord, ReceivedRecord, Record, SkippedEvent};
pub(crate) use settings::HistorySettings;
pub(crate) use settle::{UnsettledDelivery, UnsettledFilter, dismiss, unsettled};
pub(crate) use status::{JournalStatus, LostRecords};
pub(crate) use views::{
    ConnectionEvent, DeliverySummary, EventDetail, EventFilter, EventLookup, EventState, EventSummary,
    Reception, StoredAttempt,
};

#[cfg(any(test, fuzzing))]
#[path = "history/tests/fuzz.rs"]
pub(crate) mod fuzz;
#[cfg(test)]
mod tests;
