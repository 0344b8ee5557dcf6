//! Which events to send again, and where.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use reqwest::Url;

use crate::event::Filter;
use crate::history::{
    DeliveryState, DeliverySummary, EventDetail, EventFilter, EventKey, EventLookup, EventState,
    HistoryReader, RunScope,
};
use crate::ops::history_file;
use crate::output::Failure;

/// Which events to replay, and where to.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReplaySelection {
    /// Ids or their beginnings. If set, the next four fields are ignored.
    pub(crate) ids: Vec<String>,
    /// Only deliveries that failed.
    pub(crate) failed: bool,
    /// Only events received since.
    pub(crate) since: Option<Timestamp>,
    /// Patterns; empty means every type.
    pub(crate) types: Vec<String>,
    /// Conditions on the body.
    pub(crate) body: Vec<Filter>,
    /// Replaces the original targets.
    pub(crate) to: Option<Url>,
}

/// The events to send, in the order received.
#[derive(Debug)]
pub(crate) struct ReplayPlan {
    pub(crate) events: Vec<ReplayItem>,
    /// The account of the first event; `None` without events.
    pub(crate) scope: Option<RunScope>,
}

/// One event and its targets.
#[derive(Debug)]
pub(crate) struct ReplayItem {
    pub(crate) key: EventKey,
    pub(crate) id: String,
    pub(crate) event_type: String,
    pub(crate) targets: Vec<Arc<str>>,
    /// Whether the targets replace the original ones.
    pub(crate) replaces_targets: bool,
}

/// The events that `selection` means.
pub(crate) fn select(reader: &HistoryReader, selection: &ReplaySelection) -> Result<ReplayPlan, Failure> {
    let events =
        if selection.ids.is_empty() { matching(reader, selection)? } else { named(reader, selection)? };
    let scope = match events.first() {
        Some(first) => Some(scope(reader, &first.id)?),
        None => None,
    };
    Ok(ReplayPlan { events, scope })
}

/// Each id in the order named, and once.
fn named(reader: &HistoryReader, selection: &ReplaySelection) -> Result<Vec<ReplayItem>, Failure> {
    let (mut wanted, mut seen) = (Vec::new(), HashSet::new());
    for id in &selection.ids {
        let event = history_file::find(reader, id)?;
        let id = event.id.clone().unwrap_or_else(|| id.clone());
        if event.state == EventState::Skipped {
            let reason = skip_reason(&event);
            return Err(Failure::failed(format!(
                "the event `{id}` was skipped{reason}: its body was not kept"
            )));
        }
        let targets = targets(selection, &event.deliveries);
        if targets.is_empty() {
            return Err(Failure::failed(format!("the event `{id}` was never sent to a target"))
                .hint("name a target with --to"));
        }
        if seen.insert(id.clone()) {
            let event_type = event.event_type.unwrap_or_default();
            let replaces_targets = selection.to.is_some();
            wanted.push(ReplayItem { key: event.key, id, event_type, targets, replaces_targets });
        }
    }
    Ok(wanted)
}

fn skip_reason(event: &EventDetail) -> String {
    let reason = event.receptions.iter().rev().find_map(|reception| reception.skipped.as_ref());
    reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
}

fn matching(reader: &HistoryReader, selection: &ReplaySelection) -> Result<Vec<ReplayItem>, Failure> {
    let filter = EventFilter {
        types: selection.types.clone(),
        state: selection.failed.then_some(EventState::Failed),
        since: selection.since,
        body: selection.body.clone(),
        ..EventFilter::default()
    };
    let mut seen = HashSet::new();
    let mut wanted: Vec<ReplayItem> = reader
        .list(&filter)?
        .into_iter()
        .filter(|event| event.state != EventState::Skipped)
        .filter_map(|event| {
            let targets = targets(selection, &event.deliveries);
            let event_type = event.event_type.unwrap_or_default();
            let replaces_targets = selection.to.is_some();
            Some(ReplayItem { key: event.key, id: event.id?, event_type, targets, replaces_targets })
        })
        .filter(|event| !event.targets.is_empty() && seen.insert(event.id.clone()))
        .collect();
    wanted.reverse();
    Ok(wanted)
}

/// With `--failed`, delivered events are not sent again.
fn targets(selection: &ReplaySelection, deliveries: &[DeliverySummary]) -> Vec<Arc<str>> {
    if let Some(url) = &selection.to {
        return vec![url.as_str().into()];
    }
    // A moved delivery was replaced by another one.
    let of_interest = |delivery: &&DeliverySummary| match selection.failed {
        true => delivery.state == DeliveryState::Failed,
        false => delivery.state != DeliveryState::Moved,
    };
    let mut targets: Vec<Arc<str>> = Vec::new();
    for delivery in deliveries.iter().filter(of_interest) {
        if !targets.iter().any(|known| **known == *delivery.target) {
            targets.push(delivery.target.as_str().into());
        }
    }
    targets
}

/// The account of the event, under which the replay is recorded.
fn scope(reader: &HistoryReader, id: &str) -> Result<RunScope, Failure> {
    let found = match reader.get(id)? {
        EventLookup::Found(event) => event.receptions.into_iter().rev().find_map(|reception| reception.run),
        _ => None,
    };
    let unknown = RunScope { base_url: String::new(), team_id: None, environment: None };
    Ok(found.map_or(unknown, |run| run.scope))
}
