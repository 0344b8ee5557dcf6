//! Delivers events to registered webhooks: who is due, how many at once, when again.
//!
//! What is to be delivered was written with the event and waits in the store, so nothing is lost when the
//! sandbox ends; an attempt that was under way then is made again. Each endpoint has its own places, so a slow
//! one delays no other, and within an endpoint the events about one resource go out one after the other.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use super::attempt;
use super::attempt::Clients;
use super::retry::{self, Trigger};

use crate::sandbox::lock::locked;
use crate::sandbox::state::{Shared, State};
use crate::sandbox::store::deliveries::Attempt;
use crate::sandbox::store::outbox::{Gate, Outgoing};

/// How many attempts each endpoint may have under way (ours).
const PLACES: usize = 8;
/// How long to wait when the store cannot be read.
const PAUSE: Duration = Duration::from_secs(1);

/// What is under way, and the news of what has ended.
#[derive(Debug, Default)]
pub(crate) struct Dispatcher {
    in_flight: Mutex<InFlight>,
    clients: OnceLock<Option<Clients>>,
    /// How many attempts have ended.
    ended: watch::Sender<u64>,
}

/// The deliveries with an attempt under way: of which webhook, about which resource.
#[derive(Debug, Default)]
struct InFlight(HashMap<i64, (i64, String)>);

impl Gate for InFlight {
    fn has_room(&self, webhook: i64) -> bool {
        self.0.values().filter(|(other, _)| *other == webhook).count() < PLACES
    }

    fn claim(&mut self, webhook: i64, delivery: i64, resource: &str) -> bool {
        let taken = self.0.contains_key(&delivery)
            || self.0.values().any(|(other, about)| *other == webhook && about == resource);
        if taken || !self.has_room(webhook) {
            return false;
        }
        self.0.insert(delivery, (webhook, resource.to_owned()));
        true
    }
}

impl Dispatcher {
    /// Changes when an attempt has ended and is written down.
    pub(crate) fn ended(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }
}

/// Delivers until the sandbox closes; then waits for what is under way.
pub(crate) async fn run(state: Shared) {
    if let Err(error) = state.store.abandon() {
        tracing::error!(%error, "the sandbox could not use its state");
    }
    let (mut outbox, mut closing) = (state.store.outbox(), state.closing());
    // of attempts on request, too: what became due meanwhile had to wait for them
    let mut ended = state.dispatcher.ended();
    let mut attempts = JoinSet::new();
    loop {
        // marked as seen before looking, so that what is added meanwhile still wakes us
        outbox.borrow_and_update();
        ended.borrow_and_update();
        let wait = start_due(&state, &mut attempts);
        tokio::select! {
            _ = closing.wait_for(|closing| *closing) => break,
            _ = outbox.changed() => {}
            _ = ended.changed() => {}
            Some(_) = attempts.join_next() => {}
            () = pause(wait) => {}
        }
    }
    while attempts.join_next().await.is_some() {}
}

/// Starts what is due; says how long it is until more is.
fn start_due(state: &Shared, attempts: &mut JoinSet<()>) -> Option<Duration> {
    let now = state.settings.clock.now();
    let found = state.store.due(now, &mut *locked(&state.dispatcher.in_flight));
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
    // one more, as the clock has parts of milliseconds
    Duration::try_from(then.duration_since(now)).unwrap_or_default() + Duration::from_millis(1)
}

async fn pause(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

/// Makes one attempt of a delivery now, whether it is due or not, beside the places of its endpoint. `None` if
/// it is under way, or gone.
pub(crate) async fn attempt_now(state: &Shared, delivery: i64) -> Option<Attempt> {
    let now = state.settings.clock.now();
    let outgoing = state.store.outgoing(delivery, now).ok()??;
    {
        let mut in_flight = locked(&state.dispatcher.in_flight);
        if in_flight.0.contains_key(&delivery) {
            return None;
        }
        // no event of the endpoint waits for it
        in_flight.0.insert(delivery, (outgoing.webhook.seq, format!("request:{delivery}")));
    }
    let (sender, made) = oneshot::channel();
    let own = state.clone();
    // on its own, so that a caller who goes away does not break it off
    state.spawn(async move { drop(sender.send(make(&own, outgoing, Trigger::Request).await)) });
    made.await.ok()
}

/// Makes an attempt and writes it down.
async fn make(state: &State, outgoing: Outgoing, trigger: Trigger) -> Attempt {
    let dispatcher = &state.dispatcher;
    let guard = InFlightGuard { dispatcher, delivery: outgoing.delivery.seq };
    let clients = dispatcher.clients.get_or_init(Clients::new);
    let attempt = attempt::make(clients.as_ref(), &state.settings, &outgoing).await;
    let now = state.settings.clock.now();
    let verdict = retry::verdict(&outgoing.delivery, &attempt, trigger, (now, state.settings.time_scale));
    if let Err(error) = state.store.record(&outgoing.delivery, &attempt, verdict) {
        tracing::error!(%error, "the sandbox could not write down how a delivery went");
        // it is still due: not at once again
        tokio::time::sleep(PAUSE).await;
    }
    drop(guard);
    attempt
}

/// A place that is free again when this is dropped.
struct InFlightGuard<'d> {
    dispatcher: &'d Dispatcher,
    delivery: i64,
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        locked(&self.dispatcher.in_flight).0.remove(&self.delivery);
        self.dispatcher.ended.send_modify(|attempts| *attempts += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_has_its_own_places_and_each_resource_its_turn() {
        let mut gate = InFlight::default();
        assert!(gate.claim(1, 10, "ticket:a"));
        assert!(!gate.claim(1, 10, "ticket:a"), "it is under way");
        assert!(!gate.claim(1, 11, "ticket:a"), "another about the same ticket is");
        assert!(gate.claim(2, 12, "ticket:a"), "but at another endpoint");
        for delivery in 0..7 {
            assert!(gate.claim(1, 20 + delivery, &format!("ticket:{delivery}")));
        }
        assert!(!gate.has_room(1) && !gate.claim(1, 30, "ticket:z"));
        assert!(gate.has_room(2) && gate.claim(2, 31, "ticket:z"));
        gate.0.remove(&10);
        assert!(gate.claim(1, 11, "ticket:a"));
    }
}
