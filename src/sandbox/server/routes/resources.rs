//! The routes of the resources, made from their tables.

use crate::sandbox::model::resource::Resource;
use crate::sandbox::model::{handlers, registry, search, settings, tag_handlers, ticket_messages};
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
    ]);
    routes
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
