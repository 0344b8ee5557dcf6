//! The faults of an open stream: which of them apply after each event.

use std::sync::Arc;

use super::{FaultRequest, Faults};
use crate::sandbox::http::faults::rule::Fault;
use crate::sandbox::lock::locked;

/// The effects of faults after an event of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StreamEffects {
    pub(crate) duplicate: bool,
    pub(crate) cut: bool,
}

#[derive(Debug)]
pub(crate) struct StreamFaults {
    faults: Arc<Faults>,
    fault_request: FaultRequest,
    sent: u32,
}

impl StreamFaults {
    pub(crate) fn new(faults: Arc<Faults>, fault_request: FaultRequest) -> Self {
        Self { faults, fault_request, sent: 0 }
    }

    pub(crate) fn after_session(&self) -> StreamEffects {
        self.faults.stream_effects(&self.fault_request, 0)
    }

    pub(crate) fn after_event(&mut self) -> StreamEffects {
        self.sent = self.sent.saturating_add(1);
        self.faults.stream_effects(&self.fault_request, self.sent)
    }
}

impl Faults {
    /// The effects after event number `sent` of a stream; 0 is its session.
    fn stream_effects(&self, fault_request: &FaultRequest, sent: u32) -> StreamEffects {
        let mut effects = StreamEffects::default();
        let mut active = locked(&self.0);
        let seed = active.seed;
        for rule in &mut active.rules {
            let fault = rule.rule.fault;
            match fault {
                Fault::Duplicate if sent > 0 => effects.duplicate |= rule.strikes(seed, fault_request, sent),
                // a fault that was added later applies to the next event
                Fault::Cut { after: Some(after) } if sent >= after => {
                    effects.cut |= rule.strikes(seed, fault_request, after);
                }
                Fault::Cut { after: None } if sent > 0 => {
                    effects.cut |= rule.strikes(seed, fault_request, sent)
                }
                _ => {}
            }
        }
        effects
    }
}
