//! The handlers of the comments on a community post and the votes for it (ours).

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::automation_runs;
use super::community_posts::COMMUNITY_POSTS;
use super::community_replies::{self, COMMENTS, VOTES};
use super::handlers::{Ids, perform};
use super::{input, view};
use crate::sandbox::http::body as json_body;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::{self, Write};
use crate::sandbox::http::query::Params;
use crate::sandbox::state::Shared;

/// `GET …/community/posts/{id}/comments`: all of them, oldest first.
pub(crate) async fn comments(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
) -> Result<Rendered, ApiError> {
    state.store.read(call.caller.environment, |tables| {
        let post = COMMUNITY_POSTS.find(tables, &id)?;
        let comments = tables.children(COMMENTS.kind, post.seq)?;
        let list: Vec<Value> = comments.iter().map(|one| view::rest(&COMMENTS, one).into()).collect();
        Ok(envelope::success(StatusCode::OK, list.into(), &call.meta))
    })
}

/// `POST …/community/posts/{id}/comments`.
pub(crate) async fn comment(
    State(state): State<Shared>,
    Path((_, id)): Ids,
    write: Write,
) -> Result<Response, ApiError> {
    perform(&state, &write, |change, members| {
        let post = COMMUNITY_POSTS.find(change, &id)?;
        let input = input::creation(&COMMENTS, members)?;
        let comment = community_replies::comment(change, &post, input)?;
        Ok(envelope::success(StatusCode::CREATED, view::rest(&COMMENTS, &comment).into(), &write.call.meta))
    })
    .await
}

/// `DELETE …/community/posts/{id}/comments/{comment}`.
pub(crate) async fn delete_comment(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id, comment)): Path<(String, String, String)>,
) -> Result<Rendered, ApiError> {
    state.store.write(call.caller.environment, &call.meta, |change| {
        let post = COMMUNITY_POSTS.find(change, &id)?;
        let comment = community_replies::delete_comment(change, &post, &comment)?;
        let deleted = json!({ "deleted": true, "id": comment.to_string() });
        Ok(envelope::success(StatusCode::OK, deleted, &call.meta))
    })
}

/// `POST …/community/posts/{id}/vote`: the post. A second vote of the same voter changes nothing. The body may be
/// empty.
pub(crate) async fn vote(
    State(state): State<Shared>,
    Path((_, id)): Ids,
    write: Write,
) -> Result<Response, ApiError> {
    let members = if write.body.is_empty() { Map::new() } else { json_body::members(&write.body)? };
    idempotency::once_alone(&state.store, &write, |change| {
        let post = COMMUNITY_POSTS.find(change, &id)?;
        let post = community_replies::vote(change, post, input::creation(&VOTES, members)?)?;
        automation_runs::run(change)?;
        Ok(envelope::success(StatusCode::OK, view::rest(&COMMUNITY_POSTS, &post).into(), &write.call.meta))
    })
}

/// `DELETE …/community/posts/{id}/vote?voter_id=`: the post.
pub(crate) async fn unvote(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let params = Params::parse(&uri)?;
    state.store.write(call.caller.environment, &call.meta, |change| {
        let post = COMMUNITY_POSTS.find(change, &id)?;
        let post = community_replies::unvote(change, &post, params.get("voter_id").unwrap_or_default())?;
        automation_runs::run(change)?;
        Ok(envelope::success(StatusCode::OK, view::rest(&COMMUNITY_POSTS, &post).into(), &call.meta))
    })
}
