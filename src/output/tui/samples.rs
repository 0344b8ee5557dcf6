//! Events for the tests of the view.

use std::time::Duration;

use jiff::Timestamp;

use super::detail::EventView;
use crate::history::{
    DeliveryState, DeliverySummary, EventDetail, EventKey, EventOrigin, EventState, EventSummary,
    RecordedOutcome, StoredAttempt,
};

const TARGET: &str = "http://localhost:3000/api/webhooks";

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_942_800_000 + millis).unwrap()
}

fn delivery(state: DeliveryState, status: Option<u16>, attempts: u32) -> DeliverySummary {
    DeliverySummary {
        target: TARGET.to_owned(),
        state,
        ended_at: Some(at(50)),
        attempts,
        status,
        reason: (state == DeliveryState::Failed).then(|| "answered HTTP 500".to_owned()),
        duration: Some(Duration::from_micros(12_300)),
        target_down_reason: None,
    }
}

pub(super) fn summary(key: EventKey) -> EventSummary {
    let is_failed = key.0 % 5 == 0;
    let delivery = match is_failed {
        true => delivery(DeliveryState::Failed, Some(500), 6),
        false => delivery(DeliveryState::Delivered, Some(200), 1),
    };
    EventSummary {
        key,
        id: Some(format!("evt_ticket_created_{:013}", key.0)),
        event_type: Some(
            ["ticket.created", "customer.updated", "survey.submitted"][(key.0 % 3) as usize].to_owned(),
        ),
        received_at: at(key.0 * 1_000),
        bytes: 300,
        state: if is_failed { EventState::Failed } else { EventState::Delivered },
        skipped: None,
        origin: EventOrigin::Stream,
        source_id: None,
        deliveries: vec![delivery],
    }
}

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn attempt(number: u32, duration: Duration, outcome: RecordedOutcome) -> StoredAttempt {
    StoredAttempt {
        target: TARGET.to_owned(),
        attempt: number,
        started_at: at(i64::from(number) * 1_000),
        duration,
        status: Some(500),
        outcome,
        reason: Some("answered HTTP 500".to_owned()),
        repeats: 1,
        request_headers: headers(&[("content-type", "application/json"), ("x-delivery-attempt", "2")]),
        response_headers: headers(&[("content-type", "text/plain")]),
        response_body: "日本語 boom \u{1b}[2J\u{202e}".to_owned().into(),
        truncated: false,
        chaos: None,
    }
}

/// A failed event whose texts are as hostile as they can be.
pub(super) fn view(key: EventKey) -> EventView {
    let body = r#"{"id":"evt_1","type":"ticket.created","data":{"ticket":{"id":"tkt_1","title":"\u001b[2J\u202e gpj.exe 👩‍💻 日本語 ❤️","tags":["a","b"],"n":1.10,"customer":{"name":"Zoë"}}}}"#;
    let text = |line: &str| vec![line.to_owned()];
    EventView {
        event: EventDetail {
            key,
            id: Some("evt_ticket_created_0000000000005\u{7}".to_owned()),
            event_type: Some("ticket.created\u{1b}]0;x\u{7}".to_owned()),
            request_id: Some("req_1".to_owned()),
            webhook_id: None,
            received_at: at(0),
            body: body.into(),
            state: EventState::Failed,
            origin: EventOrigin::Stream,
            source_id: None,
            receptions: Vec::new(),
            deliveries: vec![delivery(DeliveryState::Failed, Some(500), 2)],
            attempts: vec![
                attempt(1, Duration::from_millis(6_200), RecordedOutcome::Retry),
                attempt(2, Duration::from_millis(10_400), RecordedOutcome::Failed),
            ],
        },
        timeline: text("12:00:00.000  Received."),
        next: text("Your server failed: look at its log."),
        signature: text("valid"),
    }
}
