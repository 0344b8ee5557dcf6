//! The resources of the API, declared: one table of fields, filters and rules for each.
//!
//! A request becomes an input (`input`) or a selection (`query`), an operation (`operations`) makes a change
//! of it, and a view (`view`) an answer or an event. What only one resource does is in its own file.

use serde_json::{Map, Value};

use super::field::Field;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object, Order};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::uuid::{IdShape, Uuid};

/// A kind of object that the API keeps.
pub(crate) struct Resource {
    /// What the store and its events call it.
    pub(crate) kind: &'static str,
    /// The collection, below the team; empty for what has no collection of its own.
    pub(crate) path: &'static str,
    /// As errors name it: `Ticket not found`.
    pub(crate) label: &'static str,
    /// The value of `object` in answers, where cStar documents one.
    pub(crate) marker: Option<&'static str>,
    /// The kind of the object that each of them belongs to.
    pub(crate) parent: Option<&'static str>,
    /// How its `id` looks; `None` for what there is one of.
    pub(crate) id: Option<IdShape>,
    pub(crate) fields: &'static [Field],
    pub(crate) filters: &'static [Filter],
    /// The fields that `search` looks through.
    pub(crate) search: &'static [&'static str],
    /// The values of `sort`; the first one is the default.
    pub(crate) sorts: &'static [(&'static str, Order)],
    /// What `expand` may name.
    pub(crate) expansions: &'static [&'static str],
    pub(crate) page_size: u64,
    /// Whether the API creates, changes and deletes it.
    pub(crate) writable: bool,
    /// What of that a page of cStar shows.
    pub(crate) documented: &'static [Verb],
    /// What `Rules::inline` adds.
    pub(crate) inlined: &'static [Inlined],
    pub(crate) created_at: &'static str,
    pub(crate) updated_at: Option<&'static str>,
    pub(crate) rules: &'static dyn Rules,
}

/// What can be asked of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    List,
    Create,
    Get,
    Update,
    Delete,
}

impl Verb {
    /// Every one.
    pub(crate) const ALL: &'static [Self] =
        &[Self::List, Self::Create, Self::Get, Self::Update, Self::Delete];
}

/// Another resource inside an answer.
pub(crate) struct Inlined {
    pub(crate) name: &'static str,
    pub(crate) resource: &'static Resource,
    /// The members of the one that is shown in short; without any it is a list of whole ones.
    pub(crate) summary: &'static [&'static str],
}

/// A query parameter that selects by a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    pub(crate) param: &'static str,
    pub(crate) field: &'static str,
    /// Whether its values are many, or an object has several: they are not combined with others in advance.
    pub(crate) many: bool,
}

impl Filter {
    /// A parameter named as its field.
    pub(crate) const fn of(name: &'static str) -> Self {
        Self { param: name, field: name, many: false }
    }

    /// The same under another name.
    pub(crate) const fn called(self, param: &'static str) -> Self {
        Self { param, ..self }
    }

    /// The same for a field of many values.
    pub(crate) const fn many(self) -> Self {
        Self { many: true, ..self }
    }
}

impl Resource {
    /// The field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The id of an object of this kind.
    pub(crate) fn id_of(&self, uuid: Uuid) -> String {
        self.id.map_or_else(String::new, |shape| shape.show(uuid))
    }

    /// The object with this id, in whatever shape.
    pub(crate) fn find(&self, tables: &Tables<'_>, id: &str) -> Result<Object, ApiError> {
        let uuid = self.id.and_then(|shape| shape.read(id));
        let found = uuid.map(|uuid| tables.find(self.kind, uuid)).transpose()?.flatten();
        found.ok_or_else(|| ApiError::resource_missing(self.label))
    }
}

/// What a resource does beyond its tables. Each of these does nothing unless a resource says otherwise.
pub(crate) trait Rules: Sync {
    /// Completes a new object before it is stored.
    fn creating(&self, _: &mut Change<'_>, _: &mut New) -> Result<(), ApiError> {
        Ok(())
    }

    /// What follows from a new object: its children, its events.
    fn created(&self, _: &mut Change<'_>, _: &Object, _: &Body) -> Result<(), ApiError> {
        Ok(())
    }

    /// Completes what an object becomes, before it is stored.
    fn updating(&self, _: &mut Change<'_>, _: &Object, _: &mut Body) -> Result<(), ApiError> {
        Ok(())
    }

    /// What follows from an update.
    fn updated(&self, _: &mut Change<'_>, _: &Update<'_>) -> Result<(), ApiError> {
        Ok(())
    }

    /// What follows from a removal, before the object is gone.
    fn deleting(&self, _: &mut Change<'_>, _: &Object) -> Result<(), ApiError> {
        Ok(())
    }

    /// What else it is found or sorted by.
    fn index(&self, _: &Body, _: &mut Index) {}

    /// Members that are counted when it is read.
    fn complete(&self, _: &Tables<'_>, _: &mut Object) -> Result<(), ApiError> {
        Ok(())
    }

    /// Adds to an answer what is inlined: with `single`, the answer is about this object alone.
    fn inline(
        &self,
        _: &Tables<'_>,
        _: &Object,
        _: &mut Map<String, Value>,
        _: Inline<'_>,
    ) -> Result<(), ApiError> {
        Ok(())
    }
}

/// What is inlined in an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inline<'i> {
    pub(crate) single: bool,
    pub(crate) expand: &'i [&'static str],
}

/// An object about to be stored.
#[derive(Debug)]
pub(crate) struct New {
    pub(crate) uuid: Uuid,
    pub(crate) parent: Option<i64>,
    pub(crate) body: Body,
    pub(crate) arguments: Body,
}

/// A change of an object that has been stored.
#[derive(Debug)]
pub(crate) struct Update<'u> {
    pub(crate) before: &'u Object,
    pub(crate) after: &'u Object,
    /// The writable members that differ, as events tell them.
    pub(crate) changes: &'u Map<String, Value>,
}

impl Update<'_> {
    /// What a member was and is.
    pub(crate) fn of(&self, name: &str) -> (&str, &str) {
        (text(&self.before.body, name), text(&self.after.body, name))
    }
}

/// The text of a member; empty for anything else.
pub(crate) fn text<'b>(body: &'b Body, name: &str) -> &'b str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Sets a member.
pub(crate) fn set(body: &mut Body, name: &str, value: impl Into<Value>) {
    body.insert(name.to_owned(), value.into());
}

/// The time of a change, as it is stored.
pub(crate) fn now(change: &Change<'_>) -> Value {
    format!("{:.3}", change.meta.time).into()
}
