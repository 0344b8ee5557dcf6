//! Activities with details: how to read these, and how to send them without keeping too many in memory.

use tokio::sync::mpsc;

use super::activity::Activity;
use super::attempt_event::AttemptEvent;
use super::details::AttemptDetails;
use crate::event::EventMeta;

/// An activity that carries more waits until the channel is empty, which bounds the memory of those that wait there.
const LARGE: usize = 16 * 1024;

/// An attempt that carries details.
#[derive(Debug)]
pub(crate) struct DetailedAttempt<'a> {
    pub(crate) event: &'a EventMeta,
    pub(crate) status: Option<u16>,
    /// Of a command.
    pub(crate) exit_code: Option<i32>,
    pub(crate) details: &'a AttemptDetails,
}

impl Activity {
    fn attempt(&self) -> Option<&AttemptEvent> {
        match self {
            Self::Delivered { attempt, .. }
            | Self::Retrying { attempt, .. }
            | Self::Failed { attempt, .. }
            | Self::Chaos { attempt, .. } => Some(attempt),
            _ => None,
        }
    }

    /// The attempt that this is about, if it carries details.
    pub(crate) fn attempt_details(&self) -> Option<DetailedAttempt<'_>> {
        let attempt = self.attempt()?;
        let details = attempt.details.as_deref()?;
        Some(DetailedAttempt {
            event: &attempt.event,
            status: attempt.status,
            exit_code: attempt.exit_code,
            details,
        })
    }

    pub(crate) fn details_mut(&mut self) -> Option<&mut AttemptDetails> {
        match self {
            Self::Delivered { attempt, .. }
            | Self::Retrying { attempt, .. }
            | Self::Failed { attempt, .. }
            | Self::Chaos { attempt, .. } => attempt.details.as_deref_mut(),
            _ => None,
        }
    }
}

/// Sends an activity, and waits while the reader is behind. Returns whether there is one.
pub(crate) async fn send(output: &mpsc::Sender<Activity>, activity: Activity) -> bool {
    if !is_large(&activity) {
        return output.send(activity).await.is_ok();
    }
    match output.reserve_many(output.max_capacity()).await {
        Ok(mut places) => {
            if let Some(place) = places.next() {
                place.send(activity);
            }
            true
        }
        Err(_) => false,
    }
}

/// Whether the engine waits until this is taken from the channel.
pub(crate) fn is_large(activity: &Activity) -> bool {
    size(activity) > LARGE
}

/// The bytes that an activity carries.
fn size(activity: &Activity) -> usize {
    match activity {
        Activity::Received { body: Some(body), .. } => body.bytes.len(),
        _ => activity.attempt_details().map_or(0, |attempt| attempt.details.size()),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;

    use super::*;
    use crate::forward::details::WantedDetails;

    fn received(size: usize) -> Activity {
        let meta = crate::event::EventMeta {
            id: "evt_1".to_owned(),
            event_type: "ticket.created".to_owned(),
            request_id: None,
            webhook_id: None,
            received_at: Timestamp::UNIX_EPOCH,
        };
        let body = Bytes::from(vec![b'x'; size]);
        let body = Some(WantedDetails::default().part(&body));
        Activity::Received { at: Timestamp::UNIX_EPOCH, event: meta.into(), bytes: size, body }
    }

    #[tokio::test]
    async fn large_activity_waits_for_an_empty_channel() {
        let (sender, mut receiver) = mpsc::channel(4);
        send(&sender, received(1)).await;
        let waiting = tokio::spawn(async move {
            send(&sender, received(LARGE + 1)).await;
            send(&sender, received(1)).await;
        });
        tokio::task::yield_now().await;
        assert_eq!((receiver.len(), waiting.is_finished()), (1, false));
        let mut sizes = Vec::new();
        while let Some(Activity::Received { bytes, .. }) = receiver.recv().await {
            sizes.push(bytes);
        }
        assert_eq!(sizes, [1, LARGE + 1, 1]);
    }
}
