//! `GET /_sandbox/deliveries`: waits for deliveries to webhooks (ours).
//!
//! A delivery is news when it is created, attempted or given up. It is in an answer once with its present state, and again
//! after its next change. Without `status` only those count that are over: succeeded or failed.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::poll::{self, Poll};
use crate::sandbox::delivery::webhooks::view;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::{self, Shared};
use crate::sandbox::store::deliveries::{Delivery, Status};
use crate::sandbox::store::delivery_changes::DeliveryChanges;
use crate::sandbox::store::event_log::Filter;
use crate::sandbox::store::webhooks::Webhook;

/// What a poll looks for.
struct Wanted {
    webhook: Option<String>,
    event: Option<String>,
    types: Filter,
    statuses: Vec<Status>,
}

impl Wanted {
    fn parse(poll: &Poll) -> Result<Self, ApiError> {
        let text = |name| poll.params.get(name).map(str::to_owned);
        Ok(Self {
            webhook: text("webhook"),
            event: text("event"),
            types: poll.types()?,
            statuses: statuses(poll)?,
        })
    }

    fn admits(&self, webhook: &Webhook, delivery: &Delivery) -> bool {
        self.webhook.as_ref().is_none_or(|id| *id == webhook.id)
            && self.event.as_ref().is_none_or(|id| *id == delivery.event_id)
            && self.types.admits(&delivery.event_type)
            && self.statuses.contains(&delivery.status)
    }
}

fn statuses(poll: &Poll) -> Result<Vec<Status>, ApiError> {
    let Some(list) = poll.params.get("status") else { return Ok(vec![Status::Succeeded, Status::Failed]) };
    let names = list.split(',').map(str::trim);
    names
        .map(|name| {
            Status::parse(name).ok_or_else(|| {
                let names = Status::ALL.map(Status::as_str).join(", ");
                let message = format!("The 'status' parameter must be a list of: {names}.");
                ApiError::parameter_invalid("status", message)
            })
        })
        .collect()
}

/// `GET /_sandbox/deliveries?webhook&event&type&status&after&wait&limit&environment`: in the order of their last change.
pub(crate) async fn list(
    State(state): State<Shared>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Json<Value>, ApiError> {
    let poll = Poll::parse(&state, &headers, &uri)?;
    let wanted = Wanted::parse(&poll)?;
    let (mut added, mut ended) = (state.store.outbox(), state.in_flight.ended());
    let after = begin(&state, &poll, &wanted)?;
    let mut reached = after;
    loop {
        added.borrow_and_update();
        ended.borrow_and_update();
        let (deliveries, number, changes) = look(&state, &poll, &wanted, reached)?;
        reached = number;
        let news = async {
            tokio::select! {
                _ = added.changed() => {}
                _ = ended.changed() => {}
            }
        };
        if !deliveries.is_empty() || !poll.wait(&state, news).await {
            let cursor = cursor(&changes, reached);
            let truncated = poll.params.get("after").is_some() && changes.gone > after;
            return Ok(Json(json!({ "deliveries": deliveries, "cursor": cursor, "truncated": truncated })));
        }
    }
}

/// The number to begin after.
fn begin(state: &state::State, poll: &Poll, wanted: &Wanted) -> Result<i64, ApiError> {
    state.store.read(poll.environment, |tables| {
        if let Some(id) = &wanted.webhook
            && tables.webhook(id)?.is_none()
        {
            let environment = poll.environment.as_str();
            let message = format!("The 'webhook' parameter names no webhook of {environment} data.");
            return Err(ApiError::parameter_invalid("webhook", message));
        }
        let changes = tables.delivery_changes()?;
        match poll.params.get("after") {
            None => Ok(0),
            Some(poll::LATEST) => Ok(changes.newest),
            Some(text) => number(&changes, text)
                .ok_or_else(|| poll::unknown_cursor("it is not a cursor of the deliveries of this state")),
        }
    })
}

/// The deliveries that match and changed after `reached`, and the number of the last one that was looked at.
fn look(
    state: &state::State,
    poll: &Poll,
    wanted: &Wanted,
    reached: i64,
) -> Result<(Vec<Value>, i64, DeliveryChanges), ApiError> {
    state.store.read(poll.environment, |tables| {
        let admits = |webhook: &Webhook, delivery: &Delivery| wanted.admits(webhook, delivery);
        let (found, reached) = tables.changed_deliveries(reached, poll.limit, admits)?;
        let shown = found.iter().map(|(webhook, delivery)| {
            let attempts = tables.attempts(delivery.seq)?;
            Ok(view::delivery(webhook, delivery, &attempts))
        });
        let shown = shown.collect::<Result<Vec<_>, ApiError>>()?;
        Ok((shown, reached, tables.delivery_changes()?))
    })
}

fn cursor(changes: &DeliveryChanges, number: i64) -> String {
    format!("dlc_{}_{number}", changes.tag)
}

/// The number in a cursor of these changes.
fn number(changes: &DeliveryChanges, cursor: &str) -> Option<i64> {
    let (tag, number) = cursor.strip_prefix("dlc_")?.split_once('_')?;
    let number = number.parse().ok().filter(|number| (0..=changes.newest).contains(number))?;
    (tag == changes.tag).then_some(number)
}
