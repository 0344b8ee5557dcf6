//! The operation that shows what an automation would do. The others follow from the table.

use super::fields;
use super::operation::{Key, Operation, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::automations::AUTOMATIONS;
use crate::sandbox::model::dry_run::DRY_RUN;

/// `POST …/automations/{id}/dry-run`.
pub(crate) fn dry_run() -> Operation {
    let result = Schema::object([
        member("wouldMatch", Schema::boolean()),
        member("actionsWouldExecute", Schema::list(Schema::free_object())),
    ]);
    Operation::new("dryRunAutomation", "Automations", "Check what an automation would do")
        .described(
            "The members of the result are documented, the path and the request are ours: `data` of an event, or a \
             ticket. Without both, the sample of the event type is checked.",
        )
        .ours()
        .key(Key::Secret)
        .takes(fields::by_id(&AUTOMATIONS))
        .body(fields::creation(&DRY_RUN))
        .body_is_optional()
        .answers(
            200,
            "What would be done",
            Payload::Data(result.with(Source::KEYWORD, Source::Documented.as_str()).named("DryRun")),
        )
}
