//! Everything that happens while events are forwarded, as one enum.
//!
//! `listen` renders it as lines for people or as NDJSON. The serialised form is the NDJSON form: one object
//! per line, `type` first. Times are RFC 3339 in UTC with three decimals, durations are in
//! milliseconds, sizes in bytes.

use std::sync::Arc;

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::attempt_event::{AttemptEvent, millis};
use super::details::BodyPart;
use super::expectation::ExpectationReport;
use super::secret_source::SecretSource;
use super::summary::{RunSummary, TargetInfo};
use crate::Secret;
use crate::event::{EventMeta, SchemaDifference};

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Activity {
    /// cstar connects to cStar.
    Connecting { attempt: u32 },
    /// A session is open: events are received from here on.
    Connected {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        session_id: Option<String>,
        webhook_id: Option<String>,
        targets: Vec<TargetInfo>,
        /// Whether an earlier connection was lost.
        reconnected: bool,
        secret_source: SecretSource,
        /// For the ready line only; never serialised.
        #[serde(skip)]
        secret: Secret,
    },
    /// A member of the session is ignored.
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
    /// The connection was lost; cstar reconnects.
    Disconnected {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        reason: String,
        retry_in_ms: u64,
    },
    /// There has been no connection for a while. Repeated every 30 s until one lasts.
    StillDisconnected {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        /// When the outage began.
        #[serde(serialize_with = "millis")]
        since: Timestamp,
        down_ms: u64,
        /// Connection attempts since then.
        attempts: u32,
        /// Why the latest one failed or ended.
        reason: String,
    },
    /// The next connection uses another transport.
    TransportChanged {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        to: &'static str,
        reason: String,
    },
    /// The page of the inspector can be opened. Emitted by `listen --ui`, not by the engine.
    Inspector {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        /// With the token.
        url: String,
    },
    /// A webhook delivers to this run. Emitted by `listen --public-url`.
    Receiver {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        address: String,
        public_url: String,
        webhook_id: String,
        events: Vec<String>,
        /// Whether the webhook is that of an earlier run.
        taken_over: bool,
    },
    /// A webhook that an earlier run left was deleted. Emitted by `listen`.
    WebhookDeleted {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        webhook_id: String,
    },
    /// The receiver of a webhook refused a request. At most one in ten seconds per status.
    RequestRefused {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        status: u16,
        reason: String,
        /// How many others were refused with this status since the last one.
        others: u64,
    },
    /// An event arrived.
    Received {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        #[serde(flatten, serialize_with = "received_event")]
        event: Arc<EventMeta>,
        bytes: usize,
        /// The body, if it was asked for.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        body: Option<BodyPart>,
    },
    /// A target cannot be reached, so its events wait. Once per outage.
    Waiting {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        target: Arc<str>,
        waiting: usize,
        reason: String,
        hint: Option<String>,
    },
    /// A target can be reached again.
    Resumed {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        target: Arc<str>,
        waiting: usize,
    },
    /// Reading pauses because the backlog is `full`, or deliveries pause because the user has `asked` for it.
    Paused {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        queued: usize,
        reason: &'static str,
    },
    /// The user has resumed deliveries.
    Continued {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        queued: usize,
    },
    /// The user repeats the last event. Without an id there is none yet.
    Replaying {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        id: Option<String>,
        event: Option<String>,
    },
    /// The run ends, after waiting a few seconds for the `deliveries` that have not ended.
    Draining {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        deliveries: u64,
    },
    /// A target answered with a 2xx status, or its command exited with 0.
    Delivered {
        #[serde(flatten)]
        attempt: AttemptEvent,
        /// What is unusual about the answer, such as a body that never ended.
        #[serde(skip_serializing_if = "Option::is_none")]
        remark: Option<&'static str>,
    },
    /// An attempt failed and will be retried.
    Retrying {
        #[serde(flatten)]
        attempt: AttemptEvent,
        reason: String,
        /// The first line of the target's answer.
        answer: Option<String>,
        retry_in_ms: u64,
    },
    /// An attempt that chaos added or changed, so that it says nothing about the delivery, which follows.
    Chaos {
        #[serde(flatten)]
        attempt: AttemptEvent,
        /// How it was answered, with the finding.
        reason: String,
        /// What is wrong with a target that answers it like that.
        finding: Option<&'static str>,
    },
    /// A delivery failed for good.
    Failed {
        #[serde(flatten)]
        attempt: AttemptEvent,
        reason: String,
        /// The first line of the target's answer.
        answer: Option<String>,
        /// What to check or change.
        hint: Option<String>,
    },
    /// An event is not delivered, for the given reason.
    Skipped {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        id: Option<String>,
        event: Option<String>,
        reason: String,
        /// Whether the user asked for that with `--filter`.
        #[serde(skip)]
        is_filtered: bool,
    },
    /// Nothing is recorded from here on; forwarding continues.
    HistoryOff {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        reason: String,
    },
    /// The history cannot be written for now; records are kept in memory until it can.
    HistoryPaused {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        reason: String,
    },
    /// That memory is full: events are not recorded until the history can be written again.
    HistoryOverflow {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
    },
    /// The history can be written again. Both numbers are totals of the run.
    HistoryResumed {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        lost_events: u64,
        lost_attempts: u64,
    },
    /// Earlier runs left unfinished deliveries. If they are `resumed`, `deliveries` counts those that this
    /// run makes, and `kept` those that none of its targets accepts.
    Leftover {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        deliveries: u64,
        #[serde(serialize_with = "millis")]
        since: Timestamp,
        resumed: bool,
        kept: u64,
    },
    /// A payload differs from what cStar documents. Each difference once per type.
    Schema {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        event: String,
        #[serde(flatten)]
        difference: SchemaDifference,
    },
    /// The end of the run, and its totals.
    Summary {
        #[serde(serialize_with = "millis")]
        at: Timestamp,
        reason: &'static str,
        /// Boxed, because every activity is as large as the largest one.
        #[serde(flatten)]
        summary: Box<RunSummary>,
        /// Ids of events with a delivery that has not ended, each once, at most a hundred.
        undelivered: Vec<String>,
        /// The result of `listen --expect`, which adds it.
        #[serde(skip_serializing_if = "Option::is_none")]
        expectations: Option<Box<ExpectationReport>>,
    },
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn millis_or_null<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => millis(at, serializer),
        None => serializer.serialize_none(),
    }
}

fn received_event<S: Serializer>(event: &EventMeta, serializer: S) -> Result<S::Ok, S::Error> {
    let mut members = serializer.serialize_map(Some(3))?;
    members.serialize_entry("id", &event.id)?;
    members.serialize_entry("event", &event.event_type)?;
    members.serialize_entry("request_id", &event.request_id)?;
    members.end()
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
