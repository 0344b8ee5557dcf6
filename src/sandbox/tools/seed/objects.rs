//! Creates objects from their JSON, as a request does, and the library and community with them.

use serde_json::{Value, json};

use super::words;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::model::articles::ARTICLES;
use crate::sandbox::model::categories::CATEGORIES;
use crate::sandbox::model::community_posts::COMMUNITY_POSTS;
use crate::sandbox::model::customer_groups::CUSTOMER_GROUPS;
use crate::sandbox::model::resource::Resource;
use crate::sandbox::model::{input, operations};
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Object;

/// Only once: a second seed adds only customers and tickets.
pub(super) fn library(change: &mut Change<'_>) -> Result<(), ApiError> {
    if change.count(CATEGORIES.kind, "slug", &"getting-started".to_owned().into())? > 0 {
        return Ok(());
    }
    let mut categories = Vec::new();
    for (place, (name, description, icon, color)) in words::CATEGORIES.iter().enumerate() {
        let body = json!({
            "name": name, "description": description, "icon": icon, "color": color, "sortOrder": place,
        });
        categories.push(create(change, &CATEGORIES, body)?.uuid.to_string());
    }
    for (place, title, content, status) in words::ARTICLES {
        let category = categories.get(*place);
        let body = json!({
            "title": title, "content": content, "status": status, "categoryId": category, "tags": ["guide"],
        });
        create(change, &ARTICLES, body)?;
    }
    for (name, description) in words::GROUPS {
        create(change, &CUSTOMER_GROUPS, json!({ "name": name, "description": description }))?;
    }
    for (title, text, status) in words::POSTS {
        create(change, &COMMUNITY_POSTS, json!({ "title": title, "body": text, "status": status }))?;
    }
    Ok(())
}

pub(super) fn create(
    change: &mut Change<'_>,
    resource: &'static Resource,
    body: Value,
) -> Result<Object, ApiError> {
    operations::create(change, resource, None, input::creation(resource, object(body))?)
}

pub(super) fn object(body: Value) -> serde_json::Map<String, Value> {
    match body {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    }
}
