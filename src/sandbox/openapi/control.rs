//! The operations on the whole state of a running sandbox (ours).

use super::events::types;
use super::operation::{Key, Operation, Payload};
use super::schema::{Schema, member};
use crate::sandbox::tools::control::MOST_OBJECTS;

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Sandbox", summary).ours().key(Key::None)
}

/// `POST /_sandbox/reset`.
pub(crate) fn reset() -> Operation {
    let done = Schema::object([member("reset", Schema::constant(true))]);
    operation("resetState", "Restore the initial state").answers(
        200,
        "The state is that of a new sandbox",
        Payload::Bare(done),
    )
}

/// `POST /_sandbox/seed`.
pub(crate) fn seed() -> Operation {
    let count = || Schema::integer(0, MOST_OBJECTS.cast_signed());
    let plan = Schema::object([
        member("environment", Schema::choice(&["test", "live"])).optional(),
        member("customers", count()).optional(),
        member("tickets", count()).optional(),
        member("seed", Schema::count_from(0).with("maximum", u64::MAX)).optional(),
        member("events", Schema::boolean()).optional(),
    ]);
    let seeded = Schema::boolean().described("False if the same plan was carried out before.");
    operation("seedState", "Add realistic data").body(plan.named("SeedPlan")).answers(
        200,
        "The data exists",
        Payload::Bare(Schema::object([member("seeded", seeded)])),
    )
}

/// `POST /_sandbox/events`.
pub(crate) fn fire_event() -> Operation {
    let environment = || Schema::choice(&["test", "live"]);
    let data = Schema::free_object().or_null().described("Merged into the sample data of the event.");
    let event = Schema::object([
        member("type", types()),
        member("data", data).optional(),
        member("environment", environment().or_null().with("default", "test")).optional(),
    ]);
    let fired = Schema::object([
        member("id", Schema::string().pattern("^evt_")),
        member("type", types()),
        member("environment", environment()),
        member("listeners", Schema::count_from(0)),
        member("webhooks", Schema::count_from(0)),
    ]);
    operation("fireEvent", "Fire an event of any type")
        .described(
            "Mainly for the types that no documented request causes, such as those of the game and of surveys. \
             Automations run on the event.",
        )
        .body(event.named("EventToFire"))
        .answers(200, "The event was fired", Payload::Bare(fired.named("FiredEvent")))
}

/// `POST /_sandbox/export`.
pub(crate) fn export() -> Operation {
    let state = Schema::string().described("The lines that `cstar sandbox import` reads, at most 64 MiB.");
    let counts = Schema::free_object().described("The number of objects per kind.");
    operation("exportState", "Export the whole state as text").answers(
        200,
        "The state",
        Payload::Bare(Schema::object([member("state", state), member("objects", counts)])),
    )
}

/// `POST /_sandbox/import`.
pub(crate) fn import() -> Operation {
    let state = Schema::string().described("The lines that `cstar sandbox export` wrote.");
    let access = Schema::boolean()
        .described("Accept webhooks to other machines, API keys, and passwords and sessions of customers. By default they are refused.");
    let request = Schema::object([member("state", state), member("accept_access", access).optional()]);
    let counts = Schema::free_object().described("The number of objects per kind.");
    operation("importState", "Replace the whole state").body(request.named("StateToImport")).answers(
        200,
        "The state is replaced",
        Payload::Bare(Schema::object([member("objects", counts)])),
    )
}
