//! The engine of `listen`: takes events from the stream, signs them and delivers them to local targets: servers and commands.
//!
//! ```text
//! plan ─> engine ─> queue (order per resource, bounded) ─> request (sign) ─> attempt (POST or command) ─> policy
//!            └────> Activity: everything that happens
//! ```
//!
//! The engine does not print. For every event it accepts, an [`Activity`] reports how each delivery ended, and
//! its [`RunSummary`] balances: received = delivered + failed + skipped + waiting.

mod activity;
mod activity_json;
pub(crate) mod advice;
mod attempt;
mod attempt_event;
mod attempt_record;
mod chaos;
mod command;
mod control;
mod deliver;
mod details;
mod endpoint;
mod engine;
mod expectation;
mod limiter;
mod plan;
mod policy;
mod queue;
mod refusal;
mod request;
mod response_text;
mod secret_source;
mod send;
mod stats;
mod summary;

pub(crate) use activity::Activity;
pub(crate) use attempt::{AttemptOutcome, AttemptResult, attempt};
pub(crate) use attempt_event::AttemptEvent;
pub(crate) use attempt_record::{AttemptContext, attempt_record};
pub(crate) use chaos::{Chaos, ChaosKind};
pub(crate) use command::{TargetCommand, exit_code_in};
pub(crate) use control::{Control, ControlCommand};
pub(crate) use deliver::{CLI_WEBHOOK_ID, DeliverOptions, deliver, signed_headers};
pub(crate) use details::{BodyPart, Headers, WantedDetails};
pub(crate) use endpoint::Endpoint;
pub(crate) use engine::{EngineIo, ResumeState, RunOutcome, StopReason, run};
pub(crate) use expectation::{
    Expectation, ExpectationReport, ExpectationResult, FailedDelivery, Progress, StatusSet, Tally,
};
pub(crate) use plan::{Destination, NO_ROUTE, NOT_AMONG_EVENTS, NOT_MATCHED, Plan, SecretChoice, Target};
pub(crate) use policy::{decide, is_rejection};
pub(crate) use response_text::{excerpt, output_excerpt};
pub(crate) use secret_source::SecretSource;
pub(crate) use send::{DetailedAttempt, is_large, send};
pub(crate) use summary::{ChaosFinding, ChaosSummary, Concurrency, RunSummary, TargetInfo, TargetSummary};
