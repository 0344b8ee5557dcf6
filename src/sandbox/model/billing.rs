//! The subscription of the team (documented), and a link to a portal that does not exist here.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde_json::json;

use super::field::{Field, Kind};
use super::handlers::perform;
use super::input;
use super::members::MEMBERS;
use super::resource::{Resource, Verb};
use crate::sandbox::http::auth;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::Write;
use crate::sandbox::state::Shared;
use crate::sandbox::store::object::{Order, Selection};

/// The value of `object` in the subscription (documented).
pub(crate) const MARKER: &str = "subscription";
/// Below a name that is reserved, so that it leads nowhere (ours; at cStar this is an address of Stripe).
pub(crate) const PORTAL: &str = "https://billing.example/session/";

/// The body of the request for a portal session (documented). It is not stored, so it is not in the registry.
pub(crate) static PORTAL_REQUEST: Resource = Resource {
    kind: "portal_session",
    label: "Portal session",
    fields: &[Field::new("returnUrl", Kind::Name { max: 2000 }).required()],
    documented: &[Verb::Create],
    ..Resource::DEFAULTS
};

/// `GET …/billing/subscription`. The page says that it needs a secret key. Status and plan are ours.
pub(crate) async fn subscription(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    state.store.read(call.caller.environment, |tables| {
        let (_, members) = tables.select(&Selection::first(MEMBERS.kind, Order::Oldest, 0))?;
        // the first day of the next month
        let today = call.meta.time.to_zoned(TimeZone::UTC).date();
        let next = today.first_of_month().checked_add(1.month()).unwrap_or(today);
        let data = json!({
            "object": MARKER,
            "status": "active",
            "plan": "pro",
            "memberCount": members,
            "currentPeriodEnd": format!("{next}T00:00:00Z"),
            "cancelAtPeriodEnd": false,
        });
        Ok(envelope::success(StatusCode::OK, data, &call.meta))
    })
}

/// `POST …/billing/portal`: the request is documented, the response is ours.
pub(crate) async fn portal(State(state): State<Shared>, write: Write) -> Result<Response, ApiError> {
    perform(&state, &write, |_, members| {
        input::creation(&PORTAL_REQUEST, members)?;
        let url = format!("{PORTAL}{}", write.call.meta.request_id.trim_start_matches("req_"));
        Ok(envelope::success(StatusCode::OK, json!({ "url": url }), &write.call.meta))
    })
    .await
}
