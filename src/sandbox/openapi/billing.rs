//! The operations on the subscription of the team.

use super::fields;
use super::operation::{Key, Operation, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::billing::{MARKER, PORTAL, PORTAL_REQUEST};

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Billing", summary).key(Key::Secret)
}

/// `GET …/billing/subscription`.
pub(crate) fn subscription() -> Operation {
    let subscription = Schema::object([
        member("object", Schema::constant(MARKER)),
        member("status", Schema::string()),
        member("plan", Schema::string()),
        member("memberCount", Schema::count_from(0)),
        member("currentPeriodEnd", Schema::time()),
        member("cancelAtPeriodEnd", Schema::boolean()),
    ]);
    let subscription = subscription.with(Source::KEYWORD, Source::Documented.as_str()).named("Subscription");
    operation("getSubscription", "Get the subscription of the team").answers(
        200,
        "The subscription",
        Payload::Data(subscription),
    )
}

/// `POST …/billing/portal`.
pub(crate) fn portal() -> Operation {
    let url = Schema::string().with("format", "uri").described(format!("Below {PORTAL}, where nothing is."));
    let session = Schema::object([member("url", url)]).with(Source::KEYWORD, Source::Ours.as_str());
    operation("openBillingPortal", "Open a session of the billing portal")
        .described("The request is documented, the response is ours.")
        .body(fields::creation(&PORTAL_REQUEST))
        .once()
        .answers(200, "Where the portal would be", Payload::Data(session.named("PortalSession")))
}
