//! The operations on the teams of tests (ours).

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, member};
use crate::sandbox::team::{MAX_NAME, MAX_TEAMS};

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Teams", summary).ours().key(Key::None)
}

fn team() -> Schema {
    let text = |name| member(name, Schema::string());
    let keys = ["secret_test", "secret_live", "publishable_test", "publishable_live"].map(text);
    Schema::object([
        member("id", Schema::string().with("format", "uuid")),
        text("slug"),
        text("name"),
        member("keys", Schema::object(keys)),
        member("signing_secrets", Schema::object(["test", "live"].map(text))),
    ])
    .named("SandboxTeam")
}

/// `GET /_sandbox/teams`.
pub(crate) fn list() -> Operation {
    let teams = Schema::object([member("teams", Schema::list(team()))]);
    operation("listTeams", "List the teams of the sandbox").answers(
        200,
        "All teams, the main one first",
        Payload::Bare(teams),
    )
}

/// `POST /_sandbox/teams`.
pub(crate) fn create() -> Operation {
    let name = Schema::string().length(1, MAX_NAME).not_blank().or_null();
    let most = format!("{MAX_TEAMS}");
    operation("createTeam", "Create a team for a test")
        .described(format!(
            "It has data, keys, event streams, limits and faults of its own, and lasts as long as the state of the sandbox. \
             Operations below `/_sandbox` are about the team of the key, or the one that `?team=` names. At most {most}."
        ))
        .body(Schema::object([member("name", name).optional()]).named("NewTeam"))
        .body_is_optional()
        .answers(201, "The team and its keys", Payload::Bare(team()))
}

/// `DELETE /_sandbox/teams/{id}`.
pub(crate) fn delete() -> Operation {
    let deleted = Schema::object([member("deleted", Schema::constant(true)), member("id", Schema::string())]);
    operation("deleteTeam", "Delete a team with everything it has")
        .takes(Parameter::path("id", Schema::string(), "The id or the slug."))
        .refuses(409)
        .answers(200, "The team is gone", Payload::Bare(deleted))
}
