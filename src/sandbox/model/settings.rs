//! The settings of the team: one object. Reading needs a secret key too (documented).

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::field::{Field, Initial, Kind, NAME, time};
use super::handlers::perform;
use super::resource::{Resource, Rules, Update, Verb, now, set, text};
use super::{emit, members, operations, view};
use crate::sandbox::fixtures::TEAM_NAME;
use crate::sandbox::http::auth;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::Write;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Object, Order, Selection};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::uuid::Uuid;
use crate::sandbox_info::TEAM_SLUG;

/// `teamName` and `teamSlug` are documented; the preferences are from the sample event (ours).
pub(crate) static SETTINGS: Resource = Resource {
    kind: "settings",
    path: "",
    label: "Settings",
    marker: Some("settings"),
    fields: &[
        Field::new("teamName", Kind::Name { max: NAME }).or(Initial::Text(TEAM_NAME)),
        // read-only because the URLs of the public library contain it
        Field::new("teamSlug", Kind::Text { max: NAME }).or(Initial::Text(TEAM_SLUG)).read_only(),
        Field::new("defaultPriority", Kind::Choice(&["low", "normal", "high", "urgent"]))
            .or(Initial::Text("normal"))
            .ours(),
        Field::new("businessHoursEnabled", Kind::Bool).ours(),
        Field::new("csatEnabled", Kind::Bool).ours(),
        Field::new("signupConfirmation", Kind::Bool).ours(),
        time("updatedAt").ours(),
    ],
    sorts: &[],
    page_size: 1,
    writable: false,
    documented: &[Verb::Get, Verb::Update],
    created_at: "updatedAt",
    rules: &Settings,
    ..Resource::DEFAULTS
};

struct Settings;

impl Rules for Settings {
    fn updated(&self, change: &mut Change<'_>, update: &Update<'_>) -> Result<(), ApiError> {
        let settings = view::event(&SETTINGS, update.after);
        let preferences = ["default_priority", "business_hours_enabled", "csat_enabled"];
        let preferences: Map<String, Value> = preferences
            .into_iter()
            .map(|name| (name.to_owned(), settings.get(name).cloned().unwrap_or_default()))
            .collect();
        let payload = json!({
            "team": {
                "id": change.team.id,
                "slug": text(&update.after.body, "teamSlug"),
                "preferences": preferences,
                "updated_at": settings.get("updated_at"),
            },
            "changes": update.changes,
            "updated_by": members::actor(change)?,
        });
        Ok(emit::fire(change, "team.preferences_updated", &payload)?)
    }
}

pub(crate) fn create_initial(change: &mut Change<'_>) -> rusqlite::Result<()> {
    let mut body: Body =
        SETTINGS.fields.iter().map(|field| (field.name.to_owned(), field.default.value())).collect();
    set(&mut body, "teamName", change.team.name.as_str());
    set(&mut body, "teamSlug", change.team.slug.as_str());
    set(&mut body, "updatedAt", now(change));
    let index = view::index(&SETTINGS, &body);
    change.insert(SETTINGS.kind, Uuid::from_bytes([0; 16]), None, body, &index).map(drop)
}

fn the_only(tables: &Tables<'_>) -> Result<Object, ApiError> {
    let (found, _) = tables.select(&Selection::first(SETTINGS.kind, Order::Oldest, 1))?;
    found.into_iter().next().ok_or_else(|| ApiError::resource_missing(SETTINGS.label))
}

/// Whether customers who sign up have to confirm their address.
pub(crate) fn confirms_signups(tables: &Tables<'_>) -> Result<bool, ApiError> {
    Ok(the_only(tables)?.body.get("signupConfirmation") == Some(&true.into()))
}

/// `GET …/settings`.
pub(crate) async fn show(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    state.store.read(call.caller.environment, |tables| {
        let view = view::rest(&SETTINGS, &the_only(tables)?);
        Ok(envelope::success(StatusCode::OK, view.into(), &call.meta))
    })
}

/// `PATCH …/settings`.
pub(crate) async fn change(State(state): State<Shared>, write: Write) -> Result<Response, ApiError> {
    perform(&state, &write, |change, members| {
        let before = the_only(change)?;
        let after = operations::update(change, &SETTINGS, before, members)?;
        Ok(envelope::success(StatusCode::OK, view::rest(&SETTINGS, &after).into(), &write.call.meta))
    })
    .await
}
