//! Community posts: the only resource with snake_case members in the API (documented).

use serde_json::{Map, Value, json};

use super::field::{Access, Field, Initial, Kind, LONG, count, time};
use super::resource::{Filter, New, Resource, Rules, Update, Verb, now, set, text};
use super::{emit, members, slug, view};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object, Order};
use crate::sandbox::store::uuid::IdShape;

const STATUSES: &[&str] =
    &["open", "answered", "officially_answered", "planned", "not_planned", "completed", "under_review"];

/// The fields and the list are documented; which of the fields are writable is ours. A topic is any UUID.
pub(crate) static COMMUNITY_POSTS: Resource = Resource {
    kind: "community_post",
    path: "community/posts",
    label: "Community post",
    id: Some(IdShape::Plain),
    fields: &[
        Field::new("title", Kind::Name { max: 500 }).required(),
        Field::new("slug", Kind::Text { max: 255 }).read_only(),
        Field::new("body", Kind::Text { max: LONG }).or(Initial::Text("")),
        Field::new("topic_id", Kind::Id(IdShape::Plain)).nullable(),
        Field::new("status", Kind::Choice(STATUSES)).or(Initial::Text("open")),
        Field::new("visibility", Kind::Choice(&["public", "members_only"])).or(Initial::Text("public")),
        count("vote_count"),
        count("comment_count"),
        Field::new("is_pinned", Kind::Bool),
        Field::new("is_locked", Kind::Bool),
        Field::new("custom_fields", Kind::Object),
        Field::new("attachments", Kind::Objects { items: 20 }),
        time("created_at"),
        time("updated_at").access(Access::Hidden),
    ],
    filters: &[Filter::new("topic_id").called("topic").many(), Filter::new("status")],
    sorts: &[
        ("recent", Order::Newest),
        ("votes", Order::Falling("vote_count")),
        ("comments", Order::Falling("comment_count")),
    ],
    documented: &[Verb::List],
    created_at: "created_at",
    updated_at: Some("updated_at"),
    rules: &CommunityPosts,
    ..Resource::DEFAULTS
};

struct CommunityPosts;

impl Rules for CommunityPosts {
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        let slug = slug::unique(change, COMMUNITY_POSTS.kind, text(&new.body, "title"))?;
        set(&mut new.body, "slug", slug);
        Ok(())
    }

    fn created(&self, change: &mut Change<'_>, post: &Object, _: &Body) -> Result<(), ApiError> {
        fire(change, "community_post.created", view::event(&COMMUNITY_POSTS, post), &Map::new())
    }

    /// A change of the status has an event of its own; all other changes share one (ours).
    fn updated(&self, change: &mut Change<'_>, update: &Update<'_>) -> Result<(), ApiError> {
        let post = view::event(&COMMUNITY_POSTS, update.after);
        let (status, others): (Map<String, Value>, Map<String, Value>) =
            update.changes.clone().into_iter().partition(|(name, _)| name == "status");
        if !others.is_empty() {
            fire(change, "community_post.updated", post.clone(), &others)?;
        }
        if !status.is_empty() {
            fire(change, "community_post.status_changed", post, &status)?;
        }
        Ok(())
    }

    fn deleting(&self, change: &mut Change<'_>, post: &Object) -> Result<(), ApiError> {
        let mut deleted = view::event(&COMMUNITY_POSTS, post);
        deleted.insert("deleted_at".to_owned(), now(change));
        fire(change, "community_post.deleted", deleted, &Map::new())
    }

    fn index(&self, body: &Body, index: &mut Index) {
        slug::facet(body, &mut index.multi_values);
        for name in ["vote_count", "comment_count"] {
            index.sort_keys.extend(body.get(name).and_then(view::sql).map(|value| (name, value)));
        }
    }
}

/// The member that names the actor differs between the event types.
fn fire(
    change: &mut Change<'_>,
    event_type: &str,
    post: Map<String, Value>,
    changes: &Map<String, Value>,
) -> Result<(), ApiError> {
    let actor = members::actor(change)?;
    let payload = json!({
        "community_post": post,
        "changes": changes,
        "author": actor,
        "changed_by": actor,
        "deleted_by": actor,
    });
    Ok(emit::fire(change, event_type, &payload)?)
}
