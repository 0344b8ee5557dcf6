//! The routes of what is computed from other resources, or stands beside the collections.

use crate::sandbox::model::notifications::{self, NOTIFICATIONS};
use crate::sandbox::model::{ai, analytics, billing, dry_run, handlers, player, view_results};
use crate::sandbox::openapi;
use crate::sandbox::openapi::resources as described;
use crate::sandbox::server::route::{Route, in_team};

pub(crate) fn routes() -> [Route; 9] {
    let read = move |state, path, write| handlers::update(&NOTIFICATIONS, state, path, write);
    [
        Route::get(in_team("views/{id}/results"), view_results::results, openapi::views::results()),
        Route::get(
            in_team("notifications/unread-count"),
            notifications::unread_count,
            openapi::notifications::unread_count(),
        ),
        Route::patch(in_team("notifications/{id}"), read, described::update(&NOTIFICATIONS)),
        Route::get(in_team("analytics/overview"), analytics::overview, openapi::analytics::overview()),
        Route::get(in_team("game/player"), player::player, openapi::game::player()),
        Route::get(in_team("billing/subscription"), billing::subscription, openapi::billing::subscription()),
        Route::post(in_team("billing/portal"), billing::portal, openapi::billing::portal()),
        Route::post(in_team("automations/{id}/dry-run"), dry_run::dry_run, openapi::automations::dry_run()),
        Route::post(in_team("ai"), ai::run, openapi::ai::run()),
    ]
}
