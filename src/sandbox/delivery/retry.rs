//! Retries: whether a delivery is finished, retried or given up after an attempt. Pure except for the jitter.

use jiff::{SignedDuration, Timestamp};

use crate::host::random;
use crate::sandbox::store::attempts::Attempt;
use crate::sandbox::store::deliveries::{Delivery, Status};
use crate::sandbox::store::outbox::DeliveryUpdate;

/// Why an attempt is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    Schedule,
    Request,
}

/// The delay after each failed attempt, in seconds (documented). After the last one the delivery is given up.
const WAITS: [u32; 6] = [30, 2 * 60, 10 * 60, 60 * 60, 6 * 60 * 60, 24 * 60 * 60];
/// A delay grows by up to this fraction (ours: the amount is not documented).
const JITTER: f64 = 0.1;

/// `seconds` times the time scale, at least a millisecond.
pub(crate) fn scaled(seconds: f64, scale: f64) -> SignedDuration {
    let scaled = SignedDuration::try_from_secs_f64(seconds * scale).unwrap_or(SignedDuration::MAX);
    scaled.max(SignedDuration::from_millis(1))
}

/// The new state of a delivery after `attempt`, which ended `now`.
pub(crate) fn verdict(
    delivery: &Delivery,
    attempt: &Attempt,
    trigger: Trigger,
    (now, scale): (Timestamp, f64),
) -> DeliveryUpdate {
    let scheduled = delivery.scheduled + u32::from(trigger == Trigger::Schedule);
    if attempt.succeeded() {
        return DeliveryUpdate { status: Status::Succeeded, due: None, scheduled };
    }
    match trigger {
        Trigger::Schedule => {
            let due = again(now, scheduled, scale, random::unit());
            let status = if due.is_some() { Status::Pending } else { Status::Failed };
            DeliveryUpdate { status, due, scheduled }
        }
        // the schedule stays, and a successful delivery stays successful
        Trigger::Request => {
            let planned = delivery.due.is_some() || delivery.status == Status::Succeeded;
            let status = if planned { delivery.status } else { Status::Failed };
            DeliveryUpdate { status, due: delivery.due, scheduled }
        }
    }
}

/// When to retry after `failed` attempts; `jitter` is in `0.0..1.0`.
fn again(now: Timestamp, failed: u32, scale: f64, jitter: f64) -> Option<Timestamp> {
    let wait = WAITS.get(usize::try_from(failed.checked_sub(1)?).ok()?)?;
    let wait = scaled(f64::from(*wait) * (1.0 + JITTER * jitter), scale);
    Some(now.saturating_add(wait).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(status: Status, scheduled: u32, due: Option<Timestamp>) -> Delivery {
        Delivery {
            seq: 1,
            id: "dlv_1".to_owned(),
            webhook: 1,
            event_id: "evt_1".to_owned(),
            event_type: "ticket.created".to_owned(),
            resource: "ticket:1".to_owned(),
            request_id: "req_1".to_owned(),
            body: bytes::Bytes::new(),
            created_at: Timestamp::UNIX_EPOCH,
            status,
            attempts: scheduled,
            scheduled,
            due,
        }
    }

    fn attempt(status: Option<u16>) -> Attempt {
        Attempt {
            number: 1,
            at: Timestamp::UNIX_EPOCH,
            milliseconds: 1,
            status,
            error: None,
            request_headers: Vec::new(),
            response_headers: Vec::new(),
            response_body: Vec::new(),
            truncated: false,
        }
    }

    #[test]
    fn retries_follow_the_documented_delays() {
        let at = |failed, jitter| again(Timestamp::UNIX_EPOCH, failed, 1.0, jitter).map(Timestamp::as_second);
        let waits: Vec<_> = (1..=7).map(|failed| at(failed, 0.0)).collect();
        assert_eq!(waits, [Some(30), Some(120), Some(600), Some(3_600), Some(21_600), Some(86_400), None]);
        assert_eq!(at(1, 0.999), Some(32));
        let short = again(Timestamp::UNIX_EPOCH, 1, 0.001, 0.0).unwrap();
        assert_eq!(short.as_millisecond(), 30);
        assert_eq!(scaled(1.0, 0.0), SignedDuration::from_millis(1));
        assert_eq!(scaled(f64::MAX, f64::MAX), SignedDuration::MAX);
    }

    #[test]
    fn seventh_failure_gives_up() {
        let now = (Timestamp::UNIX_EPOCH, 1.0);
        let first = delivery(Status::Pending, 0, Some(Timestamp::UNIX_EPOCH));
        let done = verdict(&first, &attempt(Some(204)), Trigger::Schedule, now);
        assert_eq!(done, DeliveryUpdate { status: Status::Succeeded, due: None, scheduled: 1 });
        for failed in [Some(302), Some(404), Some(500), Some(199), None] {
            let again = verdict(&first, &attempt(failed), Trigger::Schedule, now);
            assert_eq!((again.status, again.scheduled), (Status::Pending, 1), "{failed:?}");
            assert!(again.due.is_some());
        }
        let last = delivery(Status::Pending, 6, Some(Timestamp::UNIX_EPOCH));
        let given_up = verdict(&last, &attempt(None), Trigger::Schedule, now);
        assert_eq!(given_up, DeliveryUpdate { status: Status::Failed, due: None, scheduled: 7 });
    }

    #[test]
    fn extra_attempt_keeps_the_schedule() {
        let now = (Timestamp::UNIX_EPOCH, 1.0);
        let due = Some(Timestamp::MAX);
        let on_request = |delivery: &Delivery, status| {
            let verdict = verdict(delivery, &attempt(status), Trigger::Request, now);
            assert_eq!(verdict.scheduled, delivery.scheduled);
            (verdict.status, verdict.due)
        };
        let waiting = delivery(Status::Pending, 2, due);
        assert_eq!(on_request(&waiting, Some(500)), (Status::Pending, due));
        assert_eq!(on_request(&waiting, Some(200)), (Status::Succeeded, None));
        let once = delivery(Status::Pending, 0, None);
        assert_eq!(on_request(&once, None), (Status::Failed, None));
        let received = delivery(Status::Succeeded, 1, None);
        assert_eq!(on_request(&received, Some(500)), (Status::Succeeded, None));
    }
}
