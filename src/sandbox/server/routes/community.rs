//! The routes of the comments on community posts and the votes for them.

use crate::sandbox::model::community_handlers;
use crate::sandbox::openapi;
use crate::sandbox::server::route::{Route, in_team};

pub(crate) fn routes() -> [Route; 5] {
    let post = |rest: &str| in_team(&format!("community/posts/{{id}}/{rest}"));
    [
        Route::get(post("comments"), community_handlers::comments, openapi::community::comments()),
        Route::post(post("comments"), community_handlers::comment, openapi::community::comment()),
        Route::delete(
            post("comments/{comment}"),
            community_handlers::delete_comment,
            openapi::community::delete_comment(),
        ),
        Route::post(post("vote"), community_handlers::vote, openapi::community::vote()),
        Route::delete(post("vote"), community_handlers::unvote, openapi::community::unvote()),
    ]
}
