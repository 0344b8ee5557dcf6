//! Everything that happens while events are forwarded, as one typed account.
//!
//! The human lines and the NDJSON lines of `listen` are two drawings of this. The serialised form is
//! the NDJSON form: one object per line, `type` first. Times are RFC 3339 in UTC with three decimals, durations are in
//! milliseconds, sizes in bytes.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::stats::RunSummary;
use crate::Secret;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Activity {
    /// A connection to cStar is being made.
    Connecting { attempt: u32 },
    /// cStar has greeted us: from here on events are received.
    Connected {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        session_id: Option<String>,
        webhook_id: Option<String>,
        targets: Vec<TargetInfo>,
        /// Whether this replaces a connection that was lost.
        reconnected: bool,
        secret_source: SecretSource,
        /// For the ready line only; never serialised.
        #[serde(skip)]
        secret: Secret,
    },
    /// A member of the session that cStar opened is not used.
    Ignored {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        member: &'static str,
        reason: String,
    },
    /// Events may have been missed.
    Gap {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        after: Option<String>,
        #[serde(serialize_with = "millis_or_null")]
        since: Option<Timestamp>,
        reason: String,
    },
    /// The connection is gone; another one follows.
    Disconnected {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        reason: String,
        retry_in_ms: u64,
    },
    /// The connection has been gone for a while. Comes every 30 s until one lasts.
    StillDisconnected {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        /// When the outage began.
        #[serde(serialize_with = "millis")]
        since: Timestamp,
        down_ms: u64,
        /// Connections tried since then.
        attempts: u32,
        /// Why the latest one ended or was not made.
        reason: String,
    },
    /// The next connection is made by another transport.
    TransportChanged {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        to: &'static str,
        reason: String,
    },
    /// An event arrived.
    Received {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        id: String,
        event: String,
        request_id: Option<String>,
        bytes: usize,
    },
    /// A target cannot be reached; its events wait. Once per outage.
    Waiting {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        target: String,
        waiting: usize,
        reason: String,
        hint: Option<String>,
    },
    /// A target that could not be reached is back.
    Resumed {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        target: String,
        waiting: usize,
    },
    /// No deliveries start: the backlog is `full` and the stream is left unread until there is room, or
    /// the person at the terminal has `asked` for it.
    Paused {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        queued: usize,
        reason: &'static str,
    },
    /// The person at the terminal wants deliveries to go on.
    Continued {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        queued: usize,
    },
    /// The person at the terminal wants the last event again; there may be none yet.
    Replaying {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        id: Option<String>,
        event: Option<String>,
    },
    /// The end was asked for; the `deliveries` under way are waited for, for a few seconds.
    Draining {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        deliveries: u64,
    },
    /// A target answered with a 2xx status.
    Delivered {
        #[serde(flatten)]
        attempt: AttemptEvent,
        /// What is remarkable about the answer, such as a body that never ended.
        #[serde(skip_serializing_if = "Option::is_none")]
        remark: Option<&'static str>,
    },
    /// An attempt failed and will be repeated.
    Retrying {
        #[serde(flatten)]
        attempt: AttemptEvent,
        reason: String,
        /// The first line of what the target answered.
        answer: Option<String>,
        retry_in_ms: u64,
    },
    /// A delivery was given up.
    Failed {
        #[serde(flatten)]
        attempt: AttemptEvent,
        reason: String,
        /// The first line of what the target answered.
        answer: Option<String>,
        /// What to check or change.
        hint: Option<String>,
    },
    /// An event is not delivered anywhere, for the reason given.
    Skipped {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        id: Option<String>,
        event: Option<String>,
        reason: String,
    },
    /// Nothing is recorded from here on; forwarding goes on.
    HistoryOff {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        reason: String,
    },
    /// The history cannot be written for now; what comes is kept in memory until it can.
    HistoryPaused {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        reason: String,
    },
    /// No more fits into that memory: what comes from here on is not recorded until the history is back.
    HistoryOverflow {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
    },
    /// The history is written again. Both numbers are of the whole run.
    HistoryResumed {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        lost_events: u64,
        lost_attempts: u64,
    },
    /// Earlier runs ended with deliveries that were never made. When they are `resumed`, `deliveries` counts
    /// those that this run makes, and `kept` those that no target of it takes.
    Leftover {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        deliveries: u64,
        #[serde(serialize_with = "millis")]
        since: Timestamp,
        resumed: bool,
        kept: u64,
    },
    /// The end, and what became of everything.
    Summary {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        reason: &'static str,
        #[serde(flatten)]
        summary: RunSummary,
        /// Ids of events with a delivery that was still waiting, each once, at most a hundred.
        undelivered: Vec<String>,
    },
}

/// The first `most` ids, each once: an event may wait for several targets.
pub(super) fn distinct(ids: impl Iterator<Item = String>, most: usize) -> Vec<String> {
    let mut seen = HashSet::new();
    ids.filter(|id| seen.insert(id.clone())).take(most).collect()
}

/// A time as it stands in JSON, with exactly three decimals.
fn millis<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.3}"))
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn millis_or_null<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => millis(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// What the activities about one attempt have in common.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AttemptEvent {
    #[serde(serialize_with = "millis")]
    pub(crate) at: Timestamp,
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) target: String,
    pub(crate) attempt: u32,
    pub(crate) status: Option<u16>,
    pub(crate) duration_ms: f64,
}

/// A target as display_url.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct TargetInfo {
    pub(crate) url: String,
    /// The patterns of its route; empty means every event.
    pub(crate) events: Vec<String>,
}

/// Where the signing secret came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SecretSource {
    /// `--secret`
    Flag,
    /// `CSTAR_WEBHOOK_SECRET`
    Environment,
    /// The session frame of the stream.
    Session,
    /// Made once on this machine.
    Generated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_decimals() {
        let time = |nanos| Timestamp::from_nanosecond(nanos).unwrap();
        let gap = |since| Activity::Gap { at: time(1_500_000_000), after: None, since, reason: "x".into() };
        let json = |activity: &Activity| serde_json::to_string(activity).unwrap();
        assert_eq!(
            json(&gap(Some(time(12_345_678)))),
            r#"{"type":"gap","at":"1970-01-01T00:00:01.500Z","after":null,"since":"1970-01-01T00:00:00.012Z","reason":"x"}"#
        );
        assert!(json(&gap(None)).contains(r#""since":null"#));
    }
}
