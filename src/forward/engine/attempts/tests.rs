//! Attempts that end, wait, panic and are aborted.

use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::*;
use crate::event::{EventMeta, ReceivedEvent};
use crate::forward::chaos::DeliveryChaos;
use crate::forward::engine::backlog::Size;
use crate::forward::engine::job::{AcceptedEvent, Job};
use crate::forward::limiter::Limiter;

fn flight(seq: u64) -> InFlight {
    let meta = EventMeta {
        id: format!("evt_{seq}"),
        event_type: "ticket.created".to_owned(),
        request_id: None,
        webhook_id: None,
        received_at: Timestamp::UNIX_EPOCH,
    };
    let received = ReceivedEvent { meta: meta.into(), body: "{}".into() };
    let event =
        AcceptedEvent { received, open: AtomicUsize::new(1), seq, size: Size::default(), is_stored: false };
    InFlight {
        target: 0,
        key: "ticket".into(),
        job: Job { event: Arc::new(event), attempt: 1, chaos: DeliveryChaos::default() },
        started: Limiter::new(1).start(1),
        started_at: Timestamp::UNIX_EPOCH,
    }
}

fn result(text: &str) -> AttemptResult {
    AttemptResult::impossible(text.to_owned())
}

fn text((flight, result): &AttemptEnd) -> String {
    format!("{} {}", flight.job.id(), result.outcome.reason())
}

#[tokio::test]
async fn attempts_end_in_the_order_of_answers() {
    let mut attempts = Attempts::default();
    assert!(attempts.next_end().await.is_none());
    let mut answers = Vec::new();
    for seq in 1..4 {
        let (answer, answered) = oneshot::channel();
        attempts.start(flight(seq), async { answered.await.unwrap() });
        answers.push(answer);
    }
    attempts.advance().await;
    assert!(attempts.try_next_end().is_none() && attempts.in_flight() == 3);
    for (at, name) in [(2, "third"), (0, "first")] {
        answers.remove(at).send(result(name)).unwrap();
        assert_eq!(text(&attempts.next_end().await.unwrap()), format!("evt_{} {name}", at + 1));
    }
    assert_eq!(attempts.flights().count(), 1);
    attempts.start(flight(9), async { result("another") });
    attempts.advance().await;
    assert_eq!(text(&attempts.try_next_end().unwrap()), "evt_9 another");
    assert_eq!((attempts.slots.len(), attempts.in_flight()), (3, 1));
}

#[tokio::test]
async fn new_attempt_makes_its_first_step_at_once() {
    let mut attempts = Attempts::default();
    let (begun, mut begins) = oneshot::channel();
    attempts.start(flight(1), async {
        begun.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
        result("slept")
    });
    assert!(begins.try_recv().is_err());
    attempts.advance().await;
    assert!(begins.try_recv().is_ok());
    assert_eq!(text(&attempts.next_end().await.unwrap()), "evt_1 slept");
}

#[tokio::test]
async fn panic_is_a_failed_delivery() {
    let mut attempts = Attempts::default();
    attempts.start(flight(1), async { panic!("a bug: {}", "x") });
    attempts.start(flight(2), async { panic!("a bug") });
    assert_eq!(text(&attempts.next_end().await.unwrap()), "evt_1 internal error: a bug: x");
    assert_eq!(text(&attempts.next_end().await.unwrap()), "evt_2 internal error: a bug");
    assert_eq!(attempts.in_flight(), 0);
}

#[tokio::test]
async fn aborted_attempts_keep_their_jobs() {
    let mut attempts = Attempts::default();
    let alive = Arc::new(());
    let kept = Arc::clone(&alive);
    attempts.start(flight(1), async move {
        std::future::pending::<()>().await;
        drop(kept);
        result("never")
    });
    attempts.advance().await;
    attempts.abort();
    assert_eq!(Arc::strong_count(&alive), 1);
    assert_eq!(attempts.flights().map(|flight| flight.job.id()).collect::<Vec<_>>(), ["evt_1"]);
}
