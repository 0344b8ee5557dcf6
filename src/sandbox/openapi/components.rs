//! The `components` of the document: what several operations share.

use serde_json::{Map, Value, json};

use super::operation::{Key, Parameter};
use super::schema::{Schema, Source};
use super::{envelopes, refusals};
use crate::sandbox::http::{idempotency, version};
use crate::sandbox_info::{TEAM_ID, TEAM_SLUG};

const SECRET: &str = "secretKey";
const PUBLISHABLE: &str = "publishableKey";

/// `named` are the named schemas of the operations.
pub(crate) fn all(mut named: Map<String, Value>) -> Value {
    let responses = refusals::components(&mut named);
    named.sort_keys();
    json!({
        "schemas": named,
        "responses": responses,
        "parameters": parameters(),
        "headers": envelopes::header_components(),
        "securitySchemes": {
            SECRET: bearer("sk_", "Reads and writes"),
            PUBLISHABLE: bearer("pk_", "Reads"),
        },
    })
}

fn bearer(prefix: &str, access: &str) -> Value {
    json!({
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": format!("{prefix}test_… or {prefix}live_…"),
        "description": format!("{access} test data with `{prefix}test_…`, live data with `{prefix}live_…`."),
        "x-cstar-source": Source::Documented.as_str(),
    })
}

/// The keys that an operation accepts.
pub(crate) fn security(key: Key) -> Value {
    match key {
        Key::None => json!([]),
        Key::Any => json!([{ SECRET: [] }, { PUBLISHABLE: [] }]),
        Key::Secret => json!([{ SECRET: [] }]),
    }
}

/// A reference to a shared parameter.
pub(crate) fn parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

fn parameters() -> Value {
    let team = Schema::string().with("format", "uuid");
    let team = Parameter::path("team", team, "The team of the key.").example(TEAM_ID);
    let public = Parameter::path("team", Schema::string(), "The team, by its slug or its id.");
    let key = Schema::string().length(1, idempotency::MAX_KEY).pattern(r"^[!-~]([ -~]*[!-~])?$");
    let key = Parameter::header(
        "Idempotency-Key",
        key,
        "A write that is repeated with the same key within 24 hours is done once, and gets the same response.",
    );
    // The format is in `allOf`: a generator for Python leaves out every operation with a date in a header.
    let version = Parameter::header(
        "CStar-Version",
        Schema::string().pattern(version::SINCE_THE_OLDEST).with("allOf", [json!({ "format": "date" })]),
        "The date of the API version of the response. The default is the newest.",
    );
    let newest = version::newest();
    json!({
        "Team": team.json(),
        "LibraryTeam": public.example(TEAM_SLUG).json(),
        "IdempotencyKey": key.json(),
        "CStarVersion": version.example(newest).json(),
    })
}
