//! Resources of a team: one by its id, or a page of a list, in both documented shapes.

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use super::limits::{MAX_ITEMS, is_valid_id};
use super::{ApiError, Client, Identity};

/// A query string; its members keep the order in which they were set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(&'static str, String)>);

impl Query {
    /// Sets a member, if there is a value.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.0.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// The members in their order.
    pub(crate) fn members(&self) -> &[(&'static str, String)] {
        &self.0
    }

    /// `path` with this query.
    fn after(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish();
        format!("{path}?{query}")
    }
}

/// A page of a list. Its items are unchanged.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    /// Some lists have no pages.
    pub(crate) pagination: Option<Pagination>,
}

/// The position of a page in its list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Pagination {
    pub(crate) total: Option<u64>,
    /// From 1.
    pub(crate) page: Option<u64>,
    pub(crate) page_size: Option<u64>,
    pub(crate) has_more: Option<bool>,
    pub(crate) total_pages: Option<u64>,
    /// For lists with cursors.
    #[serde(alias = "nextAfter", alias = "nextCursor")]
    pub(crate) after: Option<String>,
}

/// documented: `pagination` at the top level (newer pages) or in `meta` (older ones).
#[derive(Deserialize)]
struct ListBody {
    data: Vec<Value>,
    #[serde(default)]
    pagination: Option<Pagination>,
    #[serde(default)]
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    pagination: Option<Pagination>,
}

impl Pagination {
    /// Whether there is a next page, in any of the documented forms.
    pub(crate) fn has_more(&self) -> bool {
        let by_pages = || Some(self.page? < self.total_pages?);
        let by_total = || Some(self.page?.saturating_mul(self.page_size?) < self.total?);
        self.has_more.or_else(by_pages).or_else(by_total).unwrap_or(false)
    }
}

impl Client {
    /// `GET` of one resource of the team, such as `tickets` and `tkt_1`.
    pub(crate) async fn get(&self, identity: &Identity, name: &str, id: &str) -> Result<Value, ApiError> {
        if !is_valid_id(id) {
            return Err(ApiError::InvalidId(id.to_owned()));
        }
        let path = format!("/api/v1/teams/{}/{name}/{id}", identity.team_id);
        self.send(Method::GET, &path, None).await
    }

    /// `GET` of what has no id, such as `settings`, or of a list without pages, such as `tickets/tkt_1/messages`.
    pub(crate) async fn get_single(&self, identity: &Identity, path: &str) -> Result<Value, ApiError> {
        self.send(Method::GET, &below_team(identity, path)?, None).await
    }

    /// `POST` to a list of the team, such as `tickets` or `tickets/tkt_1/messages`.
    pub(crate) async fn create(
        &self,
        identity: &Identity,
        path: &str,
        body: &Value,
    ) -> Result<Value, ApiError> {
        self.send(Method::POST, &below_team(identity, path)?, Some(body)).await
    }

    /// `PATCH` of what is at `path`, such as `tickets/tkt_1` or `settings`.
    pub(crate) async fn update(
        &self,
        identity: &Identity,
        path: &str,
        body: &Value,
    ) -> Result<Value, ApiError> {
        self.send(Method::PATCH, &below_team(identity, path)?, Some(body)).await
    }

    /// `DELETE` of one resource of the team; returns the `data` of the response.
    pub(crate) async fn delete(&self, identity: &Identity, name: &str, id: &str) -> Result<Value, ApiError> {
        self.send(Method::DELETE, &below_team(identity, &format!("{name}/{id}"))?, None).await
    }

    /// `DELETE` of what has any text as its name, such as a tag.
    pub(crate) async fn delete_named(
        &self,
        identity: &Identity,
        list: &str,
        name: &str,
    ) -> Result<Value, ApiError> {
        let path = format!("{}/{}", below_team(identity, list)?, path_segment(name)?);
        self.send(Method::DELETE, &path, None).await
    }

    /// `GET` of a list of the team, such as `tickets`.
    pub(crate) async fn list(
        &self,
        identity: &Identity,
        name: &str,
        query: &Query,
    ) -> Result<Page, ApiError> {
        let path = query.after(&format!("/api/v1/teams/{}/{name}", identity.team_id));
        let answer = self.answer(Method::GET, &path, None).await?;
        page(&answer.body)
    }
}

/// The path of `path`, whose parts are names of this program and ids.
fn below_team(identity: &Identity, path: &str) -> Result<String, ApiError> {
    match path.split('/').find(|part| !is_valid_id(part)) {
        Some(part) => Err(ApiError::InvalidId(part.to_owned())),
        None => Ok(format!("/api/v1/teams/{}/{path}", identity.team_id)),
    }
}

/// Any text as one part of a path. `.` and `..` cannot be: servers and proxies remove them.
fn path_segment(text: &str) -> Result<String, ApiError> {
    if matches!(text, "" | "." | "..") {
        return Err(ApiError::InvalidId(text.to_owned()));
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let encode =
        |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    Ok(text.bytes().map(encode).collect())
}

/// Parses a page of a list.
pub(super) fn page(body: &[u8]) -> Result<Page, ApiError> {
    let answer: ListBody = serde_json::from_slice(body).map_err(ApiError::InvalidResponse)?;
    if answer.data.len() > MAX_ITEMS {
        return Err(ApiError::LongPage(answer.data.len()));
    }
    let pagination = answer.pagination.or(answer.meta.and_then(|meta| meta.pagination));
    Ok(Page { items: answer.data, pagination })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_documented_shapes_are_read() {
        let top = br#"{"success":true,"data":[{"id":"a"}],"pagination":{"total":42,"page":1,"pageSize":20,"hasMore":true}}"#;
        let meta = br#"{"data":[{"id":"a"}],"meta":{"requestId":"r","pagination":{"page":1,"pageSize":20,"total":142,"totalPages":8}}}"#;
        for body in [&top[..], &meta[..]] {
            let page = page(body).unwrap();
            assert_eq!(page.items[0]["id"], "a");
            let pagination = page.pagination.unwrap();
            assert!(pagination.has_more(), "{pagination:?}");
            assert_eq!((pagination.page, pagination.page_size), (Some(1), Some(20)));
        }
        assert!(page(br#"{"data":[],"meta":{}}"#).unwrap().pagination.is_none());
        assert!(page(br#"{"data":{}}"#).is_err());
    }

    #[test]
    fn pages_have_at_most_a_hundred_items() {
        let of = |count| page(serde_json::json!({ "data": vec![0; count] }).to_string().as_bytes());
        assert_eq!(of(100).unwrap().items.len(), 100);
        assert!(matches!(of(101), Err(ApiError::LongPage(101))));
    }

    #[test]
    fn last_page_is_recognised() {
        let of = |text: &str| serde_json::from_str::<Pagination>(text).unwrap().has_more();
        assert!(!of(r#"{"hasMore":false,"page":1,"totalPages":8}"#));
        assert!(!of(r#"{"page":8,"totalPages":8}"#));
        assert!(of(r#"{"page":1,"pageSize":2,"total":3}"#));
        assert!(!of(r#"{"page":2,"pageSize":2,"total":3}"#));
        assert!(!of("{}"));
    }

    #[test]
    fn names_become_one_part_of_a_path() {
        assert_eq!(path_segment("a b/ü?").unwrap(), "a%20b%2F%C3%BC%3F");
        assert!([".", "..", ""].iter().all(|name| path_segment(name).is_err()));
    }

    #[test]
    fn query_values_are_escaped() {
        let query = Query::default().with("search", Some("a&b=ü c")).with("page", None::<u32>);
        assert_eq!(query.after("/t"), "/t?search=a%26b%3D%C3%BC+c");
        assert_eq!(Query::default().after("/t"), "/t");
    }
}
