//! Delivers events to webhooks: starts due attempts within the limits of each webhook, and stores the outcomes.
//!
//! Deliveries are written to the store with their event, so nothing is lost when the
//! sandbox stops; an attempt that was in flight is repeated. Each webhook has a limit of its own, so a slow
//! one delays no other, and the events about one resource are sent to a webhook one after the other.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::attempt;
use super::retry::{self, Trigger};
use crate::sandbox::endpoint_clients::EndpointClients;
use crate::sandbox::state::{Shared, State};
use crate::sandbox::store::attempts::Attempt;
use crate::sandbox::store::in_flight::InFlight;
use crate::sandbox::store::outbox::Outgoing;

/// How long to wait if the store cannot be read.
const PAUSE: Duration = Duration::from_secs(1);

/// Delivers until the sandbox closes; then waits for the attempts in flight.
pub(crate) async fn run(state: Shared) {
    let _delivering = state.readiness.delivering();
    if let Err(error) = state.store.abandon() {
        tracing::error!(%error, "the sandbox could not use its state");
    }
    let (mut outbox, mut closing) = (state.store.outbox(), state.closing());
    // also for attempts on request: other deliveries may wait for them
    let mut ended = state.in_flight.ended();
    let mut moves = state.clock_moves.subscribe();
    let mut attempts = JoinSet::new();
    loop {
        // marked as seen before looking, so that a later addition still wakes us
        outbox.borrow_and_update();
        ended.borrow_and_update();
        moves.borrow_and_update();
        let mut wait = std::pin::pin!(pause(start_due(&state, &mut attempts)));
        let is_closing = loop {
            tokio::select! {
                _ = closing.wait_for(|closing| *closing) => break true,
                _ = outbox.changed() => break false,
                _ = ended.changed() => break false,
                _ = moves.changed() => break false,
                // nothing becomes due by it: that was announced when the outcome was stored
                Some(_) = attempts.join_next() => {}
                () = &mut wait => break false,
            }
        };
        if is_closing {
            break;
        }
    }
    while attempts.join_next().await.is_some() {}
}

/// Starts the due attempts; returns the time until the next one.
fn start_due(state: &Shared, attempts: &mut JoinSet<()>) -> Option<Duration> {
    let now = state.settings.clock.now();
    let found = state.store.due(now, &state.in_flight);
    match found {
        Ok((ready, next)) => {
            for outgoing in ready {
                let state = state.clone();
                attempts.spawn(async move { drop(make(&state, outgoing, Trigger::Schedule).await) });
            }
            next.map(|next| until(now, next))
        }
        Err(error) => {
            tracing::error!(%error, "the sandbox could not read what is to be delivered");
            Some(PAUSE)
        }
    }
}

fn until(now: Timestamp, then: Timestamp) -> Duration {
    // rounded up, or it could wake within the same millisecond
    Duration::try_from(then.duration_since(now)).unwrap_or_default() + Duration::from_millis(1)
}

async fn pause(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

/// Attempts a delivery now, due or not, and outside the limit of its webhook. `None` if
/// it is in flight or gone.
pub(crate) async fn attempt_now(state: &Shared, delivery: i64) -> Option<Attempt> {
    let now = state.settings.clock.now();
    let outgoing = state.store.outgoing(delivery, now).ok()??;
    if !state.in_flight.claim_extra(delivery, outgoing.webhook.seq) {
        return None;
    }
    let (sender, made) = oneshot::channel();
    let own = state.clone();
    // a task of its own, so that a disconnecting caller does not cancel it
    state.spawn(async move { drop(sender.send(make(&own, outgoing, Trigger::Request).await)) });
    made.await.ok()
}

/// Makes an attempt and stores its outcome.
async fn make(state: &State, outgoing: Outgoing, trigger: Trigger) -> Attempt {
    let guard = InFlightGuard { in_flight: &state.in_flight, delivery: outgoing.delivery.seq };
    let clients = state.clients.get_or_init(EndpointClients::new);
    let attempt = attempt::make(clients.as_ref(), &state.settings, &outgoing).await;
    let now = state.settings.clock.now();
    let verdict = retry::verdict(&outgoing.delivery, &attempt, trigger, (now, state.settings.time_scale));
    if let Err(error) = state.store.record(&outgoing.delivery, &attempt, verdict).await {
        tracing::error!(%error, "the sandbox could not write down how a delivery went");
        // it is still due: do not retry immediately
        tokio::time::sleep(PAUSE).await;
    }
    drop(guard);
    attempt
}

/// Releases a delivery when dropped, also if the attempt panics.
struct InFlightGuard<'s> {
    in_flight: &'s InFlight,
    delivery: i64,
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.in_flight.release(self.delivery);
    }
}
