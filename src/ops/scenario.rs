//! Scenarios: API calls that refer to the answers before them, and the events that each call must cause.
//!
//! ```text
//! file (parse, check everything) ─> Scenario ─> run (resolve, call) ─> watch (the events of the call)
//! ```
//!
//! The format is ours, as is the statement of which call causes which event where cStar documents only the event.

mod built_in;
mod file;
mod reference;
mod run;
mod watch;

pub(crate) use built_in::{BUILT_IN, find};
pub(crate) use file::{Scenario, Step};
pub(crate) use run::{Runner, StepResult};
pub(crate) use watch::EventWatch;
