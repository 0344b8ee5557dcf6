//! The operations on snapshots of the whole state (ours).

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, member};

/// Of a name in a path. Other names are refused, or not found.
const NAME: &str = "^[0-9A-Za-z][0-9A-Za-z_.-]{0,63}$";

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Snapshots", summary).ours().key(Key::None)
}

fn on_one(id: &str, summary: &str) -> Operation {
    let name = Schema::string().pattern(NAME).length(1, 64);
    operation(id, summary).takes(Parameter::path("name", name, "The name of the snapshot."))
}

fn snapshot() -> Schema {
    Schema::object([
        member("name", Schema::string()),
        member("created_at", Schema::time().described("In the time of the sandbox.")),
        member("bytes", Schema::count_from(0).described("The memory that it takes.")),
    ])
    .named("Snapshot")
}

fn all() -> Schema {
    let bytes = Schema::count_from(0).described("Of all snapshots together, at most 512 MiB.");
    Schema::object([member("snapshots", Schema::list(snapshot())), member("bytes", bytes)]).named("Snapshots")
}

/// `GET /_sandbox/snapshots`.
pub(crate) fn list() -> Operation {
    operation("listSnapshots", "List the snapshots").answers(200, "By name", Payload::Bare(all()))
}

/// `POST /_sandbox/snapshots/{name}`.
pub(crate) fn save() -> Operation {
    on_one("saveSnapshot", "Save the whole state")
        .described(
            "Objects, events, webhooks, deliveries and keys, in memory until the sandbox ends. An earlier snapshot of this \
            name is replaced. At most 32 snapshots.",
        )
        .answers(201, "The snapshot", Payload::Bare(snapshot()))
}

/// `POST /_sandbox/snapshots/{name}/restore`.
pub(crate) fn restore() -> Operation {
    on_one("restoreSnapshot", "Replace the whole state by a snapshot")
        .described(
            "Other requests see the state before or after. Request log, clock, settings and faults stay. An open stream \
            continues: it still gets what happened before, and then what happens after the restore. The events since the \
            snapshot no longer exist, so a poll after one of them is an error.",
        )
        .answers(200, "The snapshot", Payload::Bare(snapshot()))
}

/// `DELETE /_sandbox/snapshots/{name}`.
pub(crate) fn delete() -> Operation {
    on_one("deleteSnapshot", "Delete a snapshot").answers(200, "The others", Payload::Bare(all()))
}
