//! The routes of webhooks and their deliveries.

use crate::sandbox::delivery::{deliveries, webhooks};
use crate::sandbox::openapi::webhooks as described;
use crate::sandbox::server::route::{Route, in_team};

pub(crate) fn routes() -> Vec<Route> {
    let all = in_team("webhooks");
    let one = format!("{all}/{{id}}");
    let below = |rest: &str| format!("{one}/{rest}");
    vec![
        Route::get(&all, webhooks::list, described::list()),
        Route::post(&all, webhooks::create, described::create()),
        Route::get(&one, webhooks::show, described::get()),
        Route::patch(&one, webhooks::update, described::update()),
        Route::delete(&one, webhooks::delete, described::delete()),
        Route::post(below("test"), deliveries::test, described::test()),
        Route::post(below("rotate-secret"), webhooks::rotate_secret, described::rotate_secret()),
        Route::get(below("deliveries"), deliveries::list, described::deliveries()),
        Route::post(below("deliveries/{delivery}/resend"), deliveries::resend, described::resend()),
    ]
}
