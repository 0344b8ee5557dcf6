//! Operations on the whole state (seed, import, export, reset) and the `/_sandbox` endpoints.

pub(crate) mod control;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod import_export;
pub(crate) mod ready;
pub(crate) mod seed;
pub(crate) mod storage;
