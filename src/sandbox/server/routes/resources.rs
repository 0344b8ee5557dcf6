//! The routes of the resources, made from their tables.

use crate::sandbox::model::notifications::{self, NOTIFICATIONS};
use crate::sandbox::model::resource::Resource;
use crate::sandbox::model::{
    ai, analytics, audit_log, billing, bulk, handlers, import, player, registry, search, settings, tag_handlers,
    ticket_messages, view_results,
};
use crate::sandbox::openapi;
use crate::sandbox::openapi::resources as described;
use crate::sandbox::server::route::{Route, in_team};

pub(crate) fn routes() -> Vec<Route> {
    let with_collection = registry::ALL.into_iter().filter(|resource| !resource.path.is_empty());
    let mut routes: Vec<Route> = with_collection.flat_map(collection).collect();
    let messages = in_team("tickets/{id}/messages");
    routes.extend([
        Route::get(&messages, ticket_messages::list, described::messages()),
        Route::post(&messages, ticket_messages::create, described::new_message()),
        Route::get(in_team("settings"), settings::show, described::settings()),
        Route::patch(in_team("settings"), settings::change, described::new_settings()),
        Route::get(in_team("search"), search::search, openapi::search::search()),
        Route::get(in_team("tags"), tag_handlers::list, openapi::tags::list()),
        Route::post(in_team("tags"), tag_handlers::create, openapi::tags::create()),
        Route::delete(in_team("tags/{name}"), tag_handlers::delete, openapi::tags::delete()),
        Route::post(in_team("bulk"), bulk::perform_bulk, openapi::bulk::bulk()),
        Route::post(in_team("import"), import::perform_import, openapi::import::import()),
        Route::get(in_team("audit-log"), audit_log::list, openapi::audit_log::list()),
    ]);
    routes.extend(computed());
    routes
}

/// What is computed from other resources, or stands beside the collections.
fn computed() -> [Route; 8] {
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
        Route::post(in_team("ai"), ai::run, openapi::ai::run()),
    ]
}

fn collection(resource: &'static Resource) -> Vec<Route> {
    let all = in_team(resource.path);
    let one = format!("{all}/{{id}}");
    let list = move |state, call, uri| handlers::list(resource, state, call, uri);
    let show = move |state, call, path, uri| handlers::show(resource, state, call, path, uri);
    let mut routes = vec![Route::get(&all, list, described::list(resource))];
    if resource.writable {
        let create = move |state, write| handlers::create(resource, state, write);
        routes.push(Route::post(&all, create, described::create(resource)));
    }
    routes.push(Route::get(&one, show, described::get(resource)));
    if resource.writable {
        let update = move |state, path, write| handlers::update(resource, state, path, write);
        let delete = move |state, call, path| handlers::delete(resource, state, call, path);
        routes.push(Route::patch(&one, update, described::update(resource)));
        routes.push(Route::delete(&one, delete, described::delete(resource)));
    }
    routes
}
