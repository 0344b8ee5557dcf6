//! What readers of the public library use most: the popular articles and the totals (ours: cStar documents that
//! `popularArticles` resolves to an array, and neither its request nor the members of the statistics).

use serde_json::{Value, json};

use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::Params;
use crate::sandbox::store::object::{Object, Selection};
use crate::sandbox::store::tables::Tables;

/// Only the newest of more articles are compared.
const COMPARED: u64 = 10_000;

/// The values of `sort`.
pub(crate) const SORTS: [&str; 2] = ["recent", "popular"];

pub(crate) fn is_popular(params: &Params) -> Result<bool, ApiError> {
    match params.get("sort") {
        None | Some("recent") => Ok(false),
        Some("popular") => Ok(true),
        Some(_) => {
            let message = format!("The 'sort' parameter must be one of: {}.", SORTS.join(", "));
            Err(ApiError::parameter_invalid("sort", message))
        }
    }
}

fn number(article: &Object, name: &str) -> i64 {
    article.body.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// A page of the articles by their views, newest first among equals, and the total.
pub(crate) fn popular(tables: &Tables<'_>, selection: Selection) -> Result<(Vec<Object>, u64), ApiError> {
    let at = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let (skip, take) = (at(selection.offset), at(selection.limit));
    let (mut articles, total) = tables.select(&Selection { offset: 0, limit: COMPARED, ..selection })?;
    articles.sort_by_key(|article| std::cmp::Reverse(number(article, "viewCount")));
    Ok((articles.into_iter().skip(skip).take(take).collect(), total))
}

/// The totals of what readers see.
pub(crate) fn stats(
    tables: &Tables<'_>,
    articles: Selection,
    categories: &Selection,
) -> Result<Value, ApiError> {
    let (_, categories) = tables.select(categories)?;
    let (articles, total) = tables.select(&Selection { limit: COMPARED, ..articles })?;
    let sum = |name: &str| articles.iter().map(|article| number(article, name)).sum::<i64>();
    Ok(json!({
        "totalArticles": total,
        "totalCategories": categories,
        "totalViews": sum("viewCount"),
        "totalHelpful": sum("useCount"),
    }))
}
