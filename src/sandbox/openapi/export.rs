//! The operation that exports many objects.

use super::fields;
use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::bulk::{RESOURCES, resource_at};
use crate::sandbox::model::export::choice::{MOST_ITEMS, MOST_ROWS};
use crate::sandbox::model::export::rows::MARKER;
use crate::sandbox::model::resource::Resource;

/// `POST …/export`.
pub(crate) fn export() -> Operation {
    let resources: Vec<&'static Resource> =
        RESOURCES.iter().filter_map(|path| resource_at(path).ok()).collect();
    let rows = resources.iter().map(|one| member(one.path, Schema::list(fields::view(one))).optional());
    let result = Schema::object([
        member("object", Schema::constant(MARKER)),
        member("format", Schema::constant("json")),
        member("totalRows", Schema::count_from(0)),
        member("resources", Schema::object(rows)),
        member("hasMore", Schema::boolean().described("Whether rows were left out.")).here().ours(),
    ]);
    let result = result.with(Source::KEYWORD, Source::Documented.as_str()).named("ExportResult");
    Operation::new("export", "Import and export", "Export many objects")
        .described(format!(
            "At most {MOST_ROWS} rows, newest first (the order is ours). The filters are those of the lists. Ours: CSV has \
             a line of names, lists and objects as JSON, and an apostrophe before a text that a spreadsheet would run."
        ))
        .key(Key::Secret)
        .body(body(&resources))
        .answers(200, "The objects", Payload::DataOrCsv(result))
}

/// As JSON any number of resources, as CSV exactly one.
fn body(resources: &[&'static Resource]) -> Schema {
    let one = Schema::any_of(resources.iter().map(|resource| exported(resource))).named("ExportedResource");
    let list = |most: usize| Schema::list(one.clone()).with("minItems", 1).with("maxItems", most);
    let json = Schema::object([
        member("resources", list(MOST_ITEMS)),
        member("format", Schema::choice(&["json"]).or_null().with("default", "json")).optional(),
    ]);
    let csv = Schema::object([member("resources", list(1)), member("format", Schema::constant("csv"))]);
    Schema::any_of([json, csv]).named("ExportCreation")
}

/// An item of `resources`.
fn exported(resource: &'static Resource) -> Schema {
    let of_list = fields::selection(resource).into_iter().filter(|parameter| parameter.name != "expand");
    let filters = of_list.map(|Parameter { name, schema, .. }| member(name, schema.or_null()).optional());
    let filters = Schema::object(filters).named(&format!("{}Filters", fields::name(resource)));
    Schema::object([
        member("type", Schema::constant(resource.path)),
        member("filters", filters.or_null()).optional(),
    ])
}
