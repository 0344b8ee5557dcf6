//! Sends an event that this program made, and records it like one that was received.

use std::path::PathBuf;
use std::sync::Arc;

use super::{ReplayAttempt, ReplayItem, SendOptions, Sender, open_journal};
use crate::Secret;
use crate::event::ReceivedEvent;
use crate::history::{
    DeliveryState, EventKey, EventOrigin, Journal, LocalOrigin, ReceivedRecord, Record, RecordedOutcome,
    RunScope, SettledDelivery, StoredDelivery,
};
use crate::host::clock::Clock;
use crate::output::Failure;

/// An event that was edited.
#[derive(Debug)]
pub(crate) struct LocalEvent {
    pub(crate) event: ReceivedEvent,
    pub(crate) targets: Vec<Arc<str>>,
    /// The id of the event that it was made from.
    pub(crate) source_id: Option<String>,
}

/// The number of the event in its run, which has no other.
const SEQ: u64 = 1;

/// Records the event, and sends it once to each target. Nothing waits for a retry afterwards.
pub(crate) async fn send_local(
    path: PathBuf,
    clock: Clock,
    scope: RunScope,
    local: LocalEvent,
    (options, secret): (SendOptions, &Secret),
) -> Result<Vec<ReplayAttempt>, Failure> {
    let LocalEvent { event, targets, source_id } = local;
    let item = ReplayItem {
        key: EventKey::default(),
        id: event.id.clone(),
        event_type: event.event_type.clone(),
        targets,
        replaces_targets: false,
    };
    let items = [item];
    let mut sender = Sender::new(options, secret.expose(), &items, clock.clone())?;
    let journal = open_journal(path, clock.clone(), scope, &items).await?;
    let [item] = items;
    journal
        .record(Record::Received(ReceivedRecord {
            seq: SEQ,
            event: event.clone(),
            targets: item.targets.clone(),
            local: Some(Box::new(LocalOrigin { origin: EventOrigin::Edited, source_id })),
        }))
        .await;
    let outcome = send_each(&journal, &mut sender, &event, &item.targets, &clock).await;
    journal.close().await;
    outcome
}

async fn send_each(
    journal: &Journal,
    sender: &mut Sender,
    event: &ReceivedEvent,
    targets: &[Arc<str>],
    clock: &Clock,
) -> Result<Vec<ReplayAttempt>, Failure> {
    let mut sent = Vec::new();
    for target in targets {
        let stored = StoredDelivery {
            seq: SEQ,
            event: EventKey::default(),
            meta: Arc::clone(&event.meta),
            body: Some(event.body.clone()),
            target: Arc::clone(target),
            attempts_so_far: 0,
        };
        let attempt = sender.send(journal, &[stored], target).await?;
        if attempt.recorded == RecordedOutcome::Refused {
            // `listen --resume` must not deliver what somebody only tried out.
            let (target, at) = (Arc::clone(target), clock.now());
            let failed = SettledDelivery { seq: SEQ, target, state: DeliveryState::Failed, at };
            journal.record(Record::Settled(failed)).await;
        }
        sent.push(attempt);
    }
    Ok(sent)
}
