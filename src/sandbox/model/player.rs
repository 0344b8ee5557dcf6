//! `GET …/game/player` (documented): a member as a player. Everything is computed from the tickets that the member
//! closed; how is ours. The sandbox has no bosses, quests, streaks and skills, so these are 0 or empty.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::members::MEMBERS;
use super::resource::text;
use super::tickets::TICKETS;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::Params;
use crate::sandbox::state::Shared;
use crate::sandbox::store::object::{Object, Order, Selection};
use crate::sandbox::store::tables::Tables;

/// The value of `object` (documented).
pub(crate) const MARKER: &str = "player_stats";
/// What a closed ticket is worth.
const XP: u64 = 25;
const GOLD: u64 = 5;
/// Closed tickets at which an achievement is unlocked.
const ACHIEVEMENTS: [u64; 5] = [1, 10, 100, 1_000, 10_000];
/// Level `n` begins at `n * n * STEP` points.
const STEP: u64 = 50;

/// `?userId=`: the id of a user or a member. Without it, the first member is the player (ours).
pub(crate) async fn player(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let params = Params::parse(&uri)?;
    state.store.read(call.caller.environment, |tables| {
        let (all, _) = tables.select(&Selection::first(MEMBERS.kind, Order::Oldest, 1_000))?;
        let member = match params.get("userId") {
            Some(id) => all.iter().find(|member| text(&member.body, "userId") == id).cloned(),
            None => all.into_iter().next(),
        };
        let member = match (member, params.get("userId")) {
            (Some(member), _) => member,
            (None, id) => MEMBERS.find(tables, id.unwrap_or_default())?,
        };
        let stats = stats(tables, &member, call.meta.time)?;
        Ok(envelope::success(StatusCode::OK, stats, &call.meta))
    })
}

fn stats(tables: &Tables<'_>, member: &Object, now: Timestamp) -> Result<Value, ApiError> {
    let closed = closed_tickets(tables, member)?;
    let initial = member.body.get("xp").and_then(Value::as_u64).unwrap_or_default();
    let xp = initial + XP * closed;
    let level = (xp / STEP).isqrt();
    let (begin, end) = (level * level * STEP, (level + 1) * (level + 1) * STEP);
    let points = level.saturating_sub(1);
    Ok(json!({
        "object": MARKER,
        "memberId": MEMBERS.id_of(member.uuid),
        "name": member.body.get("name"),
        "avatarUrl": member.body.get("avatarUrl"),
        "season": season(now),
        "level": level,
        "xp": xp,
        "xpToNextLevel": end - xp,
        "xpInCurrentLevel": xp - begin,
        // in percent (ours)
        "xpProgress": (xp - begin) * 100 / (end - begin),
        "gold": GOLD * closed,
        "prestigeLevel": 0,
        "prestigeBonus": 0,
        "streaks": { "current": 0, "max": 0 },
        "stats": {
            "ticketsClosed": closed,
            "bossesDefeated": 0,
            "finalBlows": 0,
            "achievementsUnlocked": ACHIEVEMENTS.iter().filter(|number| **number <= closed).count(),
            "questsCompleted": 0,
        },
        "skills": {},
        "availableSkillPoints": points,
        "totalSkillPoints": points,
        "cosmetics": { "avatarFrame": null, "victoryMessage": null },
    }))
}

/// The resolved and closed tickets that are assigned to a member, by any form of the id.
fn closed_tickets(tables: &Tables<'_>, member: &Object) -> Result<u64, ApiError> {
    let ids = [MEMBERS.id_of(member.uuid), member.uuid.to_string(), text(&member.body, "userId").to_owned()];
    let mut closed = 0;
    for id in ids {
        for status in ["resolved", "closed"] {
            let values = [("assignedTo", id.clone()), ("status", status.to_owned())];
            let filter_values = values.map(|(name, value)| (name, value.into())).to_vec();
            let selection = Selection { filter_values, ..Selection::first(TICKETS.kind, Order::Newest, 0) };
            closed += tables.select(&selection)?.1;
        }
    }
    Ok(closed)
}

/// A quarter of a year, as in the documented sample (`2026-Q2`).
fn season(now: Timestamp) -> Value {
    let today = now.to_zoned(TimeZone::UTC).date();
    let quarter = (today.month() - 1) / 3 + 1;
    let (year, month) = if quarter == 4 { (today.year() + 1, 1) } else { (today.year(), quarter * 3 + 1) };
    json!({
        "id": format!("{}-Q{quarter}", today.year()),
        "name": format!("Season {quarter} of {}", today.year()),
        "endsAt": format!("{year:04}-{month:02}-01T00:00:00Z"),
    })
}
