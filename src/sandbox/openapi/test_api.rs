//! The operations for tests against a running sandbox (ours): wait for what happens, move the clock, keep bodies.

use super::events::subscription;
use super::operation::{Key, Operation, Parameter, Payload};
use super::request_log;
use super::schema::{Schema, member};
use super::webhooks;
use crate::sandbox::tools::poll::{DEFAULT_LIMIT, LATEST, MAX_LIMIT};

/// A wait of at most a minute, with its unit.
const WAIT: &str = concat!(
    r"^([0-5]?[0-9]{1,4}(\.[0-9]{1,3})?ms|",
    r"[0-5]?[0-9](\.[0-9]{1,3})?s|60s|0(\.[0-9]{1,3})?m|1m)$"
);
/// How far the clock moves: at most a year, with its unit.
const ADVANCE: &str = concat!(
    r"^([0-9]{1,10}(\.[0-9]{1,3})?ms|[0-9]{1,7}(\.[0-9]{1,3})?s|",
    r"[0-9]{1,5}(\.[0-9]{1,3})?m|[0-9]{1,3}(\.[0-9]{1,3})?h)$"
);

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Tests", summary).ours().key(Key::None)
}

/// Adds the parameters of every long poll.
fn poll(operation: Operation, after: &str) -> Operation {
    let limit = Schema::integer(1, MAX_LIMIT.cast_signed()).with("default", DEFAULT_LIMIT);
    let environment = Schema::choice(&["test", "live"]);
    operation
        .takes(Parameter::query("after", Schema::string(), after).example(LATEST))
        .takes(
            Parameter::query(
                "wait",
                Schema::string().pattern(WAIT),
                "How long to wait until something matches: a time with its unit, at most `60s`. The default is not to wait.",
            )
            .example("10s"),
        )
        .takes(Parameter::query("limit", limit, "The maximum number of items."))
        .takes(Parameter::query(
            "environment",
            environment,
            "Test or live data. The default is that of the API key, or `test` without one.",
        ))
        .described(
            "Answers at once if something matches, otherwise as soon as something does, or with nothing when the wait is \
            over. The next request with `after` and the `cursor` of the answer misses and repeats nothing. A cursor of \
            what is no longer kept is an error.",
        )
        .refuses(503)
}

fn cursor() -> Schema {
    Schema::string().described("The `after` of the next request.")
}

/// `GET /_sandbox/events`.
pub(crate) fn events() -> Operation {
    let patterns = Schema::list(Schema::string().pattern(&format!("^{}$", subscription())));
    let answer = Schema::object([
        member("events", Schema::list(Schema::free_object()).described("As they are delivered.")),
        member("cursor", cursor()),
    ]);
    let operation = operation("waitForEvents", "Wait for events")
        .takes(
            Parameter::query("type", patterns, "Event types, such as `ticket.*`. The default is all.")
                .commas(),
        )
        .takes(Parameter::query("containing", Schema::string(), "Only events whose body contains this text."))
        .takes(
            Parameter::query(
                "where",
                Schema::string(),
                "Only events that meet this condition, in the notation of `cstar listen --filter`.",
            )
            .example("data.ticket.priority=urgent"),
        );
    poll(operation, "The id of an event, a cursor, or `latest` for what happens from now on.").answers(
        200,
        "The events, the oldest first",
        Payload::Bare(answer.named("EventPoll")),
    )
}

/// `GET /_sandbox/deliveries`.
pub(crate) fn deliveries() -> Operation {
    let patterns = Schema::list(Schema::string().pattern(&format!("^{}$", subscription())));
    let truncated = Schema::boolean().described(
        "Whether deliveries that changed after `after` are gone: dropped, or the state was replaced.",
    );
    let answer = Schema::object([
        member("deliveries", Schema::list(webhooks::delivery())),
        member("cursor", cursor()),
        member("truncated", truncated),
    ]);
    let statuses = Schema::list(webhooks::statuses());
    let operation = operation("waitForDeliveries", "Wait for deliveries to webhooks")
        .takes(Parameter::query("webhook", Schema::string(), "Only to the webhook with this id."))
        .takes(Parameter::query("event", Schema::string(), "Only of the event with this id."))
        .takes(Parameter::query("type", patterns, "Only of these event types, such as `ticket.*`.").commas())
        .takes(
            Parameter::query(
                "status",
                statuses,
                "Only with one of these. The default are those that are over: `succeeded,failed`.",
            )
            .commas(),
        );
    poll(operation, "A cursor, or `latest` for what happens from now on. Each attempt makes a delivery news.")
        .answers(
            200,
            "The deliveries with their attempts, in the order of their last change",
            Payload::Bare(answer.named("DeliveryPoll")),
        )
}

/// `GET /_sandbox/requests`.
pub(crate) fn requests() -> Operation {
    let answer = Schema::object([
        member("requests", Schema::list(request_log::line())),
        member("cursor", cursor()),
        member(
            "log_bodies",
            Schema::boolean().described("Whether bodies are logged; see `/_sandbox/settings`."),
        ),
    ]);
    let operation = request_log::filtered(operation("waitForRequests", "Wait for requests to the API"));
    poll(operation, "The id of a request, a cursor, or `latest` for what happens from now on.").answers(
        200,
        "The requests, the oldest first",
        Payload::Bare(answer.named("RequestPoll")),
    )
}

fn settings_view() -> Schema {
    let bodies = Schema::boolean().described("Whether the request log contains bodies from now on.");
    Schema::object([member("log_bodies", bodies)]).named("SandboxSettings")
}

/// `GET /_sandbox/settings`.
pub(crate) fn settings() -> Operation {
    operation("getSandboxSettings", "Show what can be changed of the sandbox").answers(
        200,
        "The settings",
        Payload::Bare(settings_view()),
    )
}

/// `POST /_sandbox/settings`.
pub(crate) fn change_settings() -> Operation {
    let change = Schema::object([member("log_bodies", Schema::boolean()).optional()]);
    operation("changeSandboxSettings", "Change the sandbox while it runs")
        .body(change.with("additionalProperties", false).named("SandboxSettingsChange"))
        .answers(200, "The settings", Payload::Bare(settings_view()))
}

fn clock_view() -> Schema {
    Schema::object([
        member("now", Schema::time().described("The time of the sandbox.")),
        member("real", Schema::time().described("The time of the system.")),
        member(
            "offset_ms",
            Schema::count_from(0).described("How far the sandbox is ahead, in milliseconds."),
        ),
    ])
    .named("Clock")
}

/// `GET /_sandbox/clock`.
pub(crate) fn clock() -> Operation {
    operation("getClock", "Show the time of the sandbox").answers(
        200,
        "The clock",
        Payload::Bare(clock_view()),
    )
}

/// `POST /_sandbox/clock`.
pub(crate) fn move_clock() -> Operation {
    let advance = Schema::string()
        .pattern(ADVANCE)
        .described("How far the clock moves ahead: a time with its unit, such as `24h`, at most a year.");
    let set =
        Schema::time().described("Where the clock moves to: not before `now`, and before the year 3000.");
    let one = |member| Schema::object([member]).with("additionalProperties", false);
    let choices = [
        one(member("advance", advance)),
        one(member("set", set)),
        one(member("reset", Schema::constant(true).described("Back to the time of the system."))),
    ];
    operation("moveClock", "Move the time of the sandbox")
        .described(
            "Retries of deliveries, rate limits, idempotency keys, overlaps of signing secrets and all timestamps follow \
            this clock. It stops at every retry that is due on the way, and the attempt is made before it continues; the \
            response comes when it has arrived. Signatures, `X-Timestamp`, heartbeats, timeouts and injected delays \
            follow the time of the system.",
        )
        .body(Schema::any_of(choices).named("ClockMove"))
        .answers(200, "The clock has arrived", Payload::Bare(clock_view()))
}
