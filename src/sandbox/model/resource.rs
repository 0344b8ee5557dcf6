//! The declaration of a resource: its fields, filters and rules.
//!
//! `input` validates bodies and `query` query strings, `operations` changes the store, and `view` builds responses
//! and events. The rules of a single resource are in its own file.

use serde_json::{Map, Value};

use super::field::Field;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object, Order};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::uuid::{IdShape, Uuid};

pub(crate) struct Resource {
    /// The name in the store.
    pub(crate) kind: &'static str,
    /// The path of the collection below the team; empty without a collection.
    pub(crate) path: &'static str,
    /// The name in errors: `Ticket not found`.
    pub(crate) label: &'static str,
    /// The value of `object` in responses, if cStar documents one.
    pub(crate) marker: Option<&'static str>,
    /// The kind of the parent object.
    pub(crate) parent: Option<&'static str>,
    /// The shape of the `id`; `None` if there is only one object.
    pub(crate) id: Option<IdShape>,
    pub(crate) fields: &'static [Field],
    pub(crate) filters: &'static [Filter],
    pub(crate) search: &'static [&'static str],
    /// The values of `sort`; the first one is the default.
    pub(crate) sorts: &'static [(&'static str, Order)],
    /// The values of `expand`.
    pub(crate) expansions: &'static [&'static str],
    pub(crate) page_size: u64,
    /// Whether the API creates, updates and deletes objects.
    pub(crate) writable: bool,
    /// The verbs that cStar documents.
    pub(crate) documented: &'static [Verb],
    /// The members that `Rules::inline` adds.
    pub(crate) inlined: &'static [Inlined],
    pub(crate) created_at: &'static str,
    pub(crate) updated_at: Option<&'static str>,
    pub(crate) rules: &'static dyn Rules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    List,
    Create,
    Get,
    Update,
    Delete,
}

impl Verb {
    pub(crate) const ALL: &'static [Self] =
        &[Self::List, Self::Create, Self::Get, Self::Update, Self::Delete];
}

/// Another resource inside a response.
pub(crate) struct Inlined {
    pub(crate) name: &'static str,
    pub(crate) resource: &'static Resource,
    /// The members of a summary; if empty, the member is a list of whole objects.
    pub(crate) summary: &'static [&'static str],
}

/// A query parameter that filters by a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    pub(crate) param: &'static str,
    pub(crate) field: &'static str,
    /// Whether an object has several values, or the field has too many distinct ones to index their combinations.
    pub(crate) many: bool,
    /// For a parameter that is true or false: the value that `true` selects. `false` selects everything.
    pub(crate) flag: Option<bool>,
}

impl Filter {
    /// A parameter with the name of its field.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { param: name, field: name, many: false, flag: None }
    }

    pub(crate) const fn called(self, param: &'static str) -> Self {
        Self { param, ..self }
    }

    pub(crate) const fn many(self) -> Self {
        Self { many: true, ..self }
    }

    /// A flag: `true` selects the objects with this value.
    pub(crate) const fn flag(self, value: bool) -> Self {
        Self { flag: Some(value), ..self }
    }
}

struct NoRules;

impl Rules for NoRules {}

impl Resource {
    /// What most resources have in common. Names, fields and what is documented have no default that makes sense.
    pub(crate) const DEFAULTS: Self = Self {
        kind: "",
        path: "",
        label: "",
        marker: None,
        parent: None,
        id: None,
        fields: &[],
        filters: &[],
        search: &[],
        sorts: &[("recent", Order::Newest)],
        expansions: &[],
        page_size: 20,
        writable: true,
        documented: &[],
        inlined: &[],
        created_at: "createdAt",
        updated_at: Some("updatedAt"),
        rules: &NoRules,
    };

    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The beginning of every id, such as `tkt_`; empty for UUIDs.
    pub(crate) fn id_prefix(&self) -> &'static str {
        match self.id {
            Some(IdShape::Prefixed(prefix) | IdShape::Short(prefix)) => prefix,
            Some(IdShape::Plain) | None => "",
        }
    }

    pub(crate) fn id_of(&self, uuid: Uuid) -> String {
        self.id.map_or_else(String::new, |shape| shape.show(uuid))
    }

    /// Finds the object with an id of any shape.
    pub(crate) fn find(&self, tables: &Tables<'_>, id: &str) -> Result<Object, ApiError> {
        let uuid = self.id.and_then(|shape| shape.read(id));
        let found = uuid.map(|uuid| tables.find(self.kind, uuid)).transpose()?.flatten();
        found.ok_or_else(|| ApiError::resource_missing(self.label))
    }
}

/// The rules of a resource beyond its tables. Every default does nothing.
pub(crate) trait Rules: Sync {
    /// Completes a new object before it is stored.
    fn creating(&self, _: &mut Change<'_>, _: &mut New) -> Result<(), ApiError> {
        Ok(())
    }

    /// Creates the children of a new object and fires its events.
    fn created(&self, _: &mut Change<'_>, _: &Object, _: &Body) -> Result<(), ApiError> {
        Ok(())
    }

    /// Completes an updated object before it is stored.
    fn updating(&self, _: &mut Change<'_>, _: &Object, _: &mut Body) -> Result<(), ApiError> {
        Ok(())
    }

    /// Fires the events of an update.
    fn updated(&self, _: &mut Change<'_>, _: &Update<'_>) -> Result<(), ApiError> {
        Ok(())
    }

    /// Fires the events of a deletion, while the object still exists.
    fn deleting(&self, _: &mut Change<'_>, _: &Object) -> Result<(), ApiError> {
        Ok(())
    }

    /// Adds index entries beyond the filters.
    fn index(&self, _: &Body, _: &mut Index) {}

    /// What an imported object lets its author do; `None` for most.
    fn grant(&self, _: &Body) -> Option<String> {
        None
    }

    /// Sets the members that are computed when the object is read.
    fn complete(&self, _: &Tables<'_>, _: &mut Object) -> Result<(), ApiError> {
        Ok(())
    }

    /// Adds inlined members to a response.
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

#[derive(Clone, Copy, Debug)]
pub(crate) struct Inline<'i> {
    pub(crate) single: bool,
    pub(crate) expand: &'i [&'static str],
}

/// An object that is not stored yet.
#[derive(Debug)]
pub(crate) struct New {
    pub(crate) uuid: Uuid,
    pub(crate) parent: Option<i64>,
    pub(crate) body: Body,
    pub(crate) arguments: Body,
}

/// A stored update of an object.
#[derive(Debug)]
pub(crate) struct Update<'u> {
    pub(crate) before: &'u Object,
    pub(crate) after: &'u Object,
    /// The writable members that differ, in the shape of events.
    pub(crate) changes: &'u Map<String, Value>,
}

impl Update<'_> {
    pub(crate) fn before_and_after(&self, name: &str) -> (&str, &str) {
        (text(&self.before.body, name), text(&self.after.body, name))
    }
}

/// The text of a member; empty if it is not a string.
pub(crate) fn text<'b>(body: &'b Body, name: &str) -> &'b str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn set(body: &mut Body, name: &str, value: impl Into<Value>) {
    body.insert(name.to_owned(), value.into());
}

/// The time of a change, in the stored form.
pub(crate) fn now(change: &Change<'_>) -> Value {
    format!("{:.3}", change.meta.time).into()
}
