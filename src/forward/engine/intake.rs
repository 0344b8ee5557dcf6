//! What the stream brings: connections made and lost, gaps, and events, which are accepted or skipped.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::job::{AcceptedEvent, Job, event_size};
use super::reporter::millis;
use super::shutdown::StopReason;
use super::state::Engine;
use crate::Secret;
use crate::event::{ReceivedEvent, resource_name_and_id};
use crate::forward::activity::Activity;
use crate::forward::plan::{NO_ROUTE, NOT_AMONG_EVENTS, NOT_MATCHED, SecretChoice, Target};
use crate::forward::queue::Key;
use crate::forward::secret_source::SecretSource;
use crate::host::buffer;
use crate::signature::{Signer, Verifier};
use crate::stream::frame::Session;
use crate::stream::members::IgnoredMember;
use crate::stream::subscription::{Gap, GapReason, Outage, StreamItem};

/// A longer queue key is replaced by its hash, which has this length.
const LONGEST_KEY: usize = 64;
/// Why a repeated event is skipped.
pub(super) const DUPLICATE: &str = "received before in this run";
/// A run with a shorter `--for` may end before it can connect.
const TIME_TO_CONNECT: Duration = Duration::from_secs(1);
/// Items read from the stream before the loop looks at anything else.
const MAX_ITEMS_PER_TURN: usize = 32;

impl Engine {
    /// Handles this item and those that have arrived with it.
    pub(super) async fn handle_items(&mut self, item: StreamItem, stream: &mut mpsc::Receiver<StreamItem>) {
        let mut is_large = is_large(&item);
        self.handle_item(item).await;
        for _ in 1..MAX_ITEMS_PER_TURN {
            // The record of a large event is handed over before another one is made.
            if is_large || !self.is_open() || !self.scheduler.backlog.has_capacity() {
                return;
            }
            let Ok(item) = stream.try_recv() else { return };
            is_large = self::is_large(&item);
            self.handle_item(item).await;
        }
    }

    async fn handle_item(&mut self, item: StreamItem) {
        match item {
            StreamItem::Connecting { attempt } => self.reporter.emit(Activity::Connecting { attempt }),
            StreamItem::Connected(session) => self.connected(session).await,
            StreamItem::Ignored(IgnoredMember { member, flaw }) => {
                let (at, reason) = (self.clock.now(), flaw.to_string());
                self.reporter.emit(Activity::Ignored { at, member, reason });
            }
            StreamItem::Gap(gap) => self.gap(gap),
            StreamItem::Disconnected { reason, retry_in } => {
                let (at, reason) = (self.clock.now(), reason.to_string());
                self.recorder.disconnected(at, &reason, retry_in);
                self.disconnected = Some(reason.clone());
                self.reporter.emit(Activity::Disconnected { at, reason, retry_in_ms: millis(retry_in) });
            }
            StreamItem::StillDown(Outage { since, lasted, attempts, reason }) => {
                let (at, down_ms, reason) = (self.clock.now(), millis(lasted), reason.to_string());
                self.reporter.emit(Activity::StillDisconnected { at, since, down_ms, attempts, reason });
            }
            StreamItem::TransportChanged { to, reason } => {
                let (at, to, reason) = (self.clock.now(), to.name(), reason.to_string());
                self.reporter.emit(Activity::TransportChanged { at, to, reason });
            }
            StreamItem::Event(event) => self.accept(event),
            StreamItem::Delivery(delivery) => self.receive(delivery),
            StreamItem::RequestRefused(refused) => self.request_refused(refused),
            StreamItem::Duplicate { id, event_type } => {
                self.skip(Some(id), Some(event_type), DUPLICATE.to_owned());
            }
            StreamItem::Rejected { id, event_type, reason } => self.skip(id, event_type, reason.to_string()),
            // A temporary error is followed by a disconnection, which names it.
            StreamItem::ErrorFrame(error) if !error.is_fatal() => {}
            StreamItem::ErrorFrame(error) => self.close(StopReason::StreamError(error)),
            StreamItem::Refused(refused) => self.close(StopReason::Refused(refused)),
        }
    }

    async fn connected(&mut self, session: Session) {
        self.disconnected = None;
        let (secret, secret_source) = match self.secret(session.secret) {
            Ok(secret) => secret,
            Err(reason) => return self.close(StopReason::NoSecret(reason)),
        };
        self.signer = Some(Arc::new(Signer::new(secret.expose())));
        self.verifier = Some(Verifier::new(secret.expose()));
        if !session.reconnected {
            self.recorder.began_at(session.cursor).await;
        }
        self.reporter.emit(Activity::Connected {
            at: self.clock.now(),
            session_id: session.session_id,
            webhook_id: session.webhook_id,
            targets: self.plan.targets.iter().map(Target::info).collect(),
            reconnected: session.reconnected,
            secret_source,
            secret,
        });
    }

    /// Why there is no connection; `None` if there is one, or if there was too little time for one.
    pub(super) fn disconnected(&self) -> Option<String> {
        let had_time = self.plan.run_for >= Some(TIME_TO_CONNECT);
        let never = || (self.signer.is_none() && had_time).then(|| "cStar did not answer".to_owned());
        self.disconnected.clone().or_else(never)
    }

    fn secret(&self, of_session: Option<Secret>) -> Result<(Secret, SecretSource), String> {
        match (&self.plan.secret, of_session) {
            (SecretChoice::Given(secret, source), _) => Ok((secret.clone(), *source)),
            (SecretChoice::Session(_), Some(secret)) => Ok((secret, SecretSource::Session)),
            (SecretChoice::Session(generate), None) => Ok((generate()?, SecretSource::Generated)),
        }
    }

    fn gap(&mut self, gap: Gap) {
        let reason = match gap.reason {
            GapReason::NotResumed => "the server no longer has the last event",
            GapReason::Unconfirmed => "the server did not confirm that it resumed where the stream was cut",
            GapReason::NoCursor => "there was no event yet to resume after",
        };
        let (at, after, since) = (self.clock.now(), gap.after, gap.disconnected_at);
        self.recorder.gap(at, after.clone(), since, reason);
        self.reporter.emit(Activity::Gap { at, after, since, reason: reason.to_owned() });
    }

    pub(super) fn accept(&mut self, event: ReceivedEvent) {
        let is_wanted = self.plan.wants(&event.event_type);
        let targets = self.targets_of(&event.event_type);
        if !is_wanted || (targets.is_empty() && !self.plan.delivers_nothing()) {
            let reason = if is_wanted { NO_ROUTE } else { NOT_AMONG_EVENTS };
            return self.skip(Some(event.id.clone()), Some(event.event_type.clone()), reason.to_owned());
        }
        if let Some(filter) = self.plan.mismatch(&event.body) {
            let reason = format!("{NOT_MATCHED} {filter}");
            return self.skip_as(Some(event.id.clone()), Some(event.event_type.clone()), reason, true);
        }
        self.reporter.emit(Activity::Received {
            at: event.received_at,
            event: Arc::clone(&event.meta),
            bytes: event.body.len(),
            body: self.plan.details.body_when_received.then(|| self.plan.details.part(&event.body)),
        });
        self.schema.accepted(&event);
        self.reporter.stats.accepted(&targets);
        let seq = self.recorder.number();
        self.recorder.received(seq, &event, &targets);
        if !targets.is_empty() {
            self.enqueue(event, seq, &targets);
        }
        self.accepted += 1;
        if self.plan.count == Some(self.accepted) {
            // The counted events are waited for: without `--for`, until every delivery has ended.
            self.close_until(StopReason::CountReached, self.deadline);
        }
    }

    pub(super) fn targets_of(&self, event_type: &str) -> Vec<usize> {
        let targets = self.plan.targets.iter().enumerate();
        targets.filter(|(_, target)| target.wants(event_type)).map(|(index, _)| index).collect()
    }

    /// The key of the events that are delivered in order: those about the same resource, or all.
    pub(super) fn lane(&self, event_type: &str, body: &[u8]) -> Key {
        match self.plan.ordered {
            true => "".into(),
            false => {
                let (resource, found) = resource_name_and_id(event_type, body);
                found.map_or_else(|| lane_key(resource, ""), |(name, id)| lane_key(&name, &id)).into()
            }
        }
    }

    fn enqueue(&mut self, mut event: ReceivedEvent, seq: u64, targets: &[usize]) {
        let key = self.lane(&event.event_type, &event.body);
        let size = event_size(&event, event.body.len(), &key, targets.len());
        let backlog = &mut self.scheduler.backlog;
        let is_stored = !backlog.fits(size) && self.recorder.can_store_bodies();
        if is_stored {
            event.body = Bytes::new();
            backlog.spill(size);
        } else {
            backlog.add(size);
        }
        let open = AtomicUsize::new(targets.len());
        let event = Arc::new(AcceptedEvent { received: event, open, seq, size, is_stored });
        let chaos = self.chaos_of(&event.received.id);
        for target in targets {
            self.scheduler.push(*target, &key, Job { event: Arc::clone(&event), attempt: 1, chaos });
        }
    }

    pub(super) fn skip(&mut self, id: Option<String>, event: Option<String>, reason: String) {
        self.skip_as(id, event, reason, false);
    }

    fn skip_as(&mut self, id: Option<String>, event: Option<String>, reason: String, is_filtered: bool) {
        self.reporter.stats.skipped();
        let at = self.clock.now();
        self.recorder.skipped(id.as_deref(), event.as_deref(), at, &reason);
        self.reporter.emit(Activity::Skipped { at, id, event, reason, is_filtered });
    }
}

/// Whether this is an event so large that few may be in memory.
fn is_large(item: &StreamItem) -> bool {
    match item {
        StreamItem::Event(event) => event.body.len() > buffer::LARGE,
        StreamItem::Delivery(delivery) => delivery.event.body.len() > buffer::LARGE,
        _ => false,
    }
}

/// A key of bounded length, because every queued event keeps one and ids may have any length.
fn lane_key(name: &str, id: &str) -> String {
    if name.len() + id.len() < LONGEST_KEY {
        return format!("{name}:{id}");
    }
    hex::encode(Sha256::new().chain_update(name).chain_update(":").chain_update(id).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_are_hashed() {
        assert_eq!(lane_key("ticket", "tkt_1"), "ticket:tkt_1");
        let keys = ["a", "b"].map(|end| lane_key("ticket", &format!("{}{end}", "x".repeat(1_000_000))));
        assert_eq!(keys[0].len(), LONGEST_KEY);
        assert_ne!(keys[0], keys[1]);
    }
}
