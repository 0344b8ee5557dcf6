//! The flags of fields and filters: their names and their help. Types and values come from the tables of the sandbox.

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, value_parser};

use crate::sandbox::model::field::{Field, Kind};
use crate::sandbox::model::resource::{Filter, Resource};

/// The names of fields that are no flag names already, and the help of each field.
const FLAGS: [(&str, &str, &str); 47] = [
    ("title", "title", "Title"),
    ("name", "name", "Name"),
    ("priority", "priority", "Priority"),
    ("status", "status", "Status"),
    ("customerId", "customer-id", "Id of the customer, or its beginning"),
    ("customerName", "customer-name", "Name of a customer who has no id"),
    ("assignedTo", "assigned-to", "Id of the agent, or its beginning"),
    ("tags", "tag", "A tag; repeatable"),
    ("notes", "notes", "Notes for the team"),
    ("initialMessage", "initial-message", "The customer's first message"),
    ("email", "email", "E-mail address"),
    ("sentiment", "sentiment", "Sentiment"),
    ("excerpt", "excerpt", "Short text for lists"),
    ("content", "content", "Text in Markdown"),
    ("categoryId", "category-id", "Id of the category, or its beginning"),
    ("category", "category", "The category, by name or slug"),
    ("isPublic", "public", "Whether the public library shows it"),
    ("metaDescription", "meta-description", "Description for search engines"),
    ("description", "description", "Description"),
    ("icon", "icon", "Icon"),
    ("color", "color", "Colour"),
    ("sortOrder", "sort-order", "Place in the list; lower numbers come first"),
    ("externalId", "external-id", "Id in your own system"),
    ("body", "body", "Text"),
    ("topic_id", "topic-id", "The topic, by id"),
    ("visibility", "visibility", "Who can read it"),
    ("is_pinned", "pinned", "Whether it stays on top"),
    ("is_locked", "locked", "Whether comments are closed"),
    ("teamName", "team-name", "Name of the team"),
    ("defaultPriority", "default-priority", "Priority of new tickets"),
    ("businessHoursEnabled", "business-hours", "Whether business hours apply"),
    ("signupConfirmation", "signup-confirmation", "Whether customers confirm their address after a signup"),
    ("csatEnabled", "csat", "Whether customers are asked how satisfied they are"),
    ("sender", "sender", "Who writes the message"),
    ("senderName", "sender-name", "Name of who writes the message"),
    ("isInternal", "internal", "Whether only the team sees it"),
    ("role", "role", "Role"),
    ("triggerEvent", "trigger-event", "Type of the events that start it"),
    ("enabled", "enabled", "Whether it runs"),
    ("key", "key", "Name in the API; without one, it is made of the name"),
    ("type", "type", "Type of the values"),
    ("entityType", "entity-type", "The resource it is for"),
    ("required", "required", "Whether a value is required"),
    ("options", "option", "A value to select; repeatable"),
    ("position", "position", "Place in the form; lower numbers come first"),
    ("sortField", "sort-field", "The member that orders the list"),
    ("sortDirection", "sort-direction", "Rising or falling"),
];

/// The id of an agent, though any text is accepted.
const ASSIGNEE: &str = "assignedTo";

fn flag(field: &'static str) -> (&'static str, &'static str) {
    let row = FLAGS.iter().find(|(name, _, _)| *name == field);
    row.map_or((field, "Another member"), |(_, flag, help)| (*flag, *help))
}

/// The flag of a field, with its dashes: `--customer-id`.
pub(super) fn shown(field: &'static str) -> String {
    format!("--{}", flag(field).0)
}

/// The flag that sets a field; `None` for objects, which `--field` and `--data` set.
pub(super) fn of_field(field: &'static Field) -> Option<Arg> {
    let (long, help) = flag(field.name);
    let arg = Arg::new(field.name).long(long).help(help);
    Some(match field.kind {
        Kind::Choice(words) => {
            arg.value_name("VALUE").value_parser(PossibleValuesParser::new(words.iter().copied()))
        }
        Kind::Bool => arg.value_name("true|false").value_parser(value_parser!(bool)),
        Kind::Integer { min, max } => {
            arg.value_name("N").allow_negative_numbers(true).value_parser(value_parser!(i64).range(min..=max))
        }
        _ if field.name == ASSIGNEE => arg.value_name("ID"),
        Kind::Id(_) => arg.value_name("ID").value_parser(NonEmptyStringValueParser::new()),
        Kind::Texts { .. } => arg.value_name("TEXT").action(ArgAction::Append),
        Kind::Text { .. } | Kind::Name { .. } | Kind::Email | Kind::Time | Kind::EventType => {
            arg.value_name("TEXT")
        }
        Kind::Object
        | Kind::Objects { .. }
        | Kind::Any
        | Kind::Record(_)
        | Kind::Records { .. }
        | Kind::Variants { .. } => return None,
    })
}

/// The flag of a filter; its id is the parameter of the API.
pub(super) fn of_filter(resource: &'static Resource, filter: &'static Filter) -> Option<Arg> {
    let field = resource.field(filter.field)?;
    let named =
        if FLAGS.iter().any(|(name, _, _)| *name == filter.param) { filter.param } else { field.name };
    // `category` and `topic` take ids here
    let (long, help) = match filter.param {
        "tag" => ("tag", "Only with this tag"),
        "category" => ("category", "Only of the category with this id, or beginning of one"),
        "topic" => ("topic", "Only of this topic, by its id"),
        "status" => ("status", "Only with this status"),
        "priority" => ("priority", "Only with this priority"),
        "sentiment" => ("sentiment", "Only with this sentiment"),
        "role" => ("role", "Only with this role"),
        "customerId" => ("customer-id", "Only of the customer with this id, or beginning of one"),
        "assignedTo" => ("assigned-to", "Only of the agent with this id, or beginning of one"),
        "entityType" => ("entity-type", "Only those of this resource"),
        "isPublic" => ("public", "Only public ones, or only the others"),
        _ => flag(named),
    };
    let arg = Arg::new(filter.param).long(long).help(help);
    Some(match field.kind {
        Kind::Choice(words) => {
            arg.value_name("VALUE").value_parser(PossibleValuesParser::new(words.iter().copied()))
        }
        Kind::Bool => arg.value_name("true|false").value_parser(PossibleValuesParser::new(["true", "false"])),
        // An empty value would be no filter: a script with an unset variable would get, or change, every object.
        _ => {
            let is_id = field.name == ASSIGNEE || matches!(field.kind, Kind::Id(_));
            let arg = arg.value_name(if is_id { "ID" } else { "TEXT" });
            arg.value_parser(NonEmptyStringValueParser::new())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::resources::table::ENTRIES;
    use crate::sandbox::model::field::Access;

    #[test]
    fn every_field_has_a_flag_with_help() {
        for entry in &ENTRIES {
            let settable = |field: &&Field| matches!(field.access, Access::Writable | Access::Argument);
            for field in entry.resource.fields.iter().filter(settable) {
                if of_field(field).is_none() {
                    continue;
                }
                let (long, help) = flag(field.name);
                assert!(
                    FLAGS.iter().any(|(name, _, _)| *name == field.name),
                    "{} {}",
                    entry.name,
                    field.name
                );
                assert!(long.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{long}");
                assert!(!help.is_empty() && !help.ends_with('.'), "{help}");
            }
        }
    }
}
