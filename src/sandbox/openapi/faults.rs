//! The operations that ask for faults (ours). They need no key: they are for whoever runs the sandbox.

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Member, Schema, member};

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Faults", summary).ours().key(Key::None)
}

/// What goes wrong, how often and where. Which members go together is said in the refusal.
fn members() -> Vec<Member> {
    let text = |says: &str| {
        Schema::any_of([Schema::string(), Schema::number(), Schema::boolean()]).or_null().described(says)
    };
    let members = [
        ("latency", "Answers come so much later: `200ms`, `5s`."),
        ("jitter", "Up to so much more, with `latency`."),
        ("status", "Requests are refused with 429, 500, 502, 503 or 504."),
        ("retry_after", "Seconds to wait, with `status`."),
        ("cut", "Streams break: after so many events, or `true` for after any."),
        ("duplicate", "`true`: events are sent twice."),
        ("skew", "The clock in headers is wrong by so much: `-10m`."),
        ("probability", "How often: `0.2` or `20%`."),
        ("path", "A pattern for the paths that it concerns: `webhooks/*`."),
        ("count", "How often at most."),
    ];
    members.into_iter().map(|(name, says)| member(name, text(says)).optional()).collect()
}

/// The faults in force.
fn list_shape() -> Schema {
    let identity = [
        member("id", Schema::string()),
        member("hits", Schema::count_from(0).described("How often it has happened.")),
    ];
    let fault = Schema::object(identity.into_iter().chain(members())).named("FaultInForce");
    let seed = Schema::count_from(0).described("The same seed and the same requests give the same faults.");
    Schema::object([member("seed", seed), member("faults", Schema::list(fault))]).named("Faults")
}

/// `GET /_sandbox/faults`.
pub(crate) fn list() -> Operation {
    operation("listFaults", "List the faults in force").answers(
        200,
        "All of them",
        Payload::Bare(list_shape()),
    )
}

/// `POST /_sandbox/faults`.
pub(crate) fn add() -> Operation {
    let fault = || Schema::object(members()).named("Fault");
    let whole = Schema::object([
        member("seed", Schema::count_from(0).or_null()).optional(),
        member("faults", Schema::list(fault())),
    ]);
    operation("addFaults", "Ask for faults")
        .described("One fault, a list of them, or both a seed and a list. What is there stays.")
        .body(Schema::any_of([fault(), Schema::list(fault()), whole]).named("FaultWish"))
        .answers(201, "All that are in force now", Payload::Bare(list_shape()))
}

/// `DELETE /_sandbox/faults`.
pub(crate) fn clear() -> Operation {
    operation("clearFaults", "End all faults").answers(200, "None are left", Payload::Bare(list_shape()))
}

/// `DELETE /_sandbox/faults/{id}`.
pub(crate) fn remove() -> Operation {
    operation("removeFault", "End a fault").takes(Parameter::path("id", Schema::string(), "The id.")).answers(
        200,
        "Those that are left",
        Payload::Bare(list_shape()),
    )
}
