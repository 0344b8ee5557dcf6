//! Names every object of an event, for languages in which a type has one.

use super::words::{pascal, unique};
use crate::event::shape::{EventShape, Kind, Member, Shape};

/// How a language writes the types of values.
pub(super) trait TypeNames {
    const ANY: &'static str;
    const BOOLEAN: &'static str;
    const INTEGER: &'static str;
    const DECIMAL: &'static str;
    const TEXT: &'static str;

    fn list(items: &str) -> String;
    fn map(values: &str) -> String;
    /// A type that also accepts null.
    fn or_null(name: String) -> String;
}

/// A named object.
pub(super) struct Struct<'a> {
    pub(super) name: String,
    pub(super) fields: Vec<Field<'a>>,
}

pub(super) struct Field<'a> {
    pub(super) member: &'a Member,
    /// The type of a value that is there, and not null.
    pub(super) type_name: String,
    pub(super) is_nullable: bool,
}

/// The objects of an event: `data` comes last, after all that it refers to.
pub(super) fn structs<'a, T: TypeNames>(event: &'a EventShape, name: &str) -> Vec<Struct<'a>> {
    let mut planner = Planner { base: name.to_owned(), structs: Vec::new() };
    let data = format!("{name}Data");
    match event.data.single() {
        Some((Kind::Members(members), _)) => planner.add::<T>(data, members),
        _ => planner.structs.push(Struct { name: data, fields: Vec::new() }),
    }
    planner.structs
}

struct Planner<'a> {
    base: String,
    structs: Vec<Struct<'a>>,
}

impl<'a> Planner<'a> {
    fn add<T: TypeNames>(&mut self, name: String, members: &'a [Member]) {
        let field = |planner: &mut Self, member: &'a Member| {
            let (type_name, is_nullable) = planner.type_of::<T>(&member.shape, &member.name);
            Field { member, type_name, is_nullable }
        };
        let fields = members.iter().map(|member| field(self, member)).collect();
        self.structs.push(Struct { name, fields });
    }

    /// The type, and whether null is one more value.
    fn type_of<T: TypeNames>(&mut self, shape: &'a Shape, path: &str) -> (String, bool) {
        let Some((kind, is_nullable)) = shape.single() else { return (T::ANY.to_owned(), false) };
        let name = match kind {
            Kind::Null => T::ANY.to_owned(),
            Kind::Boolean => T::BOOLEAN.to_owned(),
            Kind::Integer => T::INTEGER.to_owned(),
            Kind::Decimal => T::DECIMAL.to_owned(),
            Kind::Text | Kind::Time => T::TEXT.to_owned(),
            Kind::List(items) => T::list(&self.item::<T>(items, path)),
            Kind::Map(values) => T::map(&self.item::<T>(values, path)),
            Kind::Members(members) => {
                let is_taken = |name: &str| self.structs.iter().any(|known| known.name == name);
                let reserved = ["Data", "Event"].map(|end| format!("{}{end}", self.base));
                let name = unique(format!("{}{}", self.base, pascal(path)), |name| {
                    is_taken(name) || reserved.iter().any(|reserved| reserved == name)
                });
                self.add::<T>(name.clone(), members);
                name
            }
        };
        (name, is_nullable)
    }

    fn item<T: TypeNames>(&mut self, shape: &'a Shape, path: &str) -> String {
        let (name, is_nullable) = self.type_of::<T>(shape, &format!("{path}_item"));
        if is_nullable { T::or_null(name) } else { name }
    }
}
