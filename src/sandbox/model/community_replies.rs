//! Comments on community posts and votes for them. cStar documents their events and the counts of a post; the rest is
//! ours.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::community_posts::COMMUNITY_POSTS;
use super::customers::CUSTOMERS;
use super::field::{Field, Kind, LONG, NAME, time};
use super::input::Input;
use super::resource::{New, Resource, Rules, now, set, text};
use super::{emit, members, operations, view};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Object;
use crate::sandbox::store::uuid::{IdShape, Uuid};

/// A customer or a member, by an id of any shape. The default is the actor of the request.
const AUTHOR: Field = Field::new("author_id", Kind::Name { max: NAME }).nullable();

/// The members of the sample event, and the author.
pub(crate) static COMMENTS: Resource = Resource {
    kind: "community_comment",
    label: "Comment",
    parent: Some("community_post"),
    id: Some(IdShape::Plain),
    fields: &[
        Field::new("community_post_id", Kind::Id(IdShape::Plain)).read_only(),
        Field::new("body", Kind::Name { max: LONG }).required(),
        Field::new("is_official", Kind::Bool),
        AUTHOR,
        time("created_at"),
    ],
    created_at: "created_at",
    updated_at: None,
    ..Resource::DEFAULTS
};

/// The vote of a customer or a member. Each has one vote for a post.
pub(crate) static VOTES: Resource = Resource {
    kind: "community_vote",
    label: "Vote",
    parent: Some("community_post"),
    id: Some(IdShape::Plain),
    fields: &[Field::new("voter_id", Kind::Name { max: NAME }).nullable(), time("created_at")],
    created_at: "created_at",
    updated_at: None,
    rules: &Votes,
    ..Resource::DEFAULTS
};

struct Votes;

impl Rules for Votes {
    fn creating(&self, _: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        new.uuid = id_of_vote(text(&new.body, "voter_id"));
        Ok(())
    }
}

/// The same for each vote of a voter, so that the vote for a post is found without reading the others.
fn id_of_vote(voter: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(Sha256::digest(voter)).for_each(|(byte, hashed)| *byte = hashed);
    Uuid::from_bytes(bytes)
}

pub(crate) fn comment(change: &mut Change<'_>, post: &Object, mut input: Input) -> Result<Object, ApiError> {
    let author = person(change, text(&input.body, AUTHOR.name))?;
    set(&mut input.body, AUTHOR.name, author.get("id").cloned().unwrap_or_default());
    set(&mut input.body, "community_post_id", post.uuid.to_string());
    let comment = operations::create(change, &COMMENTS, Some(post.seq), input)?;
    let post = counted(change, post, "comment_count", 1)?;
    let payload = json!({
        "community_post": view::event(&COMMUNITY_POSTS, &post),
        "comment": view::event(&COMMENTS, &comment),
        "author": author,
    });
    emit::fire(change, "community_post.commented", &payload)?;
    Ok(comment)
}

/// There is no event for this.
pub(crate) fn delete_comment(change: &mut Change<'_>, post: &Object, id: &str) -> Result<Uuid, ApiError> {
    let uuid = COMMENTS.id.and_then(|shape| shape.read(id));
    let comment = uuid.map(|uuid| change.child(COMMENTS.kind, post.seq, uuid)).transpose()?.flatten();
    let comment = comment.ok_or_else(|| ApiError::resource_missing(COMMENTS.label))?;
    change.delete_child(&comment)?;
    counted(change, post, "comment_count", -1)?;
    Ok(comment.uuid)
}

/// Counts a vote unless this voter has voted before, and returns the post.
pub(crate) fn vote(change: &mut Change<'_>, post: Object, mut input: Input) -> Result<Object, ApiError> {
    let voter = person(change, text(&input.body, "voter_id"))?;
    if vote_of(change, &post, &voter)?.is_some() {
        return Ok(post);
    }
    set(&mut input.body, "voter_id", voter.get("id").cloned().unwrap_or_default());
    operations::create(change, &VOTES, Some(post.seq), input)?;
    voted(change, &post, &voter, 1)
}

/// Takes a vote back.
pub(crate) fn unvote(change: &mut Change<'_>, post: &Object, voter_id: &str) -> Result<Object, ApiError> {
    let voter = person(change, voter_id)?;
    let vote = vote_of(change, post, &voter)?.ok_or_else(|| ApiError::resource_missing(VOTES.label))?;
    change.delete_child(&vote)?;
    voted(change, post, &voter, -1)
}

fn vote_of(change: &Change<'_>, post: &Object, voter: &Value) -> rusqlite::Result<Option<Object>> {
    let id = voter.get("id").and_then(Value::as_str).unwrap_or_default();
    change.child(VOTES.kind, post.seq, id_of_vote(id))
}

/// Counts a vote and fires its event.
fn voted(change: &mut Change<'_>, post: &Object, voter: &Value, by: i64) -> Result<Object, ApiError> {
    let count = |post: &Object| post.body.get("vote_count").cloned().unwrap_or_default();
    let after = counted(change, post, "vote_count", by)?;
    let payload = json!({
        "community_post": view::event(&COMMUNITY_POSTS, &after),
        "vote": {
            "direction": if by > 0 { "up" } else { "removed" },
            "vote_count_before": count(post),
            "vote_count_after": count(&after),
            "voted_at": now(change),
        },
        "voter": voter,
    });
    emit::fire(change, "community_post.voted", &payload)?;
    Ok(after)
}

/// Counts something of a post. That is not an update, so it has no event of its own.
fn counted(change: &mut Change<'_>, before: &Object, name: &str, by: i64) -> Result<Object, ApiError> {
    let mut after = before.clone();
    let count = before.body.get(name).and_then(Value::as_i64).unwrap_or_default();
    set(&mut after.body, name, (count + by).max(0));
    operations::store(change, &COMMUNITY_POSTS, before, &after)?;
    Ok(after)
}

/// A customer, or else a member; without an id the actor of the request.
fn person(change: &Change<'_>, id: &str) -> Result<Value, ApiError> {
    if id.is_empty() {
        return members::actor(change);
    }
    let uuid = CUSTOMERS.id.and_then(|shape| shape.read(id));
    let customer = uuid.map(|uuid| change.find(CUSTOMERS.kind, uuid)).transpose()?.flatten();
    let Some(customer) = customer else { return members::person(change, id) };
    let mut person: Map<String, Value> = Map::new();
    set(&mut person, "id", CUSTOMERS.id_of(customer.uuid));
    for name in ["name", "email"] {
        set(&mut person, name, text(&customer.body, name));
    }
    Ok(person.into())
}
