//! The state of the run, from its activities: connection, targets, totals and queue.

use jiff::Timestamp;

use crate::event::Pattern;
use crate::forward::Activity;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Connection {
    #[default]
    Connecting,
    Connected,
    Lost {
        since: Timestamp,
    },
    Stopping,
}

#[derive(Debug)]
pub(super) struct TargetStatus {
    pub(super) url: String,
    patterns: Vec<Pattern>,
    pub(super) is_down: bool,
}

#[derive(Debug, Default)]
pub(super) struct RunStatus {
    pub(super) connection: Connection,
    pub(super) targets: Vec<TargetStatus>,
    pub(super) received: u64,
    pub(super) delivered: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
    /// Deliveries that have not ended.
    pub(super) queued: u64,
    pub(super) gaps: u64,
    pub(super) is_paused: bool,
    /// Why the history records nothing.
    pub(super) history_trouble: Option<&'static str>,
}

impl RunStatus {
    pub(super) fn update(&mut self, activity: &Activity) {
        match activity {
            Activity::Connected { targets, .. } => {
                self.connection = Connection::Connected;
                let status = |target: &crate::forward::TargetInfo| TargetStatus {
                    is_down: self.targets.iter().any(|known| known.is_down && known.url == target.url),
                    patterns: target.events.iter().filter_map(|text| Pattern::parse(text).ok()).collect(),
                    url: target.url.clone(),
                };
                self.targets = targets.iter().map(status).collect();
            }
            Activity::Disconnected { at, .. } if !matches!(self.connection, Connection::Lost { .. }) => {
                self.connection = Connection::Lost { since: *at };
            }
            Activity::StillDisconnected { since, .. } => self.connection = Connection::Lost { since: *since },
            Activity::Gap { .. } => self.gaps += 1,
            Activity::Received { event, .. } => {
                self.received += 1;
                let wants = |target: &&TargetStatus| {
                    target.patterns.is_empty()
                        || target.patterns.iter().any(|pattern| pattern.matches(&event.event_type))
                };
                self.queued += self.targets.iter().filter(wants).count() as u64;
            }
            Activity::Delivered { .. } => {
                self.delivered += 1;
                self.queued = self.queued.saturating_sub(1);
            }
            Activity::Failed { .. } => {
                self.failed += 1;
                self.queued = self.queued.saturating_sub(1);
            }
            Activity::Skipped { .. } => self.skipped += 1,
            Activity::Leftover { deliveries, resumed: true, .. } => self.queued += deliveries,
            Activity::Waiting { target, .. } => self.set_down(target, true),
            Activity::Resumed { target, .. } => self.set_down(target, false),
            Activity::Paused { reason: "asked", .. } => self.is_paused = true,
            Activity::Continued { .. } => self.is_paused = false,
            Activity::HistoryOff { .. } => self.history_trouble = Some("history off"),
            Activity::HistoryPaused { .. } | Activity::HistoryOverflow { .. } => {
                self.history_trouble = Some("history paused");
            }
            Activity::HistoryResumed { .. } => self.history_trouble = None,
            Activity::Draining { .. } => self.connection = Connection::Stopping,
            _ => {}
        }
    }

    fn set_down(&mut self, url: &str, is_down: bool) {
        for target in self.targets.iter_mut().filter(|target| target.url == url) {
            target.is_down = is_down;
        }
    }
}
