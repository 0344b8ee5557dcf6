//! The engine of `listen`: takes events from the stream, signs them and delivers them to local targets.
//!
//! ```text
//! plan ─> engine ─> queue (order per resource, bounded) ─> request (sign) ─> attempt ─> policy
//!            └────> Activity, the one account of everything that happens
//! ```
//!
//! The engine never sees the terminal. Nothing it accepts leaves it without an [`Activity`] that says
//! how it ended, and its [`Summary`] balances: received = delivered + failed + skipped + waiting.

mod activity;
pub(crate) mod advice;
mod answer_text;
mod attempt;
mod control;
mod engine;
mod ledger;
mod limiter;
mod plan;
mod policy;
mod queue;
mod request;

pub(crate) use activity::{Activity, SecretSource, TargetLine};
pub(crate) use answer_text::excerpt;
pub(crate) use attempt::{Attempted, Tried, attempt};
pub(crate) use control::{Control, Wish};
pub(crate) use engine::{End, Ended, Links, Past, run};
pub(crate) use ledger::{Concurrency, Summary, TargetSummary};
pub(crate) use plan::{NO_ROUTE, NOT_AMONG_EVENTS, Plan, SecretChoice, Target};
pub(crate) use request::{Identity, Signing, headers};
