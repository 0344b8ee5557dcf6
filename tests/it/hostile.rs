//! `listen` and `trigger` against servers that are broken, slow or malicious.

mod bodies;
mod bounds;
mod names;
mod pace;
mod refusal;
mod stream;
mod text;

use serde_json::{Value, json};

use crate::support::scripted_server::{STREAM, Step, send, session};

/// The signing secret of the sessions.
const SECRET: &str = "whsec_hostile0000000000000000000000";

/// The head of a stream, and a session frame with these additional members.
fn opened(members: Value) -> Step {
    send(STREAM.to_owned() + &session(&with_defaults(members)))
}

fn with_defaults(members: Value) -> Value {
    let mut all = json!({
        "session_id": "lst_1", "webhook_id": "whk_1", "secret": SECRET, "heartbeat_seconds": 15,
    });
    for (name, value) in members.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}
