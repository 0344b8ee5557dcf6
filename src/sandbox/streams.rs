//! Open streams: events for `listen` and `realtime`, and the request log for `logs`.

pub(crate) mod feed;
pub(crate) mod listen;
pub(crate) mod log_writer;
pub(crate) mod logs;
pub(crate) mod socket;
