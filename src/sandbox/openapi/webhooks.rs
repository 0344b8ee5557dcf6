//! The operations on webhooks (documented) and their deliveries (ours).

use super::events::{outcome, subscription, test_event};
use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Member, Schema, Source, WHITE, member};
use crate::sandbox::delivery::deliveries::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::sandbox::delivery::webhooks::input::{MAX_EVENTS, MAX_NAME, MAX_URL};
use crate::sandbox::store::deliveries::Status;

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Webhooks", summary).key(Key::Secret)
}

/// An operation with the id of a webhook in its path.
fn on_one(id: &str, summary: &str) -> Operation {
    operation(id, summary).takes(Parameter::path("id", Schema::string(), "The id, `whk_…`."))
}

/// A webhook in responses. `secrets` are only in the responses that create one. No sample has all members.
fn webhook(secrets: Vec<Member>) -> Schema {
    let head = [
        member("id", Schema::string().pattern("^whk_[0-9A-Za-z]+$")),
        member("name", Schema::string()),
        member("url", Schema::string()),
        member("events", Schema::list(Schema::string())),
    ];
    let failures = Schema::count_from(0).described("Since the last successful delivery.");
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

fn webhook_view() -> Schema {
    webhook(Vec::new()).named("Webhook")
}

/// The secret has two documented names.
fn secrets() -> Vec<Member> {
    let secret =
        || Schema::string().pattern("^whsec_").described("Signs deliveries. No other response contains it.");
    vec![member("secret", secret()), member("signingSecret", secret()).here()]
}

/// The body of a creation (`required`) or of an update.
fn spec(required: bool) -> Schema {
    let one = subscription();
    let one = format!("[{WHITE}]*{one}[{WHITE}]*");
    let text = Schema::string().pattern(&format!("^{one}(,{one})*$"));
    let list = Schema::list(Schema::string().pattern(&format!("^{one}$")));
    let list = list.with("minItems", 1).with("maxItems", MAX_EVENTS);
    let events =
        Schema::any_of([text, list]).described("Types and patterns, as a list or separated by commas.");
    let url = Schema::string()
        .length(1, MAX_URL)
        .pattern(&format!(r"^[{WHITE}]*(https://[0-9A-Za-z]|http://(localhost|127\.|\[::1\]))"));
    let url = url.described("https, or http to this machine.");
    let needed = [
        member("name", Schema::string().length(1, MAX_NAME).not_blank()),
        member("url", url),
        member("events", events),
    ];
    let needed = needed.into_iter().map(|member| if required { member } else { member.optional() });
    let flat = Schema::boolean().described("Deliveries repeat the most used members at the top level.");
    let free =
        [member("isActive", Schema::boolean()).optional(), member("flatPayload", flat).optional().ours()];
    Schema::object(needed.chain(free))
}

/// `GET …/webhooks`.
pub(crate) fn list() -> Operation {
    operation("listWebhooks", "List the webhooks")
        .takes(Parameter::query("active", Schema::boolean(), "Only active webhooks, or only inactive ones."))
        .answers(200, "All webhooks", Payload::Data(Schema::list(webhook_view())))
}

/// `POST …/webhooks`.
pub(crate) fn create() -> Operation {
    let operation =
        operation("createWebhook", "Create a webhook").body(spec(true).named("WebhookCreation")).once();
    ["getWebhook", "updateWebhook", "deleteWebhook", "testWebhook", "rotateWebhookSecret", "listDeliveries"]
        .into_iter()
        .fold(operation, Operation::leads_to)
        .answers(
            201,
            "The new webhook, with its secret",
            Payload::Data(webhook(secrets()).named("NewWebhook")),
        )
}

/// `GET …/webhooks/{id}`.
pub(crate) fn get() -> Operation {
    on_one("getWebhook", "Get a webhook").answers(
        200,
        "The webhook with this id",
        Payload::Data(webhook_view()),
    )
}

/// `PATCH …/webhooks/{id}`.
pub(crate) fn update() -> Operation {
    on_one("updateWebhook", "Change a webhook").body(spec(false).named("WebhookUpdate")).once().answers(
        200,
        "The updated webhook",
        Payload::Data(webhook_view()),
    )
}

/// `DELETE …/webhooks/{id}`.
pub(crate) fn delete() -> Operation {
    let deleted = Schema::object([member("deleted", Schema::constant(true))]).named("WebhookDeleted");
    on_one("deleteWebhook", "Delete a webhook").answers(200, "The webhook is deleted", Payload::Data(deleted))
}

/// `POST …/webhooks/{id}/test`.
pub(crate) fn test() -> Operation {
    on_one("testWebhook", "Send a test event to one webhook")
        .described("The response is documented for the SDK; the path is ours.")
        .ours()
        .body(test_event())
        .once()
        .answers(200, "The outcome of the delivery", Payload::Data(outcome()))
}

/// `POST …/webhooks/{id}/rotate-secret`.
pub(crate) fn rotate_secret() -> Operation {
    let ends = member("previousSecretExpiresAt", Schema::time());
    let members = secrets().into_iter().chain([ends]).collect();
    let rotated = webhook(members).with(Source::KEYWORD, Source::Ours.as_str()).named("RotatedWebhook");
    on_one("rotateWebhookSecret", "Give a webhook a new secret")
        .described("For a day, deliveries are signed with the previous secret too.")
        .ours()
        .once()
        .answers(200, "The webhook with its new secret", Payload::Data(rotated))
}

/// `GET …/webhooks/{id}/deliveries`.
pub(crate) fn deliveries() -> Operation {
    let limit = i64::try_from(MAX_LIMIT).unwrap_or(i64::MAX);
    let limit = Schema::integer(1, limit).with("default", DEFAULT_LIMIT);
    on_one("listDeliveries", "List the deliveries to a webhook, the newest first")
        .ours()
        .takes(Parameter::query("status", statuses(), "Only with this status."))
        .takes(Parameter::query("limit", limit, "The maximum number of deliveries."))
        .takes(Parameter::query(
            "after",
            Schema::string(),
            "The id of the last delivery of the previous page.",
        ))
        .answers(200, "Deliveries with their attempts", Payload::Data(Schema::list(delivery())))
}

/// `POST …/webhooks/{id}/deliveries/{delivery}/resend`.
pub(crate) fn resend() -> Operation {
    on_one("resendDelivery", "Resend a delivery")
        .ours()
        .takes(Parameter::path("delivery", Schema::string(), "The id of the delivery."))
        .once()
        .answers(200, "The outcome of the delivery", Payload::Data(outcome()))
}

pub(super) fn statuses() -> Schema {
    Schema::choice(&Status::ALL.map(Status::as_str))
}

pub(super) fn delivery() -> Schema {
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
    let headers = || Schema::free_object().described("By name. Repeated headers are joined with commas.");
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
