//! The body of a write: `--data`, then `--field`, then the flags of single fields.

use clap::ArgMatches;
use serde_json::{Map, Value};

use super::build::{DATA, FIELD, is_settable};
use super::flags;
use crate::commands::input;
use crate::host::text;
use crate::output::Failure;
use crate::output::sanitize::escape;
use crate::sandbox::model::field::{Field, Kind};
use crate::sandbox::model::resource::Resource;

/// The members that the flags of a write set.
pub(super) fn members(
    matches: &ArgMatches,
    resource: &'static Resource,
    creates: bool,
) -> Result<Map<String, Value>, Failure> {
    let mut members = match matches.try_get_one::<String>(DATA).ok().flatten() {
        Some(data) => object(data)?,
        None => Map::new(),
    };
    for field in matches.try_get_many::<String>(FIELD).ok().flatten().into_iter().flatten() {
        let (name, value) = assignment(resource, field)?;
        members.insert(name, value);
    }
    for field in resource.fields.iter().filter(|field| is_settable(field, creates)) {
        if let Some(value) = value(matches, field) {
            members.insert(field.name.to_owned(), value);
        }
    }
    Ok(members)
}

/// Names the flags of required members that are missing, before any request.
pub(super) fn check_required(
    members: &Map<String, Value>,
    resource: &'static Resource,
    command: &str,
) -> Result<(), Failure> {
    let missing = resource.fields.iter().filter(|field| field.required && !members.contains_key(field.name));
    let missing: Vec<String> = missing.map(|field| flags::shown(field.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!("{} is missing", missing.join(" and ")))
        .hint(format!("cstar {command} --help lists the flags")))
}

fn value(matches: &ArgMatches, field: &'static Field) -> Option<Value> {
    let name = field.name;
    match field.kind {
        Kind::Bool => matches.try_get_one::<bool>(name).ok()?.map(|value| (*value).into()),
        Kind::Integer { .. } => matches.try_get_one::<i64>(name).ok()?.map(|value| (*value).into()),
        Kind::Texts { .. } => {
            let texts = matches.try_get_many::<String>(name).ok()??;
            Some(texts.cloned().collect::<Vec<_>>().into())
        }
        Kind::Object | Kind::Objects { .. } => None,
        _ => matches.try_get_one::<String>(name).ok()?.map(|text| text.as_str().into()),
    }
}

const LIKE_THIS: &str = "like this: --data '{\"title\": \"T\"}'";

/// `--data`: JSON, `@FILE`, or `-` for standard input.
fn object(data: &str) -> Result<Map<String, Value>, Failure> {
    let json = match data.strip_prefix('@').or((data == "-").then_some("-")) {
        Some(path) => read_text(path, "the data")?,
        None => data.to_owned(),
    };
    if json.trim().is_empty() {
        let source = if data == "-" { "standard input is" } else { "--data is" };
        return Err(Failure::usage(format!("{source} empty: there is no JSON object")).hint(LIKE_THIS));
    }
    match serde_json::from_str(&json) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Failure::usage("--data is not a JSON object").hint(LIKE_THIS)),
        Err(error) => Err(Failure::usage(format!("--data is not JSON: {error}"))
            .hint("a file is named with an @: --data @body.json")),
    }
}

/// The text of a file, or of standard input for `-`.
pub(super) fn read_text(path: &str, what: &str) -> Result<String, Failure> {
    let bytes = input::read(path.as_ref(), what)?;
    text::decode(&bytes)
        .map_err(|error| Failure::usage(format!("could not read {what} from `{}`: {error}", escape(path))))
}

/// `--field NAME=VALUE`. The value of a text field is text; any other is JSON if it can be read as JSON.
fn assignment(resource: &Resource, text: &str) -> Result<(String, Value), Failure> {
    let lacks = |what: &str| {
        Failure::usage(format!("--field `{}` has no {what}", escape(text)))
            .hint("like this: --field notes=Called")
    };
    let (name, value) = text.split_once('=').ok_or_else(|| lacks("`=`"))?;
    if name.is_empty() {
        return Err(lacks("name"));
    }
    let is_text = resource.field(name).is_some_and(|field| {
        matches!(
            field.kind,
            Kind::Text { .. }
                | Kind::Name { .. }
                | Kind::Email
                | Kind::Time
                | Kind::EventType
                | Kind::Choice(_)
                | Kind::Id(_)
        )
    });
    let json = serde_json::from_str::<Value>(value).ok().filter(|json| !is_text || json.is_null());
    Ok((name.to_owned(), json.unwrap_or_else(|| value.into())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::model::tickets::TICKETS;
    use serde_json::json;

    #[test]
    fn field_values_follow_the_table() {
        for (text, name, value) in [
            ("title=123", "title", json!("123")),
            ("notes=null", "notes", Value::Null),
            ("notes=a=b", "notes", json!("a=b")),
            ("metadata={\"k\":1}", "metadata", json!({"k": 1})),
            ("tags=[\"a\"]", "tags", json!(["a"])),
            ("other=1", "other", json!(1)),
            ("other=red", "other", json!("red")),
        ] {
            assert_eq!(assignment(&TICKETS, text).unwrap(), (name.to_owned(), value), "{text}");
        }
        assert!(assignment(&TICKETS, "title").is_err() && assignment(&TICKETS, "=x").is_err());
    }

    #[test]
    fn data_has_to_be_an_object() {
        assert_eq!(object("{\"a\":1}").unwrap().len(), 1);
        assert!(object("[1]").is_err() && object("title").is_err());
    }
}
