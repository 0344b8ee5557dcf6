//! The operations that fire events and stream them.

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, member};
use crate::event;

const GROUP: &str = "Events";

pub(crate) fn types() -> Schema {
    Schema::choice(&event::catalogue().iter().map(|event| event.name).collect::<Vec<_>>())
}

/// The body of a request that fires a test event.
pub(crate) fn test_event() -> Schema {
    let data = Schema::free_object().or_null().described("Merged into the sample data of the event.");
    Schema::object([member("event", types()), member("data", data).optional().ours()]).named("TestEventInput")
}

/// The outcome of a delivery attempt (documented for the SDK).
pub(crate) fn outcome() -> Schema {
    let count = || Schema::count_from(0).or_null();
    Schema::object([
        member("deliveryId", Schema::string()),
        member("event", types()),
        member("url", Schema::string()),
        member("success", Schema::boolean()),
        member("status", count()),
        member("responseTimeMs", count()),
        member("error", Schema::string().or_null()),
    ])
    .named("DeliveryOutcome")
}

/// A regular expression for event types and patterns: `ticket.created`, `ticket.*`, `*`.
pub(crate) fn subscription() -> String {
    let names = event::catalogue().iter().map(|event| event.name);
    let mut choices: Vec<String> = names.clone().map(|name| name.replace('.', r"\.")).collect();
    let mut resources: Vec<&str> = names.filter_map(|name| name.split('.').next()).collect();
    resources.dedup();
    choices.extend(resources.iter().map(|resource| format!(r"{resource}\.\*")));
    format!(r"(\*|{})", choices.join("|"))
}

/// `POST …/webhooks/trigger-test`.
pub(crate) fn trigger_test() -> Operation {
    let count = || Schema::count_from(0);
    let fired = Schema::object([
        member("event", types()),
        member("eventId", Schema::string().pattern("^evt_")),
        member("test", Schema::constant(true)),
        member(
            "deliveries",
            Schema::list(outcome()).described("Of the webhooks that have responded so far."),
        ),
        member("deliveredTo", count().described("The number of receivers (documented for the SDK).")).here(),
        member("listeners", count()).here().ours(),
    ]);
    Operation::new("triggerTestEvent", GROUP, "Fire a test event")
        .key(Key::Secret)
        .body(test_event())
        .once()
        .answers(200, "The event was fired", Payload::Data(fired.named("TestEvent")))
}

/// `GET …/webhooks/listen`.
pub(crate) fn listen() -> Operation {
    let id =
        Parameter::query("last_event_id", Schema::string(), "Like the header, for WebSockets in browsers.");
    stream(Operation::new("listen", GROUP, "Receive events as they happen"))
        .described(
            "The path is documented; method and frames are ours. An upgrade request opens a WebSocket.",
        )
        .takes(id)
        .refuses(426)
        .answers(101, "A WebSocket, after an upgrade request", Payload::Nothing)
        .answers(200, "The stream", Payload::Events(FRAMES))
}

/// `GET …/realtime`.
pub(crate) fn realtime() -> Operation {
    stream(Operation::new("realtime", GROUP, "Watch events as they happen"))
        .described(
            "Server-sent events, `Last-Event-ID` and patterns are documented for the SDK; path and frames are \
            ours. The frames are those of `listen`, but the `session` has no signing secret.",
        )
        .answers(200, "The stream", Payload::Events(FRAMES))
}

/// Adds the parameters of both streams.
fn stream(operation: Operation) -> Operation {
    let patterns = Schema::list(Schema::string().pattern(&format!("^{}$", subscription())));
    operation
        .ours()
        .key(Key::Secret)
        .takes(
            Parameter::query("types", patterns, "Event types, such as `ticket.*`. The default is all.")
                .commas(),
        )
        .takes(Parameter::header("Last-Event-ID", Schema::string(), "Resume after this event."))
}

const FRAMES: &str = "One event. First a `session` with the id to resume from, in `listen` with the signing secret too. \
    Then one frame for each event: `id`, `event` (its type), `request-id`, and `data`, the body to forward byte for \
    byte. `event: error` is the last frame of a failed stream. Comments are heartbeats.";
