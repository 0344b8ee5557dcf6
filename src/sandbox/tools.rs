//! Operations on the whole state (seed, import, export, reset) and the `/_sandbox` endpoints.

pub(crate) mod clock;
pub(crate) mod control;
pub(crate) mod deliveries;
pub(crate) mod event_poll;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod import_export;
pub(crate) mod poll;
pub(crate) mod ready;
pub(crate) mod requests;
pub(crate) mod seed;
pub(crate) mod settings;
pub(crate) mod snapshots;
pub(crate) mod storage;
