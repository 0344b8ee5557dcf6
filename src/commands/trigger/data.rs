//! `--data` and `--set`: what is laid over the sample's `data`.

use std::path::Path;

use serde_json::{Map, Value};

use super::file_of;
use crate::commands::input;
use crate::event;
use crate::output::Failure;

/// The object that both flags describe; `None` when neither is given.
pub(super) fn overlay(data: Option<&str>, sets: &[String]) -> Result<Option<Value>, Failure> {
    let mut overlay = match data {
        Some(argument) => Some(read(argument)?),
        None => None,
    };
    for set in sets {
        let one = assignment(set)?;
        event::merge(overlay.get_or_insert_with(|| Value::Object(Map::new())), one);
    }
    Ok(overlay)
}

fn read(argument: &str) -> Result<Value, Failure> {
    let (text, source) = match file_of(argument) {
        Some(path) => {
            let source = if path == Path::new("-") {
                "standard input".to_owned()
            } else {
                format!("`{}`", path.display())
            };
            (input::read(&path, "--data")?, source)
        }
        None => (argument.as_bytes().to_vec(), "--data".to_owned()),
    };
    let value: Value = serde_json::from_slice(&text).map_err(|error| {
        let failure = Failure::usage(format!("{source} is not JSON: {error}"));
        if source == "--data" {
            failure.hint("a file is named with an @ before it: --data @body.json")
        } else {
            failure
        }
    })?;
    data_of(value, &source)
}

/// A whole event is accepted too: then its `data` is what counts.
fn data_of(value: Value, source: &str) -> Result<Value, Failure> {
    let Value::Object(mut object) = value else {
        return Err(Failure::usage(format!("{source} must be a JSON object, like the `data` of an event")));
    };
    let whole_event = object.contains_key("type") && object.contains_key("id");
    match object.remove("data") {
        Some(data @ Value::Object(_)) if whole_event => Ok(data),
        Some(data) => {
            object.insert("data".to_owned(), data);
            Ok(Value::Object(object))
        }
        None => Ok(Value::Object(object)),
    }
}

/// `data.ticket.priority=urgent`: the value is JSON if it reads as JSON, otherwise text.
fn assignment(text: &str) -> Result<Value, Failure> {
    let wrong = |why: &str| {
        Failure::usage(format!("could not read --set `{text}`: {why}"))
            .hint("write it like data.ticket.priority=urgent")
    };
    let (path, value) = text.split_once('=').ok_or_else(|| wrong("there is no `=`"))?;
    let mut members = path.trim().split('.');
    if members.next() != Some("data") {
        return Err(wrong("the path must begin with `data.`"));
    }
    let members: Vec<&str> = members.collect();
    if members.is_empty() || members.iter().any(|member| member.is_empty()) {
        return Err(wrong("a member of the path has no name"));
    }
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    Ok(members
        .iter()
        .rev()
        .fold(value, |inner, member| Value::Object(Map::from_iter([((*member).to_owned(), inner)]))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn assignments_build_and_override() {
        let sets = ["data.ticket.priority=urgent", "data.ticket.tags=[1]", "data.ticket.id=7", "data.n=null"]
            .map(str::to_owned);
        assert_eq!(
            overlay(Some(r#"{"ticket":{"priority":"low","title":"x"}}"#), &sets).unwrap().unwrap(),
            json!({"ticket": {"priority": "urgent", "title": "x", "tags": [1], "id": 7}, "n": null})
        );
        assert!(overlay(None, &[]).unwrap().is_none());
    }

    #[test]
    fn the_data_of_a_whole_event_is_used() {
        let event = r#"{"id":"evt_1","type":"ticket.created","data":{"ticket":{"id":1}}}"#;
        assert_eq!(overlay(Some(event), &[]).unwrap().unwrap(), json!({"ticket": {"id": 1}}));
        let own = r#"{"data":{"a":1}}"#;
        assert_eq!(overlay(Some(own), &[]).unwrap().unwrap(), json!({"data": {"a": 1}}));
    }

    #[test]
    fn mistakes_are_usage_errors() {
        for (data, set) in [
            (Some("{"), ""),
            (Some("[1]"), ""),
            (None, "x"),
            (None, "ticket.id=1"),
            (None, "data=1"),
            (None, "data..a=1"),
        ] {
            let sets: Vec<String> = (!set.is_empty()).then(|| set.to_owned()).into_iter().collect();
            let failure = overlay(data, &sets).unwrap_err();
            assert_eq!(failure.exit(), crate::output::Exit::Usage, "{data:?} {set}");
        }
    }
}
