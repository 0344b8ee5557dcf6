//! The file of a scenario: read and checked as a whole before the first call.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reference::{self, Part};
use crate::event::Filter;
use crate::ops::api_operations::{self, ApiOperation, TEAM};
use crate::output::error_hints::find_event_type;

const MOST_STEPS: usize = 1_000;
const LONGEST_ID: usize = 40;

/// What happens, in order. Serialised, it is a file again.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) steps: Vec<Step>,
}

/// One call.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// What later steps refer to its answer by.
    pub(crate) id: String,
    /// `POST tickets`
    pub(crate) call: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
    /// The events that the call must cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) expect: Vec<Expected>,
    /// What comes before the path of the call, with [`TEAM`].
    #[serde(skip)]
    pub(super) prefix: String,
}

/// An event that must arrive.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Expected {
    pub(crate) event: String,
    /// Filters that its body must pass.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub(crate) filters: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedObject {
    event: String,
    #[serde(default, rename = "where")]
    filters: Vec<String>,
}

/// A type, or an object with filters. Not an untagged enum, whose errors do not say what is wrong.
impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(event) => Ok(Self { event, filters: Vec::new() }),
            other => {
                let object: ExpectedObject =
                    serde_json::from_value(other).map_err(serde::de::Error::custom)?;
                Ok(Self { event: object.event, filters: object.filters })
            }
        }
    }
}

impl Step {
    /// Method and path.
    pub(crate) fn method_and_path(&self) -> (&str, &str) {
        self.call.split_once(' ').map(|(method, path)| (method, path.trim())).unwrap_or_default()
    }

    pub(crate) fn is_write(&self) -> bool {
        self.method_and_path().0 != "GET"
    }
}

impl Scenario {
    /// # Errors
    /// A message for the user, in one line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut scenario: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match scenario.steps.len() {
            0 => return Err("it has no step".to_owned()),
            count if count > MOST_STEPS => {
                return Err(format!("it has {count} steps; the limit is {MOST_STEPS}"));
            }
            _ => {}
        }
        let operations = api_operations::all();
        let mut known = BTreeSet::new();
        for (index, step) in scenario.steps.iter_mut().enumerate() {
            let named = |why: String| format!("step {} (`{}`): {why}", index + 1, step.id);
            check_id(&step.id, &known).map_err(named)?;
            let prefix = check(step, &operations, &known);
            step.prefix = prefix.map_err(|why| format!("step {} (`{}`): {why}", index + 1, step.id))?;
            known.insert(step.id.clone());
        }
        Ok(scenario)
    }
}

fn check_id(id: &str, known: &BTreeSet<String>) -> Result<(), String> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(is_allowed) {
        return Err(format!("an id has 1 to {LONGEST_ID} letters, digits, `_` or `-`"));
    }
    if known.contains(id) { Err("another step has this id".to_owned()) } else { Ok(()) }
}

/// Checks all but the id, and returns what comes before the path.
fn check(step: &Step, operations: &[ApiOperation], known: &BTreeSet<String>) -> Result<String, String> {
    let (method, path) = step.method_and_path();
    let (bare, _) = path.split_once('?').unwrap_or((path, ""));
    check_references(path, known)?;
    let operation = operations.iter().find(|one| one.method == method && matches(&one.short_path, bare));
    let operation = operation.ok_or_else(|| {
        format!("`{}` is no call of the API, such as `POST tickets`; `cstar api ls` lists them", step.call)
    })?;
    if step.body.is_some() && method == "GET" {
        return Err("a GET has no body".to_owned());
    }
    if let Some(body) = &step.body {
        check_body(body, known)?;
    }
    // The events of a step may refer to its own answer.
    let mut with_own = known.clone();
    with_own.insert(step.id.clone());
    for expected in &step.expect {
        find_event_type(&expected.event).map_err(|failure| failure.message().to_owned())?;
        for filter in &expected.filters {
            check_references(filter, &with_own)?;
            let without = |part: Part<'_>| match part {
                Part::Text(text) => text.to_owned(),
                _ => "x".to_owned(),
            };
            let text: String = reference::parts(filter)?.into_iter().map(without).collect();
            Filter::parse(&text).map_err(|why| format!("`{filter}`: {why}"))?;
        }
    }
    Ok(operation.path.strip_suffix(operation.short_path.as_str()).unwrap_or_default().to_owned())
}

/// Whether a path with references is one of the operation's path with parameters.
fn matches(operation: &str, path: &str) -> bool {
    let mut wanted = operation.split('/');
    let fits = |segment: &str| {
        wanted.next().is_some_and(|wanted| {
            let is_parameter = wanted.starts_with('{') && wanted != TEAM;
            wanted == segment || (is_parameter && !segment.is_empty())
        })
    };
    path.split('/').all(fits) && wanted.next().is_none()
}

fn check_body(body: &Value, known: &BTreeSet<String>) -> Result<(), String> {
    match body {
        Value::String(text) => check_references(text, known),
        Value::Array(items) => items.iter().try_for_each(|item| check_body(item, known)),
        Value::Object(members) => members.values().try_for_each(|value| check_body(value, known)),
        _ => Ok(()),
    }
}

fn check_references(text: &str, known: &BTreeSet<String>) -> Result<(), String> {
    reference::parts(text)?.iter().try_for_each(|part| match part {
        Part::Step { id, path } if !known.contains(*id) => {
            Err(format!("`${{steps.{id}.{path}}}` refers to no step before it"))
        }
        _ => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_found_before_the_first_call() {
        let step = |rest: &str| format!(r#"{{"steps":[{{"id":"a","call":"POST tickets"}},{{{rest}}}]}}"#);
        for (text, expected) in [
            ("{", "EOF"),
            ("[]", "expected struct Scenario"),
            (r#"{"steps":[]}"#, "it has no step"),
            (r#"{"step":[]}"#, "unknown field `step`"),
            (&step(r#""id":"b""#), "missing field `call`"),
            (&step(r#""id":"a","call":"GET tickets""#), "step 2 (`a`): another step has this id"),
            (&step(r#""id":"b c","call":"GET tickets""#), "an id has 1 to 40 letters"),
            (&step(r#""id":"b","call":"POST tikets""#), "`POST tikets` is no call of the API"),
            (&step(r#""id":"b","call":"POST tickets/x""#), "is no call of the API"),
            (&step(r#""id":"b","call":"tickets""#), "is no call of the API"),
            (&step(r#""id":"b","call":"GET tickets","body":{}"#), "a GET has no body"),
            (
                &step(r#""id":"b","call":"GET tickets/${steps.c.id}""#),
                "`${steps.c.id}` refers to no step before it",
            ),
            (&step(r#""id":"b","call":"GET tickets/${steps.b.id}""#), "refers to no step before it"),
            (
                &step(r#""id":"b","call":"POST tickets","body":{"x":["${oops}"]}"#),
                "`${oops}` is no reference",
            ),
            (&step(r#""id":"b","call":"GET tickets","expect":["tickt.created"]"#), "tickt.created"),
            (&step(r#""id":"b","call":"GET tickets","expect":[{"evnt":"x"}]"#), "unknown field `evnt`"),
            (
                &step(
                    r#""id":"b","call":"GET tickets","expect":[{"event":"ticket.created","where":["a b"]}]"#,
                ),
                "`a b`: after the path comes =",
            ),
        ] {
            let why = Scenario::parse(text).unwrap_err();
            assert!(why.contains(expected) && !why.contains('\n'), "{text}: {why}");
        }
    }

    #[test]
    fn paths_are_those_of_the_api() {
        let text = r#"{"steps":[
            {"id":"a","call":"POST tickets"},
            {"id":"b","call":"GET tickets?limit=1"},
            {"id":"c","call":"PATCH tickets/${steps.a.id}","expect":["ticket.updated"]},
            {"id":"d","call":"GET auth/whoami"}
        ]}"#;
        let scenario = Scenario::parse(text).unwrap();
        let prefixes: Vec<&str> = scenario.steps.iter().map(|step| step.prefix.as_str()).collect();
        let team = "/api/v1/teams/{team}/";
        assert_eq!(prefixes, [team, team, team, "/api/v1/"]);
        assert!(scenario.steps[0].is_write() && !scenario.steps[1].is_write());
    }
}
