//! The operation that creates many objects.

use super::fields;
use super::operation::{Key, Operation, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::bulk::RESOURCES;
use crate::sandbox::model::import::{IMPORT, MARKER};

/// `POST …/import`.
pub(crate) fn import() -> Operation {
    let failure = Schema::object([
        member("index", Schema::count_from(0)),
        member("code", Schema::string()),
        member("message", Schema::string()),
        member("param", Schema::string()).optional(),
    ]);
    let failure = failure.with(Source::KEYWORD, Source::Ours.as_str()).named("ImportError");
    let count = || Schema::count_from(0);
    let result = Schema::object([
        member("object", Schema::constant(MARKER)),
        member("resource", Schema::choice(RESOURCES)),
        member("total", count()),
        member("created", count()),
        member("updated", count()),
        member("skipped", count()),
        member("errors", Schema::list(failure)),
    ]);
    let result = result.with(Source::KEYWORD, Source::Documented.as_str()).named("ImportResult");
    Operation::new("import", "Import and export", "Create many objects")
        .described(
            "Each record has the members of a creation and succeeds or fails on its own. Ours: a record is the same as \
             the object with its `id`, and a customer also as the one with its `email`. `skip` leaves that object alone, \
             `update` (ours) changes it.",
        )
        .key(Key::Secret)
        .body(fields::creation(&IMPORT))
        .once()
        .answers(200, "What was imported", Payload::Data(result))
}
