//! SLA rules: how soon tickets of a priority are to be answered and resolved. New tickets get their deadlines from
//! them (ours: cStar documents the deadlines of tickets, but not how they follow from the rules).

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value as Sql;
use serde_json::Value;

use super::field::{Access, Field, Initial, Kind, NAME, time};
use super::resource::{Resource, Rules, Verb, set, text};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object};
use crate::sandbox::store::uuid::IdShape;

/// A year in minutes (the limit is ours).
const TARGET: Kind = Kind::Integer { min: 1, max: 525_600 };

/// Members, list and creation are documented.
pub(crate) static SLA_RULES: Resource = Resource {
    kind: "sla_rule",
    path: "sla/rules",
    label: "SLA rule",
    id: Some(IdShape::Prefixed("sla_")),
    fields: &[
        Field::new("name", Kind::Name { max: NAME }).required(),
        Field::new("priority", Kind::Choice(&["low", "normal", "high", "urgent"])).required(),
        Field::new("responseTarget", TARGET).required(),
        Field::new("resolutionTarget", TARGET).required(),
        Field::new("businessHoursOnly", Kind::Bool),
        Field::new("enabled", Kind::Bool).or(Initial::Bool(true)),
        time("createdAt").access(Access::Hidden),
        time("updatedAt").access(Access::Hidden),
    ],
    documented: &[Verb::List, Verb::Create],
    rules: &SlaRules,
    ..Resource::DEFAULTS
};

struct SlaRules;

impl Rules for SlaRules {
    fn index(&self, body: &Body, index: &mut Index) {
        index.multi_values.push(("priority", Sql::Text(text(body, "priority").to_owned())));
    }
}

/// Sets the deadlines of a ticket by the newest enabled rule of its priority, in minutes after `created`. Business
/// hours are not considered.
pub(crate) fn set_deadlines(
    change: &Change<'_>,
    ticket: &mut Body,
    created: Timestamp,
) -> Result<(), ApiError> {
    if !change.has(SLA_RULES.kind)? {
        return Ok(());
    }
    let priority = Sql::Text(text(ticket, "priority").to_owned());
    let rules = change.with(SLA_RULES.kind, "priority", &priority)?;
    let is_enabled = |rule: &&Object| rule.body.get("enabled") == Some(&true.into());
    let Some(rule) = rules.iter().rev().find(is_enabled) else { return Ok(()) };
    for (deadline, target) in
        [("responseDeadline", "responseTarget"), ("resolutionDeadline", "resolutionTarget")]
    {
        let minutes = rule.body.get(target).and_then(Value::as_i64).unwrap_or_default();
        if let Ok(time) = created.checked_add(SignedDuration::from_mins(minutes)) {
            set(ticket, deadline, format!("{time:.3}"));
        }
    }
    Ok(())
}
