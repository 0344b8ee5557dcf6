//! The operations that fire events and listen to them.

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, member};
use crate::event;

const GROUP: &str = "Events";

/// The names of all types.
fn types() -> Schema {
    Schema::choice(&event::catalogue().iter().map(|event| event.name).collect::<Vec<_>>())
}

/// Which event to fire, and with what.
pub(crate) fn wish() -> Schema {
    let data = Schema::free_object().or_null().described("Laid over the sample data of the event.");
    Schema::object([member("event", types()), member("data", data).optional().ours()]).named("TestEventWish")
}

/// How an attempt at a delivery went (documented for the SDK).
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

/// Types and patterns, as a regular expression: `ticket.created`, `ticket.*`, `*`.
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
        member("deliveries", Schema::list(outcome()).described("Of the webhooks that have answered by now.")),
        member("deliveredTo", count().described("How many it was sent to (documented for the SDK).")).here(),
        member("listeners", count()).here().ours(),
    ]);
    Operation::new("triggerTestEvent", GROUP, "Fire a test event")
        .key(Key::Secret)
        .body(wish())
        .once()
        .answers(200, "It was fired", Payload::Data(fired.named("TestEvent")))
}

/// `GET …/webhooks/listen`.
pub(crate) fn listen() -> Operation {
    let id =
        Parameter::query("last_event_id", Schema::string(), "As the header, for WebSockets of browsers.");
    stream(Operation::new("listen", GROUP, "Receive events as they happen"))
        .described(
            "The path is documented; method and frames are ours. A request to upgrade gets a WebSocket.",
        )
        .takes(id)
        .refuses(426)
        .answers(101, "A WebSocket, if the request asks for one", Payload::Nothing)
        .answers(200, "The stream", Payload::Events(FRAMES))
}

/// `GET …/realtime`.
pub(crate) fn realtime() -> Operation {
    stream(Operation::new("realtime", GROUP, "Watch events as they happen"))
        .described(
            "Server-sent events, `Last-Event-ID` and patterns are documented for the SDK; path and frames are \
             ours. They are those of `listen`, but the `session` has no signing secret.",
        )
        .answers(200, "The stream", Payload::Events(FRAMES))
}

/// What both streams take.
fn stream(operation: Operation) -> Operation {
    let patterns = Schema::list(Schema::string().pattern(&format!("^{}$", subscription())));
    operation
        .ours()
        .key(Key::Secret)
        .takes(
            Parameter::query("types", patterns, "Which events, such as `ticket.*`. Without it, all.")
                .commas(),
        )
        .takes(Parameter::header("Last-Event-ID", Schema::string(), "Go on after this event."))
}

const FRAMES: &str = "One event. First a `session` with the id to resume from, in `listen` with the signing secret too. \
    Then one frame for each event: `id`, `event` (its type), `request-id`, and `data`, the body to forward byte for \
    byte. `event: error` is the last one, comments say that the stream lives.";
