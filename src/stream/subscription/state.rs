//! The state of a subscription, over all its connections.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::config::StreamConfig;
use super::gap::{Gap, GapReason};
use super::item::StreamItem;
use super::outage::Outages;
use crate::stream::backoff::Backoff;
use crate::stream::dedup::RecentIds;
use crate::stream::members::IgnoredMember;
use crate::stream::request;
use crate::stream::suspend::SuspendDetector;
use crate::stream::transport::TransportSelector;

/// Capacity of the channel to the consumer, in items.
pub(super) const CHANNEL_CAPACITY: usize = 64;

/// Number of event ids remembered to detect duplicates.
const IDS_REMEMBERED: usize = 10_000;

/// How often clocks and deadlines are checked while there is no connection.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// The subscription has ended and the consumer was informed.
pub(super) struct Stop;

pub(super) struct Subscription {
    pub(super) config: StreamConfig,
    pub(super) items: mpsc::Sender<StreamItem>,
    pub(super) backoff: Backoff,
    pub(super) selector: TransportSelector,
    pub(super) suspend: SuspendDetector,
    pub(super) seen: RecentIds,
    /// The last received id that can be sent.
    pub(super) cursor: Option<String>,
    pub(super) attempt: u32,
    /// The webhook of the current session, or of the last one.
    pub(super) webhook_id: Option<Arc<str>>,
    pub(super) connected_before: bool,
    pub(super) disconnected_at: Option<Timestamp>,
    /// How long the session of the latest connection lasted, if it had one.
    pub(super) session: Option<Duration>,
    /// The start of the backoff's clock.
    pub(super) began: Instant,
    pub(super) outages: Outages,
    pub(super) reported: Vec<IgnoredMember>,
}

impl Subscription {
    pub(super) fn new(config: StreamConfig, items: mpsc::Sender<StreamItem>) -> Self {
        let mut seen = RecentIds::new(IDS_REMEMBERED);
        let cursor = config.cursor.clone().filter(|id| request::is_sendable(id));
        if let Some(id) = &cursor {
            seen.insert(id);
        }
        Self {
            backoff: Backoff::new(config.backoff_ceiling),
            selector: TransportSelector::new(config.transport),
            suspend: SuspendDetector::new(config.clock.clone()),
            outages: Outages::new(config.outage_interval),
            config,
            items,
            seen,
            cursor,
            attempt: 0,
            webhook_id: None,
            connected_before: false,
            disconnected_at: None,
            session: None,
            began: Instant::now(),
            reported: Vec::new(),
        }
    }

    pub(super) async fn emit(&self, item: StreamItem) -> Result<(), Stop> {
        self.items.send(item).await.map_err(|_| Stop)
    }

    /// Whether events may have been missed before this session.
    pub(super) fn gap(&self, resumed: Option<bool>, after: Option<String>) -> Option<Gap> {
        let reason = match (&after, resumed) {
            (Some(_), Some(true)) => return None,
            (Some(_), Some(false)) => GapReason::NotResumed,
            (Some(_), None) => GapReason::Unconfirmed,
            (None, _) if self.connected_before || self.config.cursor.is_some() => GapReason::NoCursor,
            (None, _) => return None,
        };
        Some(Gap { after: self.redacted(after), disconnected_at: self.disconnected_at, reason })
    }
}
