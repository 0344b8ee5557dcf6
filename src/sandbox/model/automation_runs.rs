//! Runs automations on the events of a change, in the same transaction, in the order of their creation.
//!
//! The changes of an automation fire events of their own, with the automation as the actor, and these may start other
//! automations. A chain has at most [`MOST_LINKS`] links and no automation twice, so it always ends. Rules that undo
//! each other's changes would still run thousands of times, while every other request waits: so an event of the caller
//! causes at most [`MOST_RUNS`] runs. An action that does not apply to the object of the event, or fails, is skipped.

use std::collections::VecDeque;

use rusqlite::types::Value as Sql;
use serde_json::{Map, Value};

use super::articles::ARTICLES;
use super::automations::{self, AUTOMATIONS, COUNT, TRIGGER, resource_of};
use super::customers::CUSTOMERS;
use super::notifications::{Reason, notify};
use super::operations;
use super::resource::{Resource, set, text};
use super::tickets::TICKETS;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::request_meta::Actor;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Object;
use crate::sandbox::store::reactions::{Cause, Fired};
use crate::sandbox::store::uuid::Uuid;

/// The most automations of which each starts the next one.
const MOST_LINKS: usize = 5;
/// The most runs that an event of the caller causes, in all its chains.
const MOST_RUNS: usize = 100;

/// An event, and how it came to be.
struct Link {
    event: Fired,
    /// The automations before it, each started by the one before.
    chain: Vec<Uuid>,
    /// The event of the caller that began the chain, by its number.
    root: usize,
}

/// Runs the automations on the events that were fired since the last call.
pub(crate) fn run(change: &mut Change<'_>) -> Result<(), ApiError> {
    let began = std::mem::take(&mut change.reactions.fired).into_iter().enumerate();
    let mut queue: VecDeque<Link> =
        began.map(|(root, event)| Link { event, chain: Vec::new(), root }).collect();
    let mut runs = vec![0; queue.len()];
    while let Some(Link { event, chain, root }) = queue.pop_front() {
        if chain.len() == MOST_LINKS {
            continue;
        }
        let rules = change.with(AUTOMATIONS.kind, TRIGGER, &Sql::Text(event.event_type.clone()))?;
        for rule in rules {
            let Some(run) = runs.get_mut(root).filter(|runs| **runs < MOST_RUNS) else { break };
            let is_enabled = rule.body.get("enabled") == Some(&true.into());
            let is_new = !chain.contains(&rule.uuid);
            if is_enabled && is_new && automations::matches(&rule.body, &event.event_type, &event.data) {
                *run += 1;
                execute(change, &rule, &event)?;
                let chain: Vec<Uuid> = chain.iter().copied().chain([rule.uuid]).collect();
                let next = std::mem::take(&mut change.reactions.fired).into_iter();
                queue.extend(next.map(|event| Link { event, chain: chain.clone(), root }));
            }
        }
    }
    Ok(())
}

fn execute(change: &mut Change<'_>, rule: &Object, event: &Fired) -> Result<(), ApiError> {
    let name = text(&rule.body, "name").to_owned();
    let id = AUTOMATIONS.id_of(rule.uuid);
    // in the audit log, and in the members of events that name an actor
    let actor = Actor { id: id.as_str().into(), name: name.as_str().into() };
    let caller = std::mem::replace(&mut change.meta.actor, actor);
    change.reactions.cause = Some(Cause { id, name });
    let mut done = Ok(());
    for action in rule.body.get("actions").and_then(Value::as_array).into_iter().flatten() {
        done = match act(change, rule, action, event) {
            // the store failed, not this action
            Err(error) if error.is_defect() => Err(error),
            Ok(()) | Err(_) => Ok(()),
        };
        if done.is_err() {
            break;
        }
    }
    change.reactions.cause = None;
    change.meta.actor = caller;
    done?;
    let mut counted = rule.clone();
    let count = rule.body.get(COUNT).and_then(Value::as_u64).unwrap_or_default();
    set(&mut counted.body, COUNT, count + 1);
    Ok(operations::store(change, &AUTOMATIONS, rule, &counted)?)
}

fn act(change: &mut Change<'_>, rule: &Object, action: &Value, event: &Fired) -> Result<(), ApiError> {
    let member = |name: &str| action.get(name).cloned().unwrap_or_default();
    match action.get("type").and_then(Value::as_str) {
        Some("assign_to") => {
            let Some((resource, ticket)) =
                object_of(change, event)?.filter(|(of, _)| of.kind == TICKETS.kind)
            else {
                return Ok(());
            };
            let update = Map::from_iter([("assignedTo".to_owned(), member("agentId"))]);
            operations::update(change, resource, ticket, update).map(drop)
        }
        Some("add_tags") => {
            let Some((resource, object)) = object_of(change, event)? else { return Ok(()) };
            let mut tags = object.body.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
            for tag in member("tags").as_array().into_iter().flatten() {
                if !tags.contains(tag) {
                    tags.push(tag.clone());
                }
            }
            let update = Map::from_iter([("tags".to_owned(), tags.into())]);
            operations::update(change, resource, object, update).map(drop)
        }
        _ => {
            let message = member("message");
            let message = message.as_str().unwrap_or_default();
            notify(change, Reason::Automation, text(&rule.body, "name"), message)
        }
    }
}

/// The object of the event, if it has tags and still exists.
fn object_of(change: &Change<'_>, event: &Fired) -> Result<Option<(&'static Resource, Object)>, ApiError> {
    let kind = resource_of(&event.event_type);
    let Some(resource) = [&TICKETS, &CUSTOMERS, &ARTICLES].into_iter().find(|one| one.kind == kind) else {
        return Ok(None);
    };
    let resource: &'static Resource = resource;
    let id = event.data.get(kind).and_then(|object| object.get("id")).and_then(Value::as_str);
    match resource.find(change, id.unwrap_or_default()) {
        Ok(object) => Ok(Some((resource, object))),
        Err(error) if error.is_defect() => Err(error),
        Err(_) => Ok(None),
    }
}
