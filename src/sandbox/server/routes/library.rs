//! The routes that need no key: the public library, and the accounts of customers.
//! And those that always answer 404.

use crate::sandbox::http::error::ApiError;
use crate::sandbox::model::{customer_auth, library};
use crate::sandbox::openapi::customer_auth as accounts;
use crate::sandbox::openapi::library as described;
use crate::sandbox::openapi::unpublished;
use crate::sandbox::server::route::{Route, in_team};

pub(crate) fn routes() -> Vec<Route> {
    let path = |rest: &str| format!("/api/library/{{team}}/{rest}");
    let auth = |rest: &str| format!("/api/auth/{{team}}/{rest}");
    let mut routes = vec![
        Route::get(path("articles"), library::articles, described::articles()),
        Route::get(path("articles/{slug}"), library::article, described::article()),
        Route::post(path("articles/{slug}/view"), library::view, described::view()),
        Route::post(path("articles/{slug}/feedback"), library::feedback, described::feedback()),
        Route::get(path("categories"), library::categories, described::categories()),
        Route::get(path("stats"), library::stats, described::stats()),
        Route::get(path("search"), library::search, described::search()),
        Route::post(auth("signup"), customer_auth::signup, accounts::signup()),
        Route::post(auth("confirm"), customer_auth::confirm, accounts::confirm()),
        Route::post(auth("login"), customer_auth::login, accounts::login()),
        Route::post(auth("refresh"), customer_auth::refresh, accounts::refresh()),
        Route::get(auth("session"), customer_auth::session, accounts::session()),
        Route::post(auth("logout"), customer_auth::logout, accounts::logout()),
    ];
    routes.extend(unpublished_routes());
    routes
}

/// The paths in a team, each with the id of its operation.
const UNPUBLISHED: [(&str, &str); 4] = [
    ("mentions", "listMentions"),
    ("attachments", "listAttachments"),
    ("activity", "listActivity"),
    ("community/topics", "listCommunityTopics"),
];

fn unpublished_routes() -> impl Iterator<Item = Route> {
    UNPUBLISHED.into_iter().map(|(path, id)| {
        let refuse = move || std::future::ready(ApiError::unpublished(path));
        Route::get(in_team(path), refuse, unpublished::list(path, id))
    })
}
