//! Which events to send once more, and where.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Args;
use crate::history::{Delivery, DeliveryState, Detail, EventKey, EventState, Filter, Lookup, Reader, Scope};
use crate::ops::history_file::{self, unreadable};
use crate::output::Failure;

/// What is to be sent, in the order received.
pub(super) struct Selected {
    pub(super) events: Vec<Wanted>,
    /// Of the first one; `None` when there is none.
    pub(super) scope: Option<Scope>,
}

/// One event and where it is to go.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) key: EventKey,
    pub(super) id: String,
    pub(super) targets: Vec<Arc<str>>,
}

pub(super) fn events(reader: &Reader, args: &Args, now: Timestamp) -> Result<Selected, Failure> {
    let events = if args.ids.is_empty() { matching(reader, args, now)? } else { named(reader, args)? };
    let scope = match events.first() {
        Some(first) => Some(scope(reader, &first.id)?),
        None => None,
    };
    Ok(Selected { events, scope })
}

/// Each id in the order named, and once.
fn named(reader: &Reader, args: &Args) -> Result<Vec<Wanted>, Failure> {
    let (mut wanted, mut seen) = (Vec::new(), HashSet::new());
    for id in &args.ids {
        let event = history_file::find(reader, id)?;
        let id = event.id.clone().unwrap_or_else(|| id.clone());
        if event.state == EventState::Skipped {
            let reason = skip_reason(&event);
            return Err(Failure::failed(format!(
                "the event `{id}` was skipped{reason}: its body was not kept"
            )));
        }
        let targets = targets(args, &event.deliveries);
        if targets.is_empty() {
            return Err(
                Failure::failed(format!("the event `{id}` went nowhere")).hint("name a target with --to")
            );
        }
        if seen.insert(id.clone()) {
            wanted.push(Wanted { key: event.key, id, targets });
        }
    }
    Ok(wanted)
}

fn skip_reason(event: &Detail) -> String {
    let reason = event.receptions.iter().rev().find_map(|reception| reception.skipped.as_ref());
    reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
}

fn matching(reader: &Reader, args: &Args, now: Timestamp) -> Result<Vec<Wanted>, Failure> {
    let filter = Filter {
        types: args.types.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
        state: args.failed.then_some(EventState::Failed),
        since: args.since.as_ref().map(|since| since.resolve(now, &TimeZone::system())),
        ..Filter::default()
    };
    let mut seen = HashSet::new();
    let mut wanted: Vec<Wanted> = reader
        .list(&filter)
        .map_err(unreadable)?
        .into_iter()
        .filter(|event| event.state != EventState::Skipped)
        .filter_map(|event| {
            let targets = targets(args, &event.deliveries);
            Some(Wanted { key: event.key, id: event.id?, targets })
        })
        .filter(|event| !event.targets.is_empty() && seen.insert(event.id.clone()))
        .collect();
    wanted.reverse();
    Ok(wanted)
}

/// With `--failed`, what arrived is not sent again.
fn targets(args: &Args, deliveries: &[Delivery]) -> Vec<Arc<str>> {
    if let Some(url) = &args.to {
        return vec![url.as_str().into()];
    }
    let of_interest = |delivery: &&Delivery| !args.failed || delivery.state == DeliveryState::Failed;
    let mut targets: Vec<Arc<str>> = Vec::new();
    for delivery in deliveries.iter().filter(of_interest) {
        if !targets.iter().any(|known| **known == *delivery.target) {
            targets.push(delivery.target.as_str().into());
        }
    }
    targets
}

/// Whose event it is, so that the replay stands under the same account.
fn scope(reader: &Reader, id: &str) -> Result<Scope, Failure> {
    let found = match reader.get(id).map_err(unreadable)? {
        Lookup::Found(event) => event.receptions.into_iter().rev().find_map(|reception| reception.run),
        _ => None,
    };
    let unknown = Scope { base_url: String::new(), team_id: None, environment: None };
    Ok(found.map_or(unknown, |run| run.scope))
}
