//! The operations on API keys, and `whoami`.

use super::operation::{Key, Operation, Parameter, Payload};
use super::resources::deleted;
use super::schema::{Member, Schema, member};
use crate::sandbox::caller::{Environment, KeyKind};
use crate::sandbox::model::api_keys::MAX_NAME;

const GROUP: &str = "API keys";

fn kinds() -> Schema {
    Schema::choice(&KeyKind::ALL.map(KeyKind::as_str))
}

fn environments() -> Schema {
    Schema::choice(&Environment::ALL.map(Environment::as_str))
}

/// `GET /api/v1/auth/whoami`.
pub(crate) fn whoami() -> Operation {
    let who = Schema::object([
        member("teamId", Schema::string().with("format", "uuid")),
        member("teamName", Schema::string()),
        member("teamSlug", Schema::string()),
        member("keyType", kinds()),
        member("environment", environments()),
    ]);
    Operation::new("whoami", GROUP, "Get the team and environment of a key").answers(
        200,
        "The key of the request",
        Payload::Data(who.named("Whoami")),
    )
}

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, GROUP, summary).ours().key(Key::Secret)
}

/// A key in responses; `with` is the additional member of the creation.
fn key(with: Option<Member>) -> Schema {
    let head = [
        member("id", Schema::string().pattern("^key_[0-9A-Za-z]{12}$")),
        member("object", Schema::constant("api_key")),
        member("name", Schema::string()),
        member("type", kinds()),
        member("environment", environments()),
        member("prefix", Schema::string().described("The first characters of the key.")),
    ];
    let tail = [
        member("createdAt", Schema::time()),
        member("lastUsedAt", Schema::time().or_null()),
        member("expiresAt", Schema::time().or_null()),
    ];
    Schema::object(head.into_iter().chain(with).chain(tail)).with("x-cstar-source", "ours")
}

/// `GET …/api-keys`.
pub(crate) fn list() -> Operation {
    let keys = Schema::list(key(None).named("ApiKey"));
    operation("listApiKeys", "List the API keys").answers(200, "All API keys", Payload::Data(keys))
}

/// `POST …/api-keys`.
pub(crate) fn create() -> Operation {
    let text = Schema::string().pattern("^[sp]k_(test|live)_[0-9A-Za-z_-]{32}$");
    let created = key(Some(member("key", text.described("The key itself. No other response contains it."))));
    let request = Schema::object([
        member("name", Schema::string().length(1, MAX_NAME).not_blank()),
        member("type", kinds().or_null().with("default", KeyKind::Secret.as_str())).optional(),
        member("environment", environments().or_null().described("By default that of the caller."))
            .optional(),
    ]);
    operation("createApiKey", "Create an API key")
        .body(request.named("ApiKeyCreation"))
        .once()
        .leads_to("revokeApiKey")
        .answers(201, "The new key, with its text", Payload::Data(created.named("NewApiKey")))
}

/// `DELETE …/api-keys/{id}`.
pub(crate) fn revoke() -> Operation {
    operation("revokeApiKey", "Revoke an API key")
        .takes(Parameter::path("id", Schema::string(), "The id, `key_…`."))
        .answers(200, "The key is revoked", Payload::Data(deleted()))
}
