//! The operations on webhooks: the endpoints (documented), their deliveries (ours).

use super::events::{outcome, subscription, wish};
use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Member, Schema, Source, WHITE, member};
use crate::sandbox::delivery::deliveries::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::sandbox::delivery::webhooks::input::{MAX_EVENTS, MAX_NAME, MAX_URL};
use crate::sandbox::store::deliveries::Status;

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Webhooks", summary).key(Key::Secret)
}

/// On the webhook of this id.
fn on_one(id: &str, summary: &str) -> Operation {
    operation(id, summary).takes(Parameter::path("id", Schema::string(), "The id, `whk_…`."))
}

/// A webhook as it is shown; `secrets` are those that are shown this once. No sample has all of it.
fn webhook(secrets: Vec<Member>) -> Schema {
    let head = [
        member("id", Schema::string().pattern("^whk_[0-9A-Za-z]+$")),
        member("name", Schema::string()),
        member("url", Schema::string()),
        member("events", Schema::list(Schema::string())),
    ];
    let failures = Schema::count_from(0).described("Since the last delivery that succeeded.");
    let tail = [
        member("isActive", Schema::boolean()),
        member("flatPayload", Schema::boolean()).here().ours(),
        member("consecutiveFailures", failures).here().ours(),
        member("createdAt", Schema::time()).here(),
        member("updatedAt", Schema::time()).here(),
    ];
    let members = head.into_iter().chain(secrets).chain(tail);
    Schema::object(members).with(Source::KEYWORD, Source::Documented.as_str())
}

fn shown() -> Schema {
    webhook(Vec::new()).named("Webhook")
}

/// Under both documented names.
fn secrets() -> Vec<Member> {
    let secret =
        || Schema::string().pattern("^whsec_").described("Signs deliveries. Shown here and never again.");
    vec![member("secret", secret()), member("signingSecret", secret()).here()]
}

/// What a caller may say of one; `required` says whether it has to be said.
fn spec(required: bool) -> Schema {
    let one = subscription();
    let one = format!("[{WHITE}]*{one}[{WHITE}]*");
    let text = Schema::string().pattern(&format!("^{one}(,{one})*$"));
    let list = Schema::list(Schema::string().pattern(&format!("^{one}$")));
    let list = list.with("minItems", 1).with("maxItems", MAX_EVENTS);
    let events = Schema::any_of([text, list]).described("Types and patterns, with commas or as a list.");
    let url = Schema::string()
        .length(1, MAX_URL)
        .pattern(&format!(r"^[{WHITE}]*(https://[0-9A-Za-z]|http://(localhost|127\.|\[::1\]))"));
    let url = url.described("With https, unless it is on this machine.");
    let needed = [
        member("name", Schema::string().length(1, MAX_NAME).not_blank()),
        member("url", url),
        member("events", events),
    ];
    let needed = needed.into_iter().map(|member| if required { member } else { member.optional() });
    let flat = Schema::boolean().described("Deliveries have the most used members at their top as well.");
    let free =
        [member("isActive", Schema::boolean()).optional(), member("flatPayload", flat).optional().ours()];
    Schema::object(needed.chain(free))
}

/// `GET …/webhooks`.
pub(crate) fn list() -> Operation {
    operation("listWebhooks", "List the webhooks")
        .takes(Parameter::query("active", Schema::boolean(), "Those that are active, or those that are not."))
        .answers(200, "All of them", Payload::Data(Schema::list(shown())))
}

/// `POST …/webhooks`.
pub(crate) fn create() -> Operation {
    let operation =
        operation("createWebhook", "Create a webhook").body(spec(true).named("WebhookCreation")).once();
    ["getWebhook", "updateWebhook", "deleteWebhook", "testWebhook", "rotateWebhookSecret", "listDeliveries"]
        .into_iter()
        .fold(operation, Operation::leads_to)
        .answers(201, "The new one, with its secret", Payload::Data(webhook(secrets()).named("NewWebhook")))
}

/// `GET …/webhooks/{id}`.
pub(crate) fn get() -> Operation {
    on_one("getWebhook", "Get a webhook").answers(200, "The one with this id", Payload::Data(shown()))
}

/// `PATCH …/webhooks/{id}`.
pub(crate) fn update() -> Operation {
    on_one("updateWebhook", "Change a webhook").body(spec(false).named("WebhookUpdate")).once().answers(
        200,
        "What it has become",
        Payload::Data(shown()),
    )
}

/// `DELETE …/webhooks/{id}`.
pub(crate) fn delete() -> Operation {
    let deleted = Schema::object([member("deleted", Schema::constant(true))]).named("WebhookDeleted");
    on_one("deleteWebhook", "Delete a webhook").answers(200, "It is gone", Payload::Data(deleted))
}

/// `POST …/webhooks/{id}/test`.
pub(crate) fn test() -> Operation {
    on_one("testWebhook", "Send a test event to one webhook")
        .described("The answer is documented for the SDK; the path is ours.")
        .ours()
        .body(wish())
        .once()
        .answers(200, "How it went", Payload::Data(outcome()))
}

/// `POST …/webhooks/{id}/rotate-secret`.
pub(crate) fn rotate_secret() -> Operation {
    let ends = member("previousSecretExpiresAt", Schema::time());
    let members = secrets().into_iter().chain([ends]).collect();
    let rotated = webhook(members).with(Source::KEYWORD, Source::Ours.as_str()).named("RotatedWebhook");
    on_one("rotateWebhookSecret", "Give a webhook a new secret")
        .described("For a day, deliveries are signed with the one before as well.")
        .ours()
        .once()
        .answers(200, "The webhook with its new secret", Payload::Data(rotated))
}

/// `GET …/webhooks/{id}/deliveries`.
pub(crate) fn deliveries() -> Operation {
    let limit = i64::try_from(MAX_LIMIT).unwrap_or(i64::MAX);
    let limit = Schema::integer(1, limit).with("default", DEFAULT_LIMIT);
    on_one("listDeliveries", "List what was delivered to a webhook, the newest first")
        .ours()
        .takes(Parameter::query("status", statuses(), "Those that are so."))
        .takes(Parameter::query("limit", limit, "How many at most."))
        .takes(Parameter::query("after", Schema::string(), "The id of the last delivery of the page before."))
        .answers(200, "Deliveries with their attempts", Payload::Data(Schema::list(delivery())))
}

/// `POST …/webhooks/{id}/deliveries/{delivery}/resend`.
pub(crate) fn resend() -> Operation {
    on_one("resendDelivery", "Attempt a delivery once more")
        .ours()
        .takes(Parameter::path("delivery", Schema::string(), "The id of the delivery."))
        .once()
        .answers(200, "How it went", Payload::Data(outcome()))
}

fn statuses() -> Schema {
    Schema::choice(&Status::ALL.map(Status::as_str))
}

fn delivery() -> Schema {
    Schema::object([
        member("id", Schema::string()),
        member("webhookId", Schema::string()),
        member("event", Schema::string()),
        member("eventId", Schema::string()),
        member("url", Schema::string()),
        member("status", statuses()),
        member("createdAt", Schema::time()),
        member("nextAttemptAt", Schema::time().or_null()),
        member("requestBody", Schema::string()),
        member("attempts", Schema::list(attempt())),
    ])
    .with(Source::KEYWORD, Source::Ours.as_str())
    .named("Delivery")
}

fn attempt() -> Schema {
    let headers = || Schema::free_object().described("By name; repeated ones are joined with commas.");
    Schema::object([
        member("number", Schema::count_from(1)),
        member("attemptedAt", Schema::time()),
        member("success", Schema::boolean()),
        member("status", Schema::integer(100, 999).or_null()),
        member("responseTimeMs", Schema::count_from(0)),
        member("requestHeaders", headers()),
        member("responseHeaders", headers()),
        member("responseBody", Schema::string()),
        member("responseBodyTruncated", Schema::boolean()),
        member("error", Schema::string().or_null()),
    ])
    .with(Source::KEYWORD, Source::Ours.as_str())
    .named("DeliveryAttempt")
}
