//! Registered webhooks, the deliveries to them, and events fired on request.

pub(crate) mod attempt;
pub(crate) mod deliveries;
pub(crate) mod dispatcher;
pub(crate) mod first_attempts;
pub(crate) mod retry;
pub(crate) mod trigger;
pub(crate) mod trigger_request;
pub(crate) mod webhooks;
