//! `/_sandbox/clock`: moves the clock of a running sandbox, so that tests need not wait for retries, rate limits, expiries
//! and whatever else depends on the time (ours).
//!
//! The clock stops at every retry on its way, and waits for its attempts: so a day ahead, a webhook that is down has failed
//! as often as in a real day. What other programs compare with their own clock stays real: signatures, timeouts of
//! connections, heartbeats and injected delays.

use std::time::Duration;

use axum::Json;
use axum::extract;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};

use crate::sandbox::delivery::webhooks::view::precise;
use crate::sandbox::http::body as json_body;
use crate::sandbox::http::duration;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::{Shared, State};

/// How far the clock can be moved at once.
pub(crate) const FARTHEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// How long the attempts on the way may take, in real time. The rest are made afterwards.
const PATIENCE: Duration = Duration::from_secs(60);
/// A clock beyond this year, at the end of 2999, is a mistake. In seconds since 1970.
const LAST: i64 = 32_503_680_000;

/// What to do with the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Move {
    Ahead(SignedDuration),
    Reset,
}

/// `GET /_sandbox/clock`.
pub(crate) async fn show(extract::State(state): extract::State<Shared>) -> Json<Value> {
    Json(view(&state))
}

/// `POST /_sandbox/clock`: accepts one of `{"advance": "24h"}`, `{"set": "2027-01-01T00:00:00Z"}` and `{"reset": true}`.
pub(crate) async fn change(
    extract::State(state): extract::State<Shared>,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let members = json_body::members(&body)?;
    // one after the other, or two days ahead could be one
    let _moving = state.moving.lock().await;
    match wanted(&members, state.settings.clock.now())? {
        Move::Ahead(by) => advance(&state, by).await?,
        Move::Reset => {
            state.settings.clock.reset();
            announce(&state);
        }
    }
    Ok(Json(view(&state)))
}

fn wanted(members: &Map<String, Value>, now: Timestamp) -> Result<Move, ApiError> {
    let mut found = members.iter();
    let (Some((name, value)), None) = (found.next(), found.next()) else {
        let message = "The request body must have exactly one of 'advance', 'set' and 'reset'.";
        return Err(ApiError::parameter_invalid("advance", message));
    };
    let by = match (name.as_str(), value) {
        ("reset", Value::Bool(true)) => return Ok(Move::Reset),
        ("reset", _) => {
            return Err(ApiError::parameter_invalid("reset", "The 'reset' field must be true."));
        }
        ("advance", value) => {
            let by = value.as_str().and_then(duration::parse).filter(|by| *by <= FARTHEST);
            by.and_then(|by| SignedDuration::try_from(by).ok()).ok_or_else(|| {
                let message =
                    "The 'advance' field must be a time with its unit, such as 90s or 24h, up to 8784h.";
                ApiError::parameter_invalid("advance", message)
            })?
        }
        ("set", value) => {
            let to = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()).ok_or_else(|| {
                let message = "The 'set' field must be a time such as 2027-01-01T00:00:00Z.";
                ApiError::parameter_invalid("set", message)
            })?;
            if to < now {
                let message = format!(
                    "The 'set' field must not be before {}, the time of this sandbox: its clock runs forward only, except for 'reset'.",
                    precise(now)
                );
                return Err(ApiError::parameter_invalid("set", message));
            }
            to.duration_since(now)
        }
        _ => {
            let message = format!("There is no field '{name:.40}'; there are 'advance', 'set' and 'reset'.");
            return Err(ApiError::parameter_invalid("advance", message));
        }
    };
    match now.checked_add(by).unwrap_or(Timestamp::MAX).as_second() {
        LAST.. => {
            let param = if name == "set" { "set" } else { "advance" };
            Err(ApiError::parameter_invalid(param, "The clock must stay before the year 3000."))
        }
        _ => Ok(Move::Ahead(by)),
    }
}

/// Moves the clock ahead, with a stop at each due delivery on the way.
async fn advance(state: &State, by: SignedDuration) -> Result<(), ApiError> {
    let deadline = Instant::now() + PATIENCE;
    let (mut closing, mut ended) = (state.closing(), state.in_flight.ended());
    let mut left = millis(by);
    while !*closing.borrow_and_update() {
        ended.borrow_and_update();
        let Some(due) = state.store.next_due()? else { break };
        let step = millis(due.duration_since(state.settings.clock.now())).max(0);
        if step > left {
            break;
        }
        move_by(state, step);
        left -= step;
        let attempted = async {
            tokio::select! {
                _ = ended.changed() => {}
                _ = closing.changed() => {}
            }
        };
        if timeout_at(deadline, attempted).await.is_err() {
            break;
        }
    }
    move_by(state, left);
    Ok(())
}

/// Rounded up, or what is due after it would not be due.
fn millis(time: SignedDuration) -> i64 {
    let whole = time.as_millis() + i128::from(time.subsec_nanos() % 1_000_000 > 0);
    i64::try_from(whole).unwrap_or(i64::MAX)
}

fn move_by(state: &State, millis: i64) {
    if millis > 0 {
        state.settings.clock.advance(millis);
        announce(state);
    }
}

fn announce(state: &State) {
    state.clock_moves.send_modify(|moves| *moves += 1);
}

fn view(state: &State) -> Value {
    let clock = &state.settings.clock;
    json!({ "now": precise(clock.now()), "real": precise(clock.real()), "offset_ms": clock.offset() })
}
