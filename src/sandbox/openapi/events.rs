//! The operations that fire events and listen to them.

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, member};
use crate::event;

const GROUP: &str = "Events";

/// `POST …/webhooks/trigger-test`.
pub(crate) fn trigger_test() -> Operation {
    let names: Vec<&str> = event::catalogue().iter().map(|event| event.name).collect();
    let data = Schema::free_object().or_null().described("Laid over the sample data of the event.");
    let wish =
        Schema::object([member("event", Schema::choice(&names)), member("data", data).optional().ours()]);
    let count = || Schema::count_from(0);
    let fired = Schema::object([
        member("event", Schema::choice(&names)),
        member("eventId", Schema::string().pattern("^evt_")),
        member("test", Schema::constant(true)),
        member("deliveries", Schema::list(Schema::any())),
        member("deliveredTo", count().described("How many received it (documented for the SDK).")).here(),
        member("listeners", count()).here().ours(),
    ]);
    Operation::new("triggerTestEvent", GROUP, "Fire a test event")
        .key(Key::Secret)
        .body(wish.named("TestEventWish"))
        .once()
        .answers(200, "It was fired", Payload::Data(fired.named("TestEvent")))
}

/// `GET …/webhooks/listen`.
pub(crate) fn listen() -> Operation {
    let patterns = Schema::list(Schema::string());
    let id = || Schema::string();
    Operation::new("listen", GROUP, "Receive events as they happen")
        .described(
            "The path is documented; method and frames are ours. A request to upgrade gets a WebSocket.",
        )
        .ours()
        .key(Key::Secret)
        .takes(
            Parameter::query("types", patterns, "Which events, such as `ticket.*`. Without it, all.")
                .commas(),
        )
        .takes(Parameter::query("last_event_id", id(), "As the header, for WebSockets of browsers."))
        .takes(Parameter::header("Last-Event-ID", id(), "Go on after this event."))
        .refuses(426)
        .answers(101, "A WebSocket, if the request asks for one", Payload::Nothing)
        .answers(200, "The stream", Payload::Events(FRAMES))
}

const FRAMES: &str = "First `event: session` with the id to resume from and the signing secret. Then one frame for \
    each event: `id`, `event` (its type), `request-id`, and `data`, the body to forward byte for byte. \
    `event: error` is the last one, comments say that the stream lives.";
