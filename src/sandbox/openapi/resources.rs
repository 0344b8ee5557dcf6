//! The operations of all resources, built from their tables.

use super::fields;
use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::messages::MESSAGES;
use crate::sandbox::model::resource::{Resource, Verb};
use crate::sandbox::model::settings::SETTINGS;
use crate::sandbox::model::tickets::TICKETS;

/// `Customer group` becomes `Customer groups`.
fn plural(label: &str) -> String {
    label.strip_suffix('y').map_or_else(|| format!("{label}s"), |stem| format!("{stem}ies"))
}

fn with_article(label: &str) -> String {
    // an abbreviation begins with the sound of its first letter
    let vowels = if is_abbreviation(label) { "AEFHILMNORSX" } else { "AEIOU" };
    let article = if label.starts_with(|c| vowels.contains(c)) { "an" } else { "a" };
    format!("{article} {}", lower_case(label))
}

fn is_abbreviation(word: &str) -> bool {
    word.chars().take(2).filter(char::is_ascii_uppercase).count() == 2
}

/// `SLA rule` stays as it is.
fn lower_case(label: &str) -> String {
    if is_abbreviation(label) { label.to_owned() } else { label.to_lowercase() }
}

fn operation(resource: &Resource, verb: Verb) -> Operation {
    let group = plural(resource.label);
    let (name, label) = (fields::name(resource), with_article(resource.label));
    let (id, summary) = match verb {
        Verb::List => (format!("list{}", plural(&name)), format!("List {}", lower_case(&group))),
        Verb::Create => (format!("create{name}"), format!("Create {label}")),
        Verb::Get => (format!("get{name}"), format!("Get {label}")),
        Verb::Update => (format!("update{name}"), format!("Change {label}")),
        Verb::Delete => (format!("delete{name}"), format!("Delete {label}")),
    };
    let source = if resource.documented.contains(&verb) { Source::Documented } else { Source::Ours };
    let operation = Operation::new(id, group, summary).source(source);
    let by_id = matches!(verb, Verb::Get | Verb::Update | Verb::Delete) && resource.id.is_some();
    let operation = if by_id { operation.takes(fields::by_id(resource)) } else { operation };
    let writes = matches!(verb, Verb::Create | Verb::Update | Verb::Delete);
    let operation = if writes { operation.key(Key::Secret) } else { operation };
    if matches!(verb, Verb::Create | Verb::Update) { operation.once() } else { operation }
}

fn with(operation: Operation, parameters: impl IntoIterator<Item = Parameter>) -> Operation {
    parameters.into_iter().fold(operation, Operation::takes)
}

/// `GET …/things`.
pub(crate) fn list(resource: &'static Resource) -> Operation {
    let operation = operation(resource, Verb::List);
    let operation = with(operation, fields::page(resource.page_size));
    with(operation, fields::selection(resource)).answers(
        200,
        "A page of the list",
        Payload::Page(fields::view(resource)),
    )
}

/// `POST …/things`.
pub(crate) fn create(resource: &'static Resource) -> Operation {
    let name = fields::name(resource);
    let operation = operation(resource, Verb::Create).body(fields::creation(resource));
    ["get", "update", "delete"]
        .iter()
        .fold(operation, |operation, verb| operation.leads_to(&format!("{verb}{name}")))
        .answers(201, "The new object", Payload::Data(fields::view(resource)))
}

/// `GET …/things/{id}`.
pub(crate) fn get(resource: &'static Resource) -> Operation {
    with(operation(resource, Verb::Get), fields::expansion(resource)).answers(
        200,
        "The object with this id",
        Payload::Data(fields::view(resource)),
    )
}

/// `PATCH …/things/{id}`.
pub(crate) fn update(resource: &'static Resource) -> Operation {
    operation(resource, Verb::Update).body(fields::update(resource)).answers(
        200,
        "The updated object",
        Payload::Data(fields::view(resource)),
    )
}

/// `DELETE …/things/{id}`.
pub(crate) fn delete(resource: &'static Resource) -> Operation {
    operation(resource, Verb::Delete).answers(200, "The object is deleted", Payload::Data(deleted()))
}

/// The documentation shows `deleted` both alone and with the `id`.
pub(crate) fn deleted() -> Schema {
    Schema::object([member("deleted", Schema::constant(true)), member("id", Schema::string()).here()])
        .named("Deleted")
}

/// `GET …/tickets/{id}/messages`.
pub(crate) fn messages() -> Operation {
    let list = Schema::list(fields::view(&MESSAGES));
    of_ticket(Verb::List).answers(200, "All messages, the oldest first", Payload::Data(list))
}

/// `POST …/tickets/{id}/messages`.
pub(crate) fn new_message() -> Operation {
    of_ticket(Verb::Create).body(fields::creation(&MESSAGES)).answers(
        201,
        "The new message",
        Payload::Data(fields::view(&MESSAGES)),
    )
}

fn of_ticket(verb: Verb) -> Operation {
    operation(&MESSAGES, verb).takes(fields::by_id(&TICKETS))
}

/// `GET …/settings`.
pub(crate) fn settings() -> Operation {
    of_team(Verb::Get, "Get the settings of the team")
}

/// `PATCH …/settings`.
pub(crate) fn new_settings() -> Operation {
    of_team(Verb::Update, "Change the settings of the team").body(fields::update(&SETTINGS))
}

fn of_team(verb: Verb, summary: &str) -> Operation {
    let operation = operation(&SETTINGS, verb).key(Key::Secret);
    Operation { summary: summary.to_owned(), group: SETTINGS.label.to_owned(), ..operation }.answers(
        200,
        "The settings",
        Payload::Data(fields::view(&SETTINGS)),
    )
}
