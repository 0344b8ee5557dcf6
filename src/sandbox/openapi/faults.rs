//! The operations on injected faults (ours). On loopback they need no key: the user owns the sandbox.

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Member, Schema, member};
use crate::sandbox::glob::LONGEST;
use crate::sandbox::http::faults::rule::MOST;

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Faults", summary).ours().key(Key::None)
}

/// A duration of at most a day, with its unit.
const TIME: &str = concat!(
    r"([0-9]{1,7}(\.[0-9]{1,3})?ms|[0-9]{1,4}(\.[0-9]{1,3})?s|",
    r"[0-9]{1,3}(\.[0-9]{1,3})?m|[0-9](\.[0-9]{1,3})?h)"
);

/// A duration in responses: always in one of these units.
const TIME_IN_FORCE: &str = "[0-9]{1,8}(ms|s)";

fn whole() -> Schema {
    Schema::integer(0, MOST.into())
}

/// The members of each kind of fault: the required one and its options.
fn kinds(time: &str) -> [Vec<Member>; 5] {
    let time = |sign: &str| Schema::string().pattern(&format!("^{sign}{time}$"));
    let status = Schema::integer(400, 599).with("enum", [429, 500, 502, 503, 504]);
    let cut = Schema::any_of([whole(), Schema::constant(true)]);
    [
        vec![
            member("latency", time("").described("Delay of responses, such as `200ms`.")),
            member("jitter", time("").described("Maximum random additional delay.")).optional(),
        ],
        vec![
            member("status", status.described("Requests fail with this status.")),
            member("retry_after", whole().described("Seconds to wait.")).optional(),
        ],
        vec![member("cut", cut.described("Streams break after this many events; `true`: after any."))],
        vec![member("duplicate", Schema::constant(true).described("Events are sent twice."))],
        vec![member("skew", time("[+-]?").described("Offset of the clock in headers."))],
    ]
}

/// The optional conditions of every kind of fault.
fn conditions() -> [Member; 3] {
    let share = Schema::number().with("exclusiveMinimum", 0).with("maximum", 1);
    let path = Schema::string().length(1, LONGEST).not_blank().or_null();
    [
        member("probability", share.with("default", 1).described("Share of the affected requests."))
            .optional(),
        member("path", path.described("A pattern of affected paths, such as `webhooks/*`.")).optional(),
        member("count", whole().or_null().described("Maximum number of occurrences.")).optional(),
    ]
}

/// A fault of any kind; `identity` are its first members.
fn fault(identity: fn() -> Vec<Member>, time: &str) -> Schema {
    Schema::any_of(kinds(time).map(|kind| {
        let members = identity().into_iter().chain(kind).chain(conditions());
        Schema::object(members).with("additionalProperties", false)
    }))
}

fn active() -> Schema {
    let identity = || {
        let hits = Schema::count_from(0).described("Number of occurrences.");
        vec![member("id", Schema::string()), member("hits", hits)]
    };
    let fault = fault(identity, TIME_IN_FORCE);
    let seed = Schema::count_from(0).described("The same seed and the same requests give the same faults.");
    let faults = Schema::list(fault.named("ActiveFault"));
    Schema::object([member("seed", seed), member("faults", faults)]).named("Faults")
}

/// `GET /_sandbox/faults`.
pub(crate) fn list() -> Operation {
    operation("listFaults", "List the active faults").answers(
        200,
        "All active faults",
        Payload::Bare(active()),
    )
}

/// `POST /_sandbox/faults`.
pub(crate) fn add() -> Operation {
    let fault = || fault(Vec::new, TIME).named("Fault");
    let seed = Schema::count_from(0).with("maximum", u64::MAX).or_null();
    let whole = [member("seed", seed).optional(), member("faults", Schema::list(fault()))];
    operation("addFaults", "Add faults")
        .described("One fault, a list of faults, or a seed with a list. Existing faults are kept.")
        .body(Schema::any_of([fault(), Schema::list(fault()), Schema::object(whole)]).named("FaultInput"))
        .answers(201, "All active faults", Payload::Bare(active()))
}

/// `DELETE /_sandbox/faults`.
pub(crate) fn clear() -> Operation {
    operation("clearFaults", "Remove all faults").answers(200, "No faults", Payload::Bare(active()))
}

/// `DELETE /_sandbox/faults/{id}`.
pub(crate) fn remove() -> Operation {
    operation("removeFault", "Remove a fault")
        .takes(Parameter::path("id", Schema::string(), "The id."))
        .answers(200, "The remaining faults", Payload::Bare(active()))
}
