//! `GET …/analytics/overview` (documented): counts of tickets and customers, from the sizes of groups.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use rusqlite::types::Value as Sql;
use serde_json::json;

use super::customers::CUSTOMERS;
use super::days::Days;
use super::tickets::TICKETS;
use crate::sandbox::http::auth;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::Params;
use crate::sandbox::state::Shared;
use crate::sandbox::store::object::{Order, Selection};

/// The value of `object` (documented).
pub(crate) const MARKER: &str = "analytics_overview";
/// Documented, and the default (ours).
pub(crate) const DEFAULT_PERIOD: &str = "week";
/// The values of `period`, with their days.
pub(crate) const PERIODS: [(&str, i64); 5] =
    [("day", 1), (DEFAULT_PERIOD, 7), ("month", 30), ("quarter", 90), ("year", 365)];
/// The statuses of tickets that are not resolved.
const OPEN: [&str; 3] = ["new", "open", "pending"];
const RESOLVED: [&str; 2] = ["resolved", "closed"];

/// The page says that it needs a secret key. Ours: the tickets are those that were created in the period, with their
/// present status; of the customers only `new` depends on the period; and there are no survey responses, because neither
/// their members nor the `data` of `survey.submitted` are published.
pub(crate) async fn overview(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    let params = Params::parse(&uri)?;
    let wanted = params.get("period").unwrap_or(DEFAULT_PERIOD);
    let Some((period, days)) = PERIODS.into_iter().find(|(name, _)| *name == wanted) else {
        let names = PERIODS.map(|(name, _)| name).join(", ");
        let message = format!("The 'period' parameter must be one of: {names}.");
        return Err(ApiError::parameter_invalid("period", message));
    };
    let days = Days::until(call.meta.time, days);
    state.store.read(call.caller.environment, |tables| {
        let tickets = |statuses: &[&str]| {
            statuses.iter().map(|status| days.count(tables, TICKETS.kind, status)).sum::<Result<u64, _>>()
        };
        let (open, resolved) = (tickets(&OPEN)?, tickets(&RESOLVED)?);
        let (_, customers) = tables.select(&Selection::first(CUSTOMERS.kind, Order::Newest, 0))?;
        let active = tables.count(CUSTOMERS.kind, "status", &Sql::Text("active".to_owned()))?;
        let data = json!({
            "object": MARKER,
            "period": period,
            "tickets": { "total": open + resolved, "open": open, "resolved": resolved },
            "customers": {
                "total": customers,
                "active": active,
                "new": days.count(tables, CUSTOMERS.kind, "")?,
            },
            "csat": { "average": 0, "totalResponses": 0 },
        });
        Ok(envelope::success(StatusCode::OK, data, &call.meta))
    })
}
