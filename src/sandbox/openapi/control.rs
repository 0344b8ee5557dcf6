//! The operations on the whole state of a running sandbox (ours). They need no key on loopback.

use super::operation::{Key, Operation, Payload};
use super::schema::{Schema, member};
use crate::sandbox::tools::control::MOST_OBJECTS;

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Sandbox", summary).ours().key(Key::None)
}

/// `POST /_sandbox/reset`.
pub(crate) fn reset() -> Operation {
    let done = Schema::object([member("reset", Schema::constant(true))]);
    operation("resetState", "Remove everything that was kept").answers(
        200,
        "It is as at its first start",
        Payload::Bare(done),
    )
}

/// `POST /_sandbox/seed`.
pub(crate) fn seed() -> Operation {
    let count = || Schema::integer(0, MOST_OBJECTS.cast_signed());
    let wish = Schema::object([
        member("environment", Schema::choice(&["test", "live"])).optional(),
        member("customers", count()).optional(),
        member("tickets", count()).optional(),
        member("seed", Schema::count_from(0).with("maximum", u64::MAX)).optional(),
        member("events", Schema::boolean()).optional(),
    ]);
    let planted = Schema::boolean().described("False if the same plan was carried out before.");
    operation("seedState", "Add believable data").body(wish.named("SeedPlan")).answers(
        200,
        "It is there",
        Payload::Bare(Schema::object([member("planted", planted)])),
    )
}

/// `POST /_sandbox/export`.
pub(crate) fn export() -> Operation {
    let state = Schema::string().described("The lines that `cstar sandbox import` takes in, 64 MiB at most.");
    let counts = Schema::free_object().described("How many objects of each kind.");
    operation("exportState", "The whole state as text").answers(
        200,
        "It is unchanged",
        Payload::Bare(Schema::object([member("state", state), member("objects", counts)])),
    )
}

/// `POST /_sandbox/import`.
pub(crate) fn import() -> Operation {
    let state = Schema::string().described("The lines that `cstar sandbox export` wrote.");
    let access = Schema::boolean()
        .described("Take over webhooks to other machines and API keys too; without it they are refused.");
    let wish = Schema::object([member("state", state), member("accept_access", access).optional()]);
    let counts = Schema::free_object().described("How many objects of each kind.");
    operation("importState", "Replace the whole state").body(wish.named("StateToImport")).answers(
        200,
        "It is in force",
        Payload::Bare(Schema::object([member("objects", counts)])),
    )
}
