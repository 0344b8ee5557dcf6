//! The rules of categories: slugs, order, and the articles of a deleted category.

use rusqlite::types::Value as Sql;
use serde_json::Value;

use super::articles::{ARTICLES, CATEGORY_ID};
use super::categories::PLACE;
use super::categories::{CATEGORIES, Categories};
use super::resource::{New, Rules, set, text};
use super::{operations, slug};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object};

impl Rules for Categories {
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        let slug = slug::unique(change, CATEGORIES.kind, text(&new.body, "name"))?;
        set(&mut new.body, "slug", slug);
        Ok(())
    }

    /// The articles remain without a category (documented). They were not edited, so no event is fired (ours).
    fn deleting(&self, change: &mut Change<'_>, category: &Object) -> Result<(), ApiError> {
        let id = Sql::Text(category.uuid.to_string());
        for before in change.with(ARTICLES.kind, CATEGORY_ID, &id)? {
            let mut after = before.clone();
            set(&mut after.body, CATEGORY_ID, Value::Null);
            operations::store(change, &ARTICLES, &before, &after)?;
        }
        Ok(())
    }

    fn index(&self, body: &Body, index: &mut Index) {
        slug::facet(body, &mut index.multi_values);
        index.multi_values.push(("name", Sql::Text(text(body, "name").to_owned())));
        let order = body.get("sortOrder").and_then(Value::as_i64).unwrap_or_default();
        // text that sorts like the number
        let place = format!("{:010} {}", order + 1_000_000_000, text(body, "name").to_lowercase());
        index.sort_keys.push((PLACE, Sql::Text(place)));
    }
}
