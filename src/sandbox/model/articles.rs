//! Articles of the library (documented), and the slug, excerpt and reading time that are derived from the text.

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use super::categories::CATEGORIES;
use super::field::{Access, Field, Initial, Kind, LONG, METADATA, NAME, TAGS, count, long_text, time};
use super::resource::{Filter, New, Resource, Rules, Update, Verb, now, set, text};
use super::{emit, members, slug, view};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::uuid::{IdShape, Uuid};

pub(crate) const CATEGORY_ID: &str = "categoryId";
/// Words per minute (ours).
const READING_SPEED: usize = 200;
/// The length of a derived excerpt, in characters (ours).
const EXCERPT: usize = 160;

/// Documented. An older page creates articles with `category`, a name or a slug, so that is accepted as well.
pub(crate) static ARTICLES: Resource = Resource {
    kind: "article",
    path: "articles",
    label: "Article",
    marker: Some("article"),
    id: Some(IdShape::Prefixed("art_")),
    fields: &[
        Field::new("title", Kind::Name { max: 500 }).required(),
        Field::new("slug", Kind::Text { max: NAME }).read_only(),
        Field::new("excerpt", Kind::Text { max: 1000 }).nullable(),
        Field::new("content", Kind::Text { max: LONG }).or(Initial::Text("")),
        Field::new(CATEGORY_ID, Kind::Id(IdShape::Plain)).nullable(),
        Field::new("status", Kind::Choice(&["draft", "published", "archived"])).or(Initial::Text("draft")),
        TAGS,
        long_text("notes"),
        count("viewCount"),
        count("useCount"),
        Field::new("readTime", Kind::Text { max: NAME }).read_only(),
        // ours: cStar documents no default
        Field::new("isPublic", Kind::Bool).or(Initial::Bool(true)),
        time("publishedAt").nullable(),
        Field::new("metaDescription", Kind::Text { max: 1000 }).nullable(),
        METADATA,
        time("createdAt"),
        time("updatedAt"),
        Field::new("category", Kind::Text { max: NAME }).access(Access::Argument),
    ],
    filters: &[
        Filter::new(CATEGORY_ID).called("category").many(),
        Filter::new("tags").called("tag").many(),
        Filter::new("isPublic"),
        Filter::new("status"),
    ],
    search: &["title", "excerpt", "content"],
    documented: Verb::ALL,
    rules: &Articles,
    ..Resource::DEFAULTS
};

struct Articles;

impl Rules for Articles {
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        let named = text(&new.arguments, "category");
        if !named.is_empty() && text(&new.body, CATEGORY_ID).is_empty() {
            let category = category_named(change, named)?;
            set(&mut new.body, CATEGORY_ID, category.to_string());
        }
        check_category(change, &new.body)?;
        let slug = slug::unique(change, ARTICLES.kind, text(&new.body, "title"))?;
        set(&mut new.body, "slug", slug);
        if text(&new.body, "excerpt").is_empty() {
            let excerpt = excerpt(text(&new.body, "content"));
            set(&mut new.body, "excerpt", excerpt);
        }
        derive(change, "", &mut new.body);
        Ok(())
    }

    fn created(&self, change: &mut Change<'_>, article: &Object, _: &Body) -> Result<(), ApiError> {
        let payload =
            json!({ "article": view::event(&ARTICLES, article), "author": members::actor(change)? });
        emit::fire(change, "article.created", &payload)?;
        if text(&article.body, "status") == "published" {
            published(change, article)?;
        }
        Ok(())
    }

    fn updating(&self, change: &mut Change<'_>, before: &Object, after: &mut Body) -> Result<(), ApiError> {
        if before.body.get(CATEGORY_ID) != after.get(CATEGORY_ID) {
            check_category(change, after)?;
        }
        derive(change, text(&before.body, "status"), after);
        Ok(())
    }

    fn updated(&self, change: &mut Change<'_>, update: &Update<'_>) -> Result<(), ApiError> {
        let payload = json!({
            "article": view::event(&ARTICLES, update.after),
            "changes": update.changes,
            "updated_by": members::actor(change)?,
        });
        emit::fire(change, "article.updated", &payload)?;
        let (was, is) = update.before_and_after("status");
        if was != "published" && is == "published" {
            published(change, update.after)?;
        }
        Ok(())
    }

    fn deleting(&self, change: &mut Change<'_>, article: &Object) -> Result<(), ApiError> {
        let mut deleted = view::event(&ARTICLES, article);
        deleted.insert("deleted_at".to_owned(), now(change));
        let payload = json!({ "article": deleted, "deleted_by": members::actor(change)? });
        Ok(emit::fire(change, "article.deleted", &payload)?)
    }

    fn index(&self, body: &Body, index: &mut Index) {
        slug::facet(body, &mut index.multi_values);
    }
}

/// Fires each time the status becomes `published`, for internal articles too (ours).
fn published(change: &mut Change<'_>, article: &Object) -> Result<(), ApiError> {
    let payload =
        json!({ "article": view::event(&ARTICLES, article), "published_by": members::actor(change)? });
    Ok(emit::fire(change, "article.published", &payload)?)
}

/// Sets the derived members. `was` is the status before the change.
fn derive(change: &Change<'_>, was: &str, body: &mut Body) {
    let words = text(body, "content").split_whitespace().count();
    set(body, "readTime", format!("{} min", words.div_ceil(READING_SPEED).max(1)));
    if was != "published" && text(body, "status") == "published" {
        set(body, "publishedAt", now(change));
    }
}

/// The beginning of the text, without Markdown syntax.
fn excerpt(content: &str) -> Value {
    let plain = content.replace(['#', '*', '`', '_', '>'], " ");
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(EXCERPT) {
        _ if words.is_empty() => Value::Null,
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default().trim_end()).into(),
        None => words.into(),
    }
}

fn check_category(tables: &Tables<'_>, body: &Body) -> Result<(), ApiError> {
    let exists = match Uuid::parse(text(body, CATEGORY_ID)) {
        Some(uuid) => tables.find(CATEGORIES.kind, uuid)?.is_some(),
        None => true,
    };
    let unknown = || ApiError::parameter_invalid(CATEGORY_ID, "There is no category with this id.");
    exists.then_some(()).ok_or_else(unknown)
}

/// The category with this id, slug or name.
fn category_named(tables: &Tables<'_>, named: &str) -> Result<Uuid, ApiError> {
    if let Some(uuid) = Uuid::parse(named) {
        return Ok(uuid);
    }
    let by_slug = tables.with(CATEGORIES.kind, slug::FACET, &Sql::Text(named.to_owned()))?;
    let found = match by_slug.into_iter().next() {
        Some(found) => Some(found),
        None => tables.with(CATEGORIES.kind, "name", &Sql::Text(named.to_owned()))?.into_iter().next(),
    };
    let unknown =
        || ApiError::parameter_invalid("category", "There is no category with this id, slug or name.");
    found.map(|category| category.uuid).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use crate::sandbox::model::articles::excerpt;

    #[test]
    fn excerpt_has_no_markdown_syntax() {
        assert_eq!(excerpt("## Hello\n\nOpen **Settings**."), "Hello Open Settings .");
        assert!(excerpt(" \n").is_null());
        assert_eq!(excerpt(&"word ".repeat(100)).as_str().unwrap().chars().count(), 160);
    }
}
