//! The operation that changes many objects.

use super::fields;
use super::operation::{Key, Operation, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::bulk::{ACTIONS, BULK, MARKER, RESOURCES};

/// `POST …/bulk`.
pub(crate) fn bulk() -> Operation {
    let failure = Schema::object([
        member("id", Schema::string()),
        member("code", Schema::string()),
        member("message", Schema::string()),
        member("param", Schema::string()).optional(),
    ]);
    let failure = failure.with(Source::KEYWORD, Source::Ours.as_str()).named("BulkError");
    let count = || Schema::count_from(0);
    let result = Schema::object([
        member("object", Schema::constant(MARKER)),
        member("action", Schema::choice(ACTIONS)),
        member("resource", Schema::choice(RESOURCES)),
        member("total", count()),
        member("succeeded", count()),
        member("failed", count()),
        member("errors", Schema::list(failure)),
    ]);
    let result = result.with(Source::KEYWORD, Source::Documented.as_str()).named("BulkResult");
    Operation::new("bulk", "Bulk actions", "Change or delete many objects")
        .described("Each object succeeds or fails on its own. `data` has the members that an update changes.")
        .key(Key::Secret)
        .body(fields::creation(&BULK))
        .once()
        .answers(200, "What succeeded and what failed", Payload::Data(result))
}
