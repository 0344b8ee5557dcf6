//! Attempts are read back, with the rows that they share.

use super::*;

#[tokio::test]
async fn event_and_attempts_are_read_back() {
    let (history, journal) = TestHistory::begun().await;
    journal.record(received(1, "evt_a")).await;
    let mut first = an_attempt(1, 1, RecordedOutcome::Retry);
    first.status = Some(503);
    first.reason = Some("answered HTTP 503".to_owned());
    first.request_headers = Some(headers(&[("x-signature", "t=1,v1=ab"), ("x-event-id", "evt_a")]));
    first.response_headers = headers(&[("content-type", "text/plain"), ("server", "x")]);
    first.response_body = Bytes::from(vec![b'y'; 5000]);
    journal.record(Record::Attempt(Box::new(first))).await;
    journal.record(attempt(1, 2, RecordedOutcome::Delivered)).await;
    journal.record(settled(1, DeliveryState::Delivered)).await;
    journal.flush().await.expect("committed");
    assert_eq!(journal.committed(), 1);

    let detail = history.event("evt_a");
    assert_eq!(detail.body, Bytes::from_static(b"{\"id\":\"evt_a\"}"));
    assert_eq!(detail.event_type.as_deref(), Some("ticket.created"));
    assert_eq!(detail.request_id.as_deref(), Some("req_1"));
    assert_eq!(detail.webhook_id.as_deref(), Some("whk_1"));
    assert_eq!((detail.received_at, detail.state), (at(1), EventState::Delivered));
    let run = detail.receptions[0].run.as_ref().expect("a run");
    assert_eq!((&run.scope, run.pid, run.ended_at), (&scope(), 42, None));
    let delivery = &detail.deliveries[0];
    assert_eq!((delivery.target.as_str(), delivery.state), (TARGET, DeliveryState::Delivered));
    assert_eq!((delivery.attempts, delivery.status, delivery.ended_at), (2, Some(200), Some(at(5000))));
    let [first, second] = &detail.attempts[..] else { panic!("two attempts: {:?}", detail.attempts) };
    assert_eq!((first.attempt, first.outcome, first.status), (1, RecordedOutcome::Retry, Some(503)));
    assert_eq!(first.reason.as_deref(), Some("answered HTTP 503"));
    assert_eq!(first.duration, Duration::from_micros(1234));
    assert_eq!(first.started_at, at(1001));
    assert_eq!((first.response_body.len(), first.truncated), (4096, true));
    assert!(first.request_headers.contains(&("x-signature".to_owned(), "t=1,v1=ab".to_owned())));
    assert_eq!(first.response_headers[0], ("content-type".to_owned(), "text/plain".to_owned()));
    assert_eq!((second.attempt, second.truncated), (2, false));
    journal.close().await;
}

#[tokio::test]
async fn first_try_is_read_back_from_the_delivery() {
    for later in [false, true] {
        let (history, journal) = TestHistory::begun().await;
        journal.record(received(1, "evt_a")).await;
        if later {
            // The delivery already has its row, which is updated.
            journal.flush().await.expect("committed");
        }
        let mut attempt = an_attempt(1, 1, RecordedOutcome::Delivered);
        attempt.settles = Some((DeliveryState::Delivered, at(5000)));
        attempt.response_headers = headers(&[("content-type", "text/plain"), ("set-cookie", "a=1")]);
        attempt.response_body = Bytes::from(vec![b'y'; 5000]);
        journal.record(Record::Attempt(Box::new(attempt))).await;
        journal.flush().await.expect("committed");

        let detail = history.event("evt_a");
        let delivery = &detail.deliveries[0];
        assert_eq!((delivery.state, delivery.ended_at), (DeliveryState::Delivered, Some(at(5000))));
        assert_eq!((delivery.attempts, delivery.status), (1, Some(200)));
        assert_eq!(delivery.duration, Some(Duration::from_micros(1234)));
        let [only] = &detail.attempts[..] else { panic!("one attempt: {:?}", detail.attempts) };
        assert_eq!((only.attempt, only.outcome, only.repeats), (1, RecordedOutcome::Delivered, 1));
        assert_eq!((only.started_at, only.status), (at(1001), Some(200)));
        assert_eq!(only.response_headers, [("content-type".to_owned(), "text/plain".to_owned())]);
        assert_eq!((only.response_body.len(), only.truncated), (4096, true));
        let count =
            |sql: &str| history.sql().query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
        assert_eq!(count("SELECT count(*) FROM attempts"), 0);
        assert_eq!(count("SELECT count(*) FROM every_attempt WHERE attempt = 1 AND status = 200"), 1);
        journal.close().await;
    }
}

#[tokio::test]
async fn attempt_after_a_refusal_has_its_own_row() {
    let (history, journal) = TestHistory::begun().await;
    journal.record(received(1, "evt_a")).await;
    journal.record(attempt(1, 1, RecordedOutcome::Refused)).await;
    journal.record(at_once(1)).await;
    journal.flush().await.expect("committed");
    let detail = history.event("evt_a");
    let outcomes: Vec<RecordedOutcome> = detail.attempts.iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, [RecordedOutcome::Refused, RecordedOutcome::Delivered]);
    assert_eq!((detail.deliveries[0].attempts, detail.deliveries[0].status), (1, Some(200)));
    journal.close().await;
}

#[tokio::test]
async fn reason_of_a_delivery_is_kept() {
    for later in [false, true] {
        let (history, journal) = TestHistory::begun().await;
        journal.record(received(1, "evt_a")).await;
        if later {
            journal.flush().await.expect("committed");
        }
        let Record::Attempt(mut attempt) = at_once(1) else { panic!("an attempt") };
        attempt.reason = Some("answered HTTP 200, but the body broke off".to_owned());
        journal.record(Record::Attempt(attempt.clone())).await;
        journal.flush().await.expect("committed");
        let detail = history.event("evt_a");
        let [only] = &detail.attempts[..] else { panic!("one attempt: {:?}", detail.attempts) };
        assert_eq!((only.outcome, &only.reason), (RecordedOutcome::Delivered, &attempt.reason));
        let delivery = &detail.deliveries[0];
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 1));
        assert_eq!((delivery.ended_at, &delivery.reason), (Some(at(5000)), &attempt.reason));
        journal.close().await;
    }
}

#[tokio::test]
async fn repeated_refusals_are_one_attempt() {
    let (history, journal) = TestHistory::begun().await;
    journal.record(received(1, "evt_a")).await;
    for second in 0..50 {
        let mut refused = an_attempt(1, 1, RecordedOutcome::Refused);
        refused.started_at = at(second * 1000);
        journal.record(Record::Attempt(Box::new(refused))).await;
        if second % 20 == 0 {
            journal.flush().await.expect("committed");
        }
    }
    journal.record(attempt(1, 1, RecordedOutcome::Delivered)).await;
    journal.record(settled(1, DeliveryState::Delivered)).await;
    journal.close().await;
    let detail = history.event("evt_a");
    let [refused, delivered] = &detail.attempts[..] else { panic!("two rows: {:?}", detail.attempts) };
    assert_eq!((refused.outcome, refused.repeats), (RecordedOutcome::Refused, 50));
    assert_eq!(refused.duration, Duration::from_secs(49) + Duration::from_micros(1234));
    assert_eq!((delivered.outcome, delivered.repeats), (RecordedOutcome::Delivered, 1));
    assert_eq!(detail.deliveries[0].attempts, 1, "a refused connection is not an attempt");
}
