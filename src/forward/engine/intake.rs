//! What the stream brings: connections made and lost, gaps, and events, each accepted or skipped.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::backlog::Size;
use super::delivery::{Accepted, Job};
use super::{Engine, Phase, StopReason};
use crate::Secret;
use crate::event::{EventMeta, ReceivedEvent, resource_name_and_id};
use crate::forward::activity::{Activity, SecretSource};
use crate::forward::plan::{NO_ROUTE, NOT_AMONG_EVENTS, SecretChoice, Target};
use crate::forward::queue::Key;
use crate::host::buffer;
use crate::signature::Signer;
use crate::stream::frame::Session;
use crate::stream::members::IgnoredMember;
use crate::stream::subscription::{Gap, GapReason, Outage, StreamItem};

/// A longer key of a resource is replaced by its hash, which has this length.
const LONGEST_KEY: usize = 64;
/// A shorter run may end before it can be connected.
const TIME_TO_CONNECT: Duration = Duration::from_secs(1);
/// What a queue keeps for one delivery beside the delivery and its key: entries in maps, and room that
/// collections have to spare.
const BOOKKEEPING: usize = 256;
/// Items taken from the stream before anything else is looked at.
const MOST_AT_ONCE: usize = 32;

impl Engine {
    /// Takes in this item and those that have come with it.
    pub(super) async fn handle_items(&mut self, item: StreamItem, stream: &mut mpsc::Receiver<StreamItem>) {
        let mut is_large = is_large(&item);
        self.handle_item(item).await;
        for _ in 1..MOST_AT_ONCE {
            // The record of a large event is handed over before another one is made.
            if is_large || !matches!(self.phase, Phase::Open) || !self.backlog.has_capacity() {
                return;
            }
            let Ok(item) = stream.try_recv() else { return };
            is_large = self::is_large(&item);
            self.handle_item(item).await;
        }
    }

    /// Deals with one item of the stream.
    async fn handle_item(&mut self, item: StreamItem) {
        match item {
            StreamItem::Connecting { attempt } => self.emit(Activity::Connecting { attempt }),
            StreamItem::Connected(session) => self.connected(session).await,
            StreamItem::Ignored(IgnoredMember { member, flaw }) => {
                let (at, reason) = (self.clock.now(), flaw.to_string());
                self.emit(Activity::Ignored { at, member, reason });
            }
            StreamItem::Gap(gap) => self.gap(gap),
            StreamItem::Disconnected { reason, retry_in } => {
                let (at, reason) = (self.clock.now(), reason.to_string());
                let retry_in_ms = u64::try_from(retry_in.as_millis()).unwrap_or(u64::MAX);
                self.recorder.disconnected(at, &reason, retry_in);
                self.down = Some(reason.clone());
                self.emit(Activity::Disconnected { at, reason, retry_in_ms });
            }
            StreamItem::StillDown(Outage { since, lasted, attempts, reason }) => {
                let (at, reason) = (self.clock.now(), reason.to_string());
                let down_ms = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX);
                self.emit(Activity::StillDisconnected { at, since, down_ms, attempts, reason });
            }
            StreamItem::TransportChanged { to, reason } => {
                let (at, to, reason) = (self.clock.now(), to.name(), reason.to_string());
                self.emit(Activity::TransportChanged { at, to, reason });
            }
            StreamItem::Event(event) => self.accept(event),
            StreamItem::Duplicate { id, event_type } => {
                self.skip(Some(id), Some(event_type), "received before in this run".to_owned());
            }
            StreamItem::Rejected { id, event_type, reason } => {
                self.skip(id, event_type, reason.to_string());
            }
            // A passing error is followed by a disconnection, which says what it was.
            StreamItem::ErrorFrame(error) if !error.is_fatal() => {}
            StreamItem::ErrorFrame(error) => self.close(StopReason::StreamError(error)),
            StreamItem::Refused(refused) => self.close(StopReason::Refused(refused)),
        }
    }

    async fn connected(&mut self, session: Session) {
        self.down = None;
        let (secret, secret_source) = match self.secret(session.secret) {
            Ok(secret) => secret,
            Err(reason) => return self.close(StopReason::NoSecret(reason)),
        };
        self.signer = Some(Arc::new(Signer::new(secret.expose())));
        if !session.reconnected {
            self.recorder.began_at(session.cursor).await;
        }
        let activity = Activity::Connected {
            at: self.clock.now(),
            session_id: session.session_id,
            webhook_id: session.webhook_id,
            targets: self.plan.targets.iter().map(Target::info).collect(),
            reconnected: session.reconnected,
            secret_source,
            secret,
        };
        self.emit(activity);
    }

    /// Why there is no connection; `None` when there is one, or had been too little time for it.
    pub(super) fn down(&self) -> Option<String> {
        let had_time = self.plan.run_for >= Some(TIME_TO_CONNECT);
        let never = || (self.signer.is_none() && had_time).then(|| "cStar did not answer".to_owned());
        self.down.clone().or_else(never)
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
            GapReason::NotResumed => "the server no longer knows the last event",
            GapReason::Unconfirmed => "the server did not say whether it went on where it was cut",
            GapReason::NoCursor => "there was no event yet to go on after",
        };
        let (at, after, since) = (self.clock.now(), gap.after, gap.disconnected_at);
        self.recorder.gap(at, after.clone(), since, reason);
        self.emit(Activity::Gap { at, after, since, reason: reason.to_owned() });
    }

    fn accept(&mut self, event: ReceivedEvent) {
        let wanted = self.plan.wants(&event.event_type);
        let targets = self.targets_of(&event.event_type);
        if !wanted || targets.is_empty() {
            let reason = if wanted { NO_ROUTE } else { NOT_AMONG_EVENTS };
            return self.skip(Some(event.id.clone()), Some(event.event_type.clone()), reason.to_owned());
        }
        self.emit(Activity::Received {
            at: event.received_at,
            id: event.id.clone(),
            event: event.event_type.clone(),
            request_id: event.request_id.clone(),
            bytes: event.body.len(),
        });
        self.stats.accepted(&targets);
        let seq = self.recorder.number();
        self.recorder.received(seq, &event, &targets);
        self.enqueue(event, seq, &targets);
        self.accepted += 1;
        if self.plan.count == Some(self.accepted) {
            // What was counted is waited for: without --for, until every delivery has ended.
            self.close_until(StopReason::CountReached, self.deadline);
        }
    }

    /// The targets that want events of this type.
    pub(super) fn targets_of(&self, event_type: &str) -> Vec<usize> {
        let targets = self.plan.targets.iter().enumerate();
        targets.filter(|(_, target)| target.wants(event_type)).map(|(index, _)| index).collect()
    }

    /// What an event has to stay in order with: the others about its resource, or all of them.
    pub(super) fn lane(&self, event_type: &str, body: &[u8]) -> Key {
        match self.plan.ordered {
            true => "".into(),
            false => {
                let (resource, found) = resource_name_and_id(event_type, body);
                found.map_or_else(|| short(resource, ""), |(name, id)| short(&name, &id)).into()
            }
        }
    }

    fn enqueue(&mut self, mut event: ReceivedEvent, seq: u64, targets: &[usize]) {
        let key = self.lane(&event.event_type, &event.body);
        let size = size(&event, event.body.len(), &key, targets.len());
        let is_stored = !self.backlog.fits(size) && self.recorder.can_store_bodies();
        if is_stored {
            // The history holds it from here on.
            event.body = Bytes::new();
            self.backlog.spill(size);
        } else {
            self.backlog.add(size);
        }
        let event = Arc::new(Accepted {
            received: event,
            seq,
            size,
            is_stored,
            open: AtomicUsize::new(targets.len()),
        });
        for target in targets {
            if let Some(queue) = self.queues.get_mut(*target) {
                queue.push(&key, Job::first(&event));
            }
        }
    }

    fn skip(&mut self, id: Option<String>, event: Option<String>, reason: String) {
        self.stats.skipped();
        let at = self.clock.now();
        self.recorder.skipped(id.as_deref(), event.as_deref(), at, &reason);
        self.emit(Activity::Skipped { at, id, event, reason });
    }
}

/// What an event takes, its places in the queues of `targets` included.
pub(super) fn size(event: &EventMeta, body: usize, key: &Key, targets: usize) -> Size {
    let names = event.id.len() + event.event_type.len() + event.request_id.as_ref().map_or(0, String::len);
    let places = targets * (size_of::<Job>() + BOOKKEEPING);
    Size { fixed: size_of::<Accepted>() + size_of::<EventMeta>() + names + places + key.len(), body }
}

/// Whether this is an event of which few may be in memory.
fn is_large(item: &StreamItem) -> bool {
    matches!(item, StreamItem::Event(event) if event.body.len() > buffer::LARGE)
}

/// A key that takes little memory: one with an id of any length is kept for every event that waits.
fn short(name: &str, id: &str) -> String {
    if name.len() + id.len() < LONGEST_KEY {
        return format!("{name}:{id}");
    }
    hex::encode(Sha256::new().chain_update(name).chain_update(":").chain_update(id).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_are_short_and_still_different() {
        assert_eq!(short("ticket", "tkt_1"), "ticket:tkt_1");
        let keys = ["a", "b"].map(|end| short("ticket", &format!("{}{end}", "x".repeat(1_000_000))));
        assert_eq!(keys[0].len(), LONGEST_KEY);
        assert_ne!(keys[0], keys[1]);
    }
}
