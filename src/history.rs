//! The history: everything `listen` receives and every attempt to deliver it, in one SQLite file.
//!
//! ```text
//! forward ─ Record ─> Journal ─> bounded channel ─> writer thread ─> SQLite (WAL) <─ HistoryReader ─ commands
//! ```
//!
//! - [`Journal`] belongs to a running `listen`. Recording waits for the disk only if the channel is full. A
//!   writer thread commits the records in transactions of at most 512 records, at most 50 ms late.
//!   [`Journal::wait_for_commit`] makes it commit at once after a quiet time. What prints waits like this, so that other
//!   processes can read what a printed line is about.
//! - In a burst, from about 1,300 events a second on, a commit stores its records as one value, and they become rows when
//!   nothing came for 200 ms, when a command reads the history, or beyond 64 MiB (see `record_batches`).
//! - [`HistoryReader`] reads the same file from any process while others write.
//!
//! # Durability
//!
//! A committed record survives the end of the process, including `kill -9`: it is in the write-ahead log,
//! which the operating system holds. Records of the last 50 ms may not be committed yet; [`Journal::close`] waits for
//! them. A power cut or a crash of the operating system can lose the transactions
//! since the last checkpoint (about 16 MB of writing, in a burst 64 MB), but does not damage the file: `synchronous=NORMAL` syncs
//! at checkpoints only. In both cases the end is lost, so that the cursor ([`Journal::last_received_id`]) goes
//! back with it and the server sends the rest again.
//!
//! # Secrets
//!
//! Signing secrets and API keys are not part of any record. Headers that carry credentials, in either
//! direction, are dropped before they are written (see `headers`).
//!
//! # Temporary failures
//!
//! While another process locks the file, or the disk is full, records are kept in memory, up to 16 MiB and one
//! more record, and written as soon as possible. Beyond that, new events and the details of attempts are lost
//! and counted in [`JournalStatus::lost`]; how deliveries ended is still kept. Only a damaged file turns the
//! history off.
//!
//! # Bounds
//!
//! The oldest settled events are removed first, in small steps. Events that wait for delivery are removed only
//! if nothing else is left and their run has ended, and are counted in [`JournalStatus::unsettled_pruned`].
//! Deliveries of an active run are never removed. The records of a burst count once they are rows.

mod active_runs;
mod assignment;
mod attempt_rows;
mod batch;
mod batch_codec;
mod body_filter;
mod browse;
mod commit;
mod commit_pace;
mod commit_progress;
mod deferred_open;
mod error;
mod event_body;
mod event_count;
mod headers;
mod interrupt;
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
mod record_batches;
mod resume;
mod rows;
mod runs;
mod schema;
mod selection;
mod settings;
mod settle;
mod statistics;
mod status;
mod store;
mod summaries;
mod text_search;
mod type_statistics;
mod views;
mod watcher;
mod writer;

pub(crate) use active_runs::{ActiveRun, active_runs};
pub(crate) use assignment::Candidates;
pub(crate) use browse::Direction;
pub(crate) use error::HistoryError;
pub(crate) use headers::carries_credentials;
pub(crate) use interrupt::Interrupt;
pub(crate) use journal::Journal;
pub(crate) use model::{
    DeliveryState, EventKey, EventOrigin, NewRun, RecordedOutcome, RunScope, StoredDelivery,
};
pub(crate) use reader::{EventExport, HistoryReader};
pub(crate) use record::{
    AttemptRecord, DisconnectRecord, GapRecord, LocalOrigin, MAX_RESPONSE, ReceivedRecord, Record,
    SettledDelivery, SkippedEvent,
};
pub(crate) use settings::{HistorySettings, default_path};
pub(crate) use settle::{UnsettledDelivery, UnsettledFilter, dismiss, unsettled};
pub(crate) use statistics::{Statistics, TypeStatistics};
pub(crate) use status::{JournalStatus, LostRecords};
pub(crate) use views::{
    AnswerFilter, ConnectionEvent, DeliverySummary, EventDetail, EventFilter, EventLookup, EventState,
    EventSummary, ReceivedRow, StoredAttempt,
};
pub(crate) use watcher::{Changes, Watcher};

#[cfg(any(test, fuzzing))]
#[path = "history/tests/fuzz.rs"]
pub(crate) mod fuzz;
#[cfg(test)]
mod tests;
