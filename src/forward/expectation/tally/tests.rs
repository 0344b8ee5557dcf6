//! Activities of runs, and what the tally makes of them.

use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::event::EventMeta;
use crate::forward::chaos::ChaosMarks;
use crate::forward::plan::Destination;

const TARGET: &str = "http://localhost:3000/";

fn tally(expectations: &[&str], statuses: Option<&str>) -> Tally {
    let expectations = expectations.iter().map(|text| Expectation::parse(text).unwrap()).collect();
    let target = Target { to: Destination::Url(TARGET.parse().unwrap()), patterns: Vec::new() };
    Tally::new(expectations, statuses.map(|text| StatusSet::parse(text).unwrap()), vec![target])
}

fn meta(id: &str, event_type: &str) -> Arc<EventMeta> {
    Arc::new(EventMeta {
        id: id.to_owned(),
        event_type: event_type.to_owned(),
        request_id: None,
        webhook_id: None,
        received_at: Timestamp::UNIX_EPOCH,
    })
}

fn received(id: &str, event_type: &str) -> Activity {
    Activity::Received { at: Timestamp::UNIX_EPOCH, event: meta(id, event_type), bytes: 2, body: None }
}

fn ended(id: &str, event_type: &str, status: u16) -> Activity {
    let attempt = AttemptEvent {
        at: Timestamp::UNIX_EPOCH,
        event: meta(id, event_type),
        target: TARGET.into(),
        attempt: 1,
        status: Some(status),
        exit_code: None,
        duration_ms: 1.0,
        chaos: ChaosMarks::default(),
        details: None,
    };
    match status {
        200..300 => Activity::Delivered { attempt, remark: None },
        _ => Activity::Failed { attempt, reason: format!("answered {status}"), answer: None, hint: None },
    }
}

/// The progress after each activity.
fn progress(tally: &mut Tally, activities: &[Activity]) -> Vec<Progress> {
    activities
        .iter()
        .map(|activity| {
            tally.observe(activity);
            tally.progress()
        })
        .collect()
}

#[test]
fn run_is_complete_when_deliveries_end() {
    let mut tally = tally(&["ticket.*>=2"], None);
    let (created, closed) = ("ticket.created", "ticket.closed");
    let seen = [
        received("evt_1", created),
        received("evt_2", closed),
        received("evt_3", "survey.submitted"),
        ended("evt_1", created, 200),
        ended("evt_2", closed, 204),
    ];
    use Progress::{Complete, Incomplete};
    assert_eq!(progress(&mut tally, &seen), [Incomplete, Incomplete, Incomplete, Incomplete, Complete]);
    let report = tally.report();
    assert!(report.passed && report.failures.is_empty(), "{report:?}");
    assert_eq!(report.results[1].of, Some(2), "the other event is not judged");
}

#[test]
fn upper_bounds_are_decided_at_the_end() {
    let created = "ticket.created";
    let mut exact = tally(&["ticket.created=1"], None);
    let once = [received("evt_1", created), ended("evt_1", created, 200)];
    assert_eq!(progress(&mut exact, &once), [Progress::Incomplete, Progress::Undecided]);
    assert!(exact.report().passed);
    assert_eq!(progress(&mut exact, &[received("evt_2", created)]), [Progress::Exceeded]);
    let report = exact.report();
    assert_eq!(report.results[0].reason.as_deref(), Some("2 arrived, expected exactly 1"));
    let none = tally(&["ticket.created=0"], None);
    assert_eq!(none.progress(), Progress::Undecided);
}

#[test]
fn missing_events_are_named_with_those_there() {
    let mut tally = tally(&["ticket.created", "survey.*=1"], None);
    let skipped = Activity::Skipped {
        at: Timestamp::UNIX_EPOCH,
        id: None,
        event: Some("survey.submitted".to_owned()),
        reason: "not among --events".to_owned(),
        is_filtered: false,
    };
    for activity in [received("evt_1", "customer.created"), skipped] {
        tally.observe(&activity);
    }
    let reasons: Vec<String> = tally.report().failed().map(|one| one.reason.clone().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "no event of this type arrived, expected at least 1; these arrived: customer.created (1)",
            "no event of these types arrived, expected exactly 1; these arrived: customer.created (1); \
             skipped: 1 survey.submitted: not among --events",
        ]
    );
}

#[test]
fn last_status_of_each_delivery_counts() {
    let created = "ticket.created";
    for (statuses, status, passes) in [
        (None, 200, true),
        (None, 401, false),
        (Some("401"), 401, true),
        (Some("401"), 200, false),
        (Some("200..204,500"), 500, true),
    ] {
        let mut tally = tally(&["ticket.created"], statuses);
        tally.observe(&received("evt_1", created));
        tally.observe(&ended("evt_1", created, status));
        assert_eq!(tally.progress(), Progress::Complete);
        let report = tally.report();
        assert_eq!(report.passed, passes, "{statuses:?} {status}");
        if !passes {
            let reason = format!("{TARGET} answered {status} (evt_1)");
            assert_eq!(report.results[1].reason.as_ref(), Some(&reason));
        }
    }
}

#[test]
fn unfinished_delivery_names_what_it_waits_for() {
    let mut tally = tally(&["*"], None);
    let down = Activity::Waiting {
        at: Timestamp::UNIX_EPOCH,
        target: TARGET.into(),
        waiting: 1,
        reason: "refuses connections".to_owned(),
        hint: None,
    };
    progress(&mut tally, &[received("evt_1", "ticket.created"), down]);
    let report = tally.report();
    assert!(!report.passed);
    let reason = format!("{TARGET} refuses connections (evt_1)");
    assert_eq!(report.results[1].reason.as_ref(), Some(&reason));
    tally.observe(&Activity::Resumed { at: Timestamp::UNIX_EPOCH, target: TARGET.into(), waiting: 1 });
    assert_eq!(tally.report().failures[0].reason, "had not answered yet");
    if let Activity::Failed { attempt, reason, .. } = ended("evt_1", "ticket.created", 500) {
        tally.observe(&Activity::Retrying { attempt, reason, answer: None, retry_in_ms: 500 });
    }
    let failure = &tally.report().failures[0];
    assert_eq!((failure.status, failure.reason.as_str()), (Some(500), "answered 500, and a retry was due"));
}

#[test]
fn repeated_deliveries_count_once() {
    let mut tally = tally(&["*"], None);
    let delivery = ended("evt_1", "ticket.created", 200);
    progress(
        &mut tally,
        &[delivery.clone(), received("evt_1", "ticket.created"), delivery.clone(), delivery],
    );
    assert_eq!(tally.report().results[1].of, Some(1));
}
