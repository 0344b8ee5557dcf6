//! The routes of the public library.

use crate::sandbox::model::library;
use crate::sandbox::openapi::library as described;
use crate::sandbox::server::route::Route;

pub(crate) fn routes() -> Vec<Route> {
    let path = |rest: &str| format!("/api/library/{{team}}/{rest}");
    vec![
        Route::get(path("articles"), library::articles, described::articles()),
        Route::get(path("articles/{slug}"), library::article, described::article()),
        Route::post(path("articles/{slug}/view"), library::view, described::view()),
        Route::post(path("articles/{slug}/feedback"), library::feedback, described::feedback()),
        Route::get(path("categories"), library::categories, described::categories()),
        Route::get(path("search"), library::search, described::search()),
    ]
}
