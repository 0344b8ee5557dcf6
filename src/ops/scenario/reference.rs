//! References in the texts of a scenario: `${steps.ticket.id}` is a member of the answer of step `ticket`, `${run}` is
//! an id of this run. `$${` is `${` itself.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Characters that a segment of a path keeps.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Run,
    Step { id: &'a str, path: &'a str },
}

/// What references are replaced with.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) run: String,
    /// The `data` of each answer.
    pub(super) answers: HashMap<String, Value>,
}

/// Splits a text at its references.
pub(super) fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(kept) = before.strip_suffix('$') {
            parts.extend([Part::Text(kept), Part::Text("${")]);
            rest = from.get(2..).unwrap_or_default();
            continue;
        }
        let (inside, after) = from
            .get(2..)
            .and_then(|from| from.split_once('}'))
            .ok_or_else(|| format!("a `${{` in `{text}` is not closed; write `$${{` for the characters"))?;
        parts.extend([Part::Text(before), reference(inside)?]);
        rest = after;
    }
    parts.push(Part::Text(rest));
    parts.retain(|part| *part != Part::Text(""));
    Ok(parts)
}

fn reference(inside: &str) -> Result<Part<'_>, String> {
    let step = inside.strip_prefix("steps.").and_then(|rest| rest.split_once('.'));
    match step {
        _ if inside == "run" => Ok(Part::Run),
        Some((id, path)) if !id.is_empty() && path.split('.').all(|name| !name.is_empty()) => {
            Ok(Part::Step { id, path })
        }
        _ => Err(format!("`${{{inside}}}` is no reference: write `${{steps.ID.MEMBER}}` or `${{run}}`")),
    }
}

impl Known {
    fn value(&self, part: &Part<'_>) -> Result<Value, String> {
        match part {
            Part::Text(text) => Ok((*text).into()),
            Part::Run => Ok(self.run.as_str().into()),
            Part::Step { id, path } => {
                let escaped: String = path
                    .split('.')
                    .map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")))
                    .collect();
                let value = self.answers.get(*id).and_then(|answer| answer.pointer(&escaped));
                value.cloned().ok_or_else(|| format!("the answer of step `{id}` has no `{path}`"))
            }
        }
    }

    /// The value as text, for a reference within a text.
    fn text(&self, part: &Part<'_>) -> Result<String, String> {
        match (self.value(part)?, part) {
            (Value::String(text), _) => Ok(text),
            (Value::Number(number), _) => Ok(number.to_string()),
            (Value::Bool(is_true), _) => Ok(is_true.to_string()),
            (_, Part::Step { id, path }) => Err(format!("`{path}` in the answer of step `{id}` is no text")),
            _ => Ok(String::new()),
        }
    }

    /// A text with its references replaced.
    pub(super) fn resolve_text(&self, text: &str) -> Result<String, String> {
        parts(text)?.iter().map(|part| self.text(part)).collect()
    }

    /// The same for a path: a value is one segment, whatever it contains.
    pub(super) fn resolve_path(&self, path: &str) -> Result<String, String> {
        let resolved = |part: &Part<'_>| match part {
            Part::Text(text) => Ok((*text).to_owned()),
            part => Ok(utf8_percent_encode(&self.text(part)?, SEGMENT).to_string()),
        };
        parts(path)?.iter().map(resolved).collect()
    }

    /// A body with all references in its texts replaced. A text that is one reference becomes its value, of any kind.
    pub(super) fn resolve(&self, body: &Value) -> Result<Value, String> {
        match body {
            Value::String(text) => match parts(text)?.as_slice() {
                [one @ (Part::Run | Part::Step { .. })] => self.value(one),
                _ => self.resolve_text(text).map(Value::String),
            },
            Value::Array(items) => items.iter().map(|item| self.resolve(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| Ok((name.clone(), self.resolve(value)?))).collect()
            }
            other => Ok(other.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn known() -> Known {
        let answers = HashMap::from([(
            "ticket".to_owned(),
            json!({"id": "tkt_1", "n": 7, "tags": ["a", "b/c d"], "none": null}),
        )]);
        Known { run: "r1".to_owned(), answers }
    }

    #[test]
    fn references_are_replaced_by_values_of_any_kind() {
        let body = json!({
            "id": "${steps.ticket.id}", "n": "${steps.ticket.n}", "all": "${steps.ticket.tags}",
            "text": "${run}: ${steps.ticket.tags.0}-${steps.ticket.n}", "kept": "$${run} $5", "list": ["${run}", 1]
        });
        let expected = json!({
            "id": "tkt_1", "n": 7, "all": ["a", "b/c d"],
            "text": "r1: a-7", "kept": "${run} $5", "list": ["r1", 1]
        });
        assert_eq!(known().resolve(&body).unwrap(), expected);
        assert_eq!(known().resolve_path("tickets/${steps.ticket.tags.1}/x").unwrap(), "tickets/b%2Fc%20d/x");
    }

    #[test]
    fn bad_references_are_named() {
        for (text, expected) in [
            ("${steps.ticket.nope}", "the answer of step `ticket` has no `nope`"),
            ("${steps.other.id}", "the answer of step `other` has no `id`"),
            ("a ${steps.ticket.none}", "`none` in the answer of step `ticket` is no text"),
            ("${step.ticket.id}", "is no reference"),
            ("${steps.ticket}", "is no reference"),
            ("${steps.ticket..id}", "is no reference"),
            ("${run", "is not closed"),
        ] {
            let why = known().resolve_text(text).unwrap_err();
            assert!(why.contains(expected), "{text}: {why}");
        }
    }
}
