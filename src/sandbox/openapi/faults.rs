//! The operations that ask for faults (ours). They need no key: they are for whoever runs the sandbox.

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Member, Schema, member};
use crate::sandbox::glob::LONGEST;
use crate::sandbox::http::faults::rule::MOST;

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Faults", summary).ours().key(Key::None)
}

/// A length of time with its unit, of at most a day.
const TIME: &str = concat!(
    r"([0-9]{1,7}(\.[0-9]{1,3})?ms|[0-9]{1,4}(\.[0-9]{1,3})?s|",
    r"[0-9]{1,3}(\.[0-9]{1,3})?m|[0-9](\.[0-9]{1,3})?h)"
);

/// The same as it is answered: in one unit.
const TIME_IN_FORCE: &str = "[0-9]{1,8}(ms|s)";

fn whole() -> Schema {
    Schema::integer(0, MOST.into())
}

/// The members that make a fault what it is, and those that may go with them.
fn kinds(time: &str) -> [Vec<Member>; 5] {
    let time = |sign: &str| Schema::string().pattern(&format!("^{sign}{time}$"));
    let status = Schema::integer(400, 599).with("enum", [429, 500, 502, 503, 504]);
    let cut = Schema::any_of([whole(), Schema::constant(true)]);
    [
        vec![
            member("latency", time("").described("Answers come so much later, such as `200ms`.")),
            member("jitter", time("").described("Up to so much more.")).optional(),
        ],
        vec![
            member("status", status.described("Requests are refused with this status.")),
            member("retry_after", whole().described("Seconds to wait.")).optional(),
        ],
        vec![member("cut", cut.described("Streams break after this many events; `true`: after any."))],
        vec![member("duplicate", Schema::constant(true).described("Events are sent twice."))],
        vec![member("skew", time("[+-]?").described("The clock in headers is wrong by so much."))],
    ]
}

/// How often and where, for each of them.
fn conditions() -> [Member; 3] {
    let share = Schema::number().with("exclusiveMinimum", 0).with("maximum", 1);
    let path = Schema::string().length(1, LONGEST).not_blank().or_null();
    [
        member("probability", share.with("default", 1).described("How often it happens.")).optional(),
        member("path", path.described("Which paths it concerns, such as `webhooks/*`.")).optional(),
        member("count", whole().or_null().described("How often at most.")).optional(),
    ]
}

/// One of the kinds, with these members first.
fn fault(identity: fn() -> Vec<Member>, time: &str) -> Schema {
    Schema::any_of(kinds(time).map(|kind| {
        let members = identity().into_iter().chain(kind).chain(conditions());
        Schema::object(members).with("additionalProperties", false)
    }))
}

/// The faults in force.
fn active() -> Schema {
    let identity = || {
        let hits = Schema::count_from(0).described("How often it has happened.");
        vec![member("id", Schema::string()), member("hits", hits)]
    };
    let fault = fault(identity, TIME_IN_FORCE);
    let seed = Schema::count_from(0).described("The same seed and the same requests give the same faults.");
    let faults = Schema::list(fault.named("FaultInForce"));
    Schema::object([member("seed", seed), member("faults", faults)]).named("Faults")
}

/// `GET /_sandbox/faults`.
pub(crate) fn list() -> Operation {
    operation("listFaults", "List the faults in force").answers(200, "All of them", Payload::Bare(active()))
}

/// `POST /_sandbox/faults`.
pub(crate) fn add() -> Operation {
    let fault = || fault(Vec::new, TIME).named("Fault");
    let seed = Schema::count_from(0).with("maximum", u64::MAX).or_null();
    let whole = [member("seed", seed).optional(), member("faults", Schema::list(fault()))];
    operation("addFaults", "Ask for faults")
        .described("One fault, a list of them, or both a seed and a list. What is there stays.")
        .body(Schema::any_of([fault(), Schema::list(fault()), Schema::object(whole)]).named("FaultWish"))
        .answers(201, "All that are in force now", Payload::Bare(active()))
}

/// `DELETE /_sandbox/faults`.
pub(crate) fn clear() -> Operation {
    operation("clearFaults", "End all faults").answers(200, "None are left", Payload::Bare(active()))
}

/// `DELETE /_sandbox/faults/{id}`.
pub(crate) fn remove() -> Operation {
    operation("removeFault", "End a fault").takes(Parameter::path("id", Schema::string(), "The id.")).answers(
        200,
        "Those that are left",
        Payload::Bare(active()),
    )
}
