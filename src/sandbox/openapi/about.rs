//! The operations that tell what this is (ours), and the document itself as one of them.

use super::operation::{Key, Operation, Payload};
use super::schema::{Schema, member};

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Sandbox", summary).ours().key(Key::None)
}

/// `GET /_sandbox`.
pub(crate) fn identity() -> Operation {
    let identity = Schema::object([
        member("name", Schema::constant("cstar-sandbox")),
        member("version", Schema::string()),
        member("team_id", Schema::string().with("format", "uuid")),
    ]);
    operation("identify", "Tell a sandbox from something else").answers(
        200,
        "It is one",
        Payload::Bare(identity),
    )
}

/// `GET /`.
pub(crate) fn home() -> Operation {
    let paths = ["about", "api", "openapi"].map(|name| member(name, Schema::string()));
    let members = [member("name", Schema::constant("cstar-sandbox"))].into_iter().chain(paths);
    operation("home", "Tell where there is more").answers(
        200,
        "The paths",
        Payload::Bare(Schema::object(members)),
    )
}

/// `GET /favicon.ico`.
pub(crate) fn icon() -> Operation {
    operation("icon", "Keep browsers quiet").answers(204, "There is none", Payload::Nothing)
}

/// `GET /openapi.json`.
pub(crate) fn description() -> Operation {
    let document = Schema::free_object().described("An OpenAPI 3.1 document.");
    operation("describe", "Get this document").answers(200, "The document", Payload::Bare(document))
}
