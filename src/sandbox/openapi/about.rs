//! The operations that describe the server (ours), including the document itself.

use super::operation::{Key, Operation, Payload};
use super::schema::{Schema, member};

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Sandbox", summary).ours().key(Key::None)
}

/// `GET /_sandbox`.
pub(crate) fn identity() -> Operation {
    let team = Schema::string().with("format", "uuid");
    let team = team.described("The team of the API key, or the main one without a key.");
    let identity = Schema::object([
        member("name", Schema::constant("cstar-sandbox")),
        member("version", Schema::string()),
        member("team_id", team),
        member("team_slug", Schema::string()),
    ]);
    operation("identify", "Identify the server as a sandbox").answers(
        200,
        "The server is a sandbox",
        Payload::Bare(identity),
    )
}

/// `GET /_sandbox/ready`.
pub(crate) fn ready() -> Operation {
    let ready = Schema::object([member("ready", Schema::constant(true))]);
    operation("checkReady", "Check whether the sandbox can serve")
        .described(
            "For health checks. 200 if the state can be written, webhook deliveries run, and no import or seed is in \
             progress. Any IP address is accepted as the host.",
        )
        .answers(200, "The sandbox can serve", Payload::Bare(ready))
        .refuses(503)
}

/// `GET /`.
pub(crate) fn home() -> Operation {
    let paths = ["about", "api", "openapi"].map(|name| member(name, Schema::string()));
    let members = [member("name", Schema::constant("cstar-sandbox"))].into_iter().chain(paths);
    operation("home", "List the main paths").answers(200, "The paths", Payload::Bare(Schema::object(members)))
}

/// `GET /favicon.ico`.
pub(crate) fn icon() -> Operation {
    operation("icon", "Answer the icon request of browsers").answers(
        204,
        "There is no icon",
        Payload::Nothing,
    )
}

/// `GET /openapi.json`.
pub(crate) fn description() -> Operation {
    let document = Schema::free_object().described("An OpenAPI 3.1 document.");
    operation("describe", "Get this document").answers(200, "The document", Payload::Bare(document))
}
