//! Schemas and parameters from the tables of a resource: its view, its creation, its update and its lists.

use super::operation::Parameter;
use super::schema::{Member, Schema, Source, WHITE, member};
use crate::event;
use crate::sandbox::http::query::MAX_PAGE_SIZE;
use crate::sandbox::model::field::{Access, Field, Kind, Shape};
use crate::sandbox::model::input;
use crate::sandbox::model::query::MAX_SEARCH;
use crate::sandbox::model::resource::{Filter, Inlined, Resource};
use crate::sandbox::store::uuid::IdShape;

/// For use in a character class.
const CONTROL: &str = r"\u0000-\u001f\u007f-\u009f";
const UUID: &str = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

/// `Ticket`: the object in responses.
pub(crate) fn view(resource: &'static Resource) -> Schema {
    Schema::object(members(resource, &[]))
        .with(Source::KEYWORD, Source::Documented.as_str())
        .named(&name(resource))
}

/// The members in responses, except `without`.
pub(crate) fn members(resource: &'static Resource, without: &[&str]) -> Vec<Member> {
    let mut members = Vec::new();
    if let Some(shape) = resource.id {
        members.push(member("id", id(shape).with("readOnly", true)));
    }
    if let Some(marker) = resource.marker {
        members.push(member("object", Schema::constant(marker).with("readOnly", true)).here());
    }
    let returned = resource.fields.iter().filter(|field| field.is_shown() && !without.contains(&field.name));
    members.extend(returned.map(returned_member));
    members.extend(resource.inlined.iter().map(inlined));
    members
}

/// `Customer group` becomes `CustomerGroup`.
pub(crate) fn name(resource: &Resource) -> String {
    let words = resource.label.split(' ');
    let capital =
        |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    words.map(capital).collect::<Vec<String>>().concat()
}

fn returned_member(field: &'static Field) -> Member {
    let schema = returned(field.kind);
    let schema = if field.nullable { schema.or_null() } else { schema };
    let schema = if field.access == Access::ReadOnly { schema.with("readOnly", true) } else { schema };
    let member = member(field.name, schema);
    // no sample has all nullable members
    let member = if field.nullable || field.ours { member.here() } else { member };
    if field.ours { member.ours() } else { member }
}

/// A summary, or a list of whole objects.
fn inlined(inlined: &'static Inlined) -> Member {
    if inlined.summary.is_empty() {
        let list = Schema::list(view(inlined.resource)).with("readOnly", true);
        return member(inlined.name, list).optional();
    }
    let whole = members(inlined.resource, &[]).into_iter();
    let short =
        whole.filter(|one| matches!(one.name(), "id" | "object") || inlined.summary.contains(&one.name()));
    let summary = Schema::object(short).with(Source::KEYWORD, Source::Ours.as_str());
    let summary = summary.named(&format!("{}Summary", name(inlined.resource)));
    member(inlined.name, summary.or_null().with("readOnly", true)).optional()
}

/// A value in responses. The limits of request values do not apply to it.
fn returned(kind: Kind) -> Schema {
    match kind {
        Kind::Text { .. } | Kind::Name { .. } | Kind::Email => Schema::string(),
        Kind::Choice(words) => Schema::choice(words),
        Kind::Bool => Schema::boolean(),
        Kind::Integer { min, .. } => Schema::count_from(min),
        Kind::Time => Schema::time(),
        Kind::Texts { .. } => Schema::list(Schema::string()),
        Kind::Object => Schema::free_object(),
        Kind::Objects { .. } => Schema::list(Schema::free_object()),
        Kind::Id(shape) => id(shape),
        Kind::EventType | Kind::Any | Kind::Record(_) | Kind::Records { .. } | Kind::Variants { .. } => {
            accepted(kind)
        }
    }
}

/// An id in responses. After the prefix the samples have 12 or 20 letters and digits, the sandbox has 32 hexadecimal
/// digits.
fn id(shape: IdShape) -> Schema {
    match shape {
        IdShape::Prefixed(prefix) | IdShape::Short(prefix) => {
            Schema::string().pattern(&format!("^{prefix}[0-9A-Za-z]{{12,32}}$"))
        }
        IdShape::Plain => Schema::string().with("format", "uuid"),
    }
}

/// A value in requests.
pub(crate) fn accepted(kind: Kind) -> Schema {
    match kind {
        Kind::Text { max } => Schema::string().length(0, max),
        Kind::Name { max } => Schema::string().length(1, max).not_blank(),
        Kind::Email => {
            // the host follows the last `@`
            let email = format!("^[^{WHITE}{CONTROL}]+@[^@{WHITE}{CONTROL}]+$");
            Schema::string().length(3, input::LONGEST_EMAIL).pattern(&email)
        }
        Kind::Texts { items, max } => {
            Schema::list(Schema::string().length(1, max).not_blank()).with("maxItems", items)
        }
        Kind::Objects { items } => Schema::list(Schema::free_object()).with("maxItems", items),
        Kind::Integer { min, max } => Schema::integer(min, max),
        Kind::Id(IdShape::Plain) => Schema::string().pattern(&format!("^{UUID}$")),
        Kind::Id(IdShape::Prefixed(prefix) | IdShape::Short(prefix)) => {
            Schema::string().pattern(&format!("^({prefix}[0-9A-Fa-f]{{32}}|{UUID})$"))
        }
        Kind::Choice(_) | Kind::Bool | Kind::Time | Kind::Object => returned(kind),
        Kind::EventType => {
            Schema::choice(&event::catalogue().iter().map(|event| event.name).collect::<Vec<_>>())
        }
        Kind::Any => Schema::any(),
        Kind::Record(fields) => Schema::object(nested(fields)),
        Kind::Records { items, fields } => {
            Schema::list(Schema::object(nested(fields))).with("maxItems", items)
        }
        Kind::Variants { items, shapes } => {
            let one = |shape: &Shape| {
                let name = member("type", Schema::constant(shape.name));
                Schema::object([name].into_iter().chain(nested(shape.fields)))
            };
            Schema::list(Schema::any_of(shapes.iter().map(one))).with("maxItems", items)
        }
    }
}

/// The members of a nested object. `null` means absent.
fn nested(fields: &'static [Field]) -> impl Iterator<Item = Member> {
    fields.iter().map(|field| match field.required {
        true => member(field.name, accepted(field.kind)),
        false => member(field.name, accepted(field.kind).or_null()).optional(),
    })
}

/// `TicketCreation`: the body of a creation. `null` means absent.
pub(crate) fn creation(resource: &'static Resource) -> Schema {
    let settable = |field: &&Field| matches!(field.access, Access::Writable | Access::Argument);
    let members = resource.fields.iter().filter(settable).map(|field| {
        if field.required {
            return member(field.name, accepted(field.kind));
        }
        let schema = accepted(field.kind).or_null();
        let default = field.default.value();
        // A generator for Python refuses the default of an object, and an empty one says nothing.
        let useful = !default.is_null() && !default.is_object();
        let schema = if useful { schema.with("default", default) } else { schema };
        source(field, member(field.name, schema).optional())
    });
    Schema::object(members).named(&format!("{}Creation", name(resource)))
}

/// `TicketUpdate`: the body of an update. Absent members do not change.
pub(crate) fn update(resource: &'static Resource) -> Schema {
    let writable = resource.fields.iter().filter(|field| field.access == Access::Writable);
    let members = writable.map(|field| {
        let schema = accepted(field.kind);
        let schema = match field.kind {
            Kind::Object => schema.described("Merged into the existing members; `null` removes a member."),
            _ => schema,
        };
        let schema = if field.nullable { schema.or_null() } else { schema };
        source(field, member(field.name, schema).optional())
    });
    Schema::object(members).named(&format!("{}Update", name(resource)))
}

fn source(field: &Field, member: Member) -> Member {
    if field.ours { member.ours() } else { member }
}

pub(crate) fn page(default_size: u64) -> [Parameter; 2] {
    let number = Schema::integer(1, u32::MAX.into()).with("default", 1);
    let size =
        Schema::integer(1, i64::try_from(MAX_PAGE_SIZE).unwrap_or(i64::MAX)).with("default", default_size);
    [
        Parameter::query("page", number, "The number of the page, from 1."),
        Parameter::query("pageSize", size, "The number of objects on a page."),
    ]
}

/// The parameters of a list, except those of its page.
pub(crate) fn selection(resource: &'static Resource) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> =
        resource.filters.iter().filter_map(|filter| filtered(resource, filter)).collect();
    if !resource.search.is_empty() {
        let text = Schema::string().length(0, MAX_SEARCH);
        let places = resource.search.join("`, `");
        parameters.push(Parameter::query(
            "search",
            text,
            format!("Text in `{places}`. Case does not matter."),
        ));
    }
    if let [(first, _), _, ..] = resource.sorts {
        let names: Vec<&str> = resource.sorts.iter().map(|(name, _)| *name).collect();
        let schema = Schema::choice(&names).with("default", *first);
        parameters.push(Parameter::query("sort", schema, "The order of the list."));
    }
    parameters.extend(expansion(resource));
    parameters
}

fn filtered(resource: &'static Resource, filter: &Filter) -> Option<Parameter> {
    let field = resource.field(filter.field)?;
    let (schema, description) = match field.kind {
        Kind::Bool if filter.flag.is_some() => {
            let value = filter.flag.unwrap_or_default();
            (Schema::boolean(), format!("Only those whose `{}` is {value}.", field.name))
        }
        Kind::Choice(words) => (Schema::choice(words), format!("Only with this `{}`.", field.name)),
        Kind::Bool => (Schema::boolean(), format!("Only with this `{}`.", field.name)),
        Kind::Texts { .. } => (Schema::string(), format!("Only with this value in `{}`.", field.name)),
        Kind::Id(_) => (Schema::string(), format!("Only with this `{}`: the id, or its UUID.", field.name)),
        _ => (Schema::string(), format!("Only with exactly this `{}`.", field.name)),
    };
    Some(Parameter::query(filter.param, schema, description))
}

/// `expand`, if the resource has expansions.
pub(crate) fn expansion(resource: &Resource) -> Option<Parameter> {
    let names = Schema::list(Schema::choice(resource.expansions));
    let parameter = Parameter::query("expand", names, "The objects to include, separated by commas.");
    (!resource.expansions.is_empty()).then(|| parameter.commas())
}

pub(crate) fn by_id(resource: &Resource) -> Parameter {
    let description = match resource.id {
        Some(IdShape::Prefixed(prefix)) => format!("The id, `{prefix}…`, or its UUID."),
        _ => "The id.".to_owned(),
    };
    Parameter::path("id", Schema::string(), description)
}
