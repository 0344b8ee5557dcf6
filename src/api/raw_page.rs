//! The position of a response of any list in its list.

use serde_json::Value;
use url::form_urlencoded;

use super::resource::Pagination;

/// Items of a page, unless the request says otherwise (documented: the largest `pageSize`).
const PAGE_SIZE: &str = "100";

/// The target of the first page: with the largest `pageSize`, unless the request has one or a `limit`.
pub(crate) fn first_page(target: &str) -> String {
    let chooses = pairs(target).iter().any(|(name, _)| name == "pageSize" || name == "limit");
    if chooses { target.to_owned() } else { with(target, "pageSize", PAGE_SIZE) }
}

/// The target of the page after `body`, which was the response of `target`. `None` after the last one, and if `body`
/// is no list.
pub(crate) fn next_page(target: &str, body: &Value) -> Option<String> {
    let pagination = body.get("pagination").or_else(|| body.get("meta")?.get("pagination"))?;
    let pagination: Pagination = serde_json::from_value(pagination.clone()).ok()?;
    let items = body.get("data").and_then(Value::as_array).map_or(0, Vec::len);
    // A server that promises more after nothing would be asked for ever.
    if items == 0 || !pagination.has_more() {
        return None;
    }
    let next = match &pagination.after {
        Some(after) => with(target, "after", after),
        None => {
            let asked = || pairs(target).iter().find(|(name, _)| name == "page")?.1.parse().ok();
            let page = pagination.page.or_else(asked).unwrap_or(1);
            with(target, "page", &page.saturating_add(1).to_string())
        }
    };
    (next != target).then_some(next)
}

fn pairs(target: &str) -> Vec<(String, String)> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// `target` with a member of its query set.
fn with(target: &str, name: &str, value: &str) -> String {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    let kept: Vec<_> = pairs(target).into_iter().filter(|(known, _)| known != name).collect();
    with_query(path, &[kept, vec![(name.to_owned(), value.to_owned())]].concat())
}

/// `target` with these members added to its query.
pub(crate) fn with_query(target: &str, members: &[(String, String)]) -> String {
    if members.is_empty() {
        return target.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    format!("{target}{}{query}", if target.contains('?') { '&' } else { '?' })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_are_counted_or_follow_a_cursor() {
        let page = |pagination: Value| json!({"data": [1], "pagination": pagination});
        let next = |target: &str, body: Value| next_page(target, &body);
        let counted = page(json!({"page": 1, "pageSize": 100, "total": 150, "hasMore": true}));
        assert_eq!(next("/t?pageSize=100", counted).as_deref(), Some("/t?pageSize=100&page=2"));
        let old = json!({"data": [1], "meta": {"pagination": {"page": 2, "totalPages": 3}}});
        assert_eq!(next("/t?page=2&a=b", old).as_deref(), Some("/t?a=b&page=3"));
        let cursor = page(json!({"hasMore": true, "nextAfter": "a b"}));
        assert_eq!(next("/t?limit=5", cursor.clone()).as_deref(), Some("/t?limit=5&after=a+b"));
        assert_eq!(next("/t?after=a+b", cursor), None, "the same cursor again");
        assert_eq!(next("/t", page(json!({"page": 2, "hasMore": false}))), None);
        assert_eq!(next("/t", json!({"data": [], "pagination": {"page": 2, "hasMore": true}})), None);
        for no_list in [json!({"data": {}}), json!([1]), json!(null), json!({"pagination": 7, "data": [1]})] {
            assert_eq!(next("/t", no_list), None);
        }
    }

    #[test]
    fn first_page_is_the_largest() {
        assert_eq!(first_page("/t"), "/t?pageSize=100");
        assert_eq!(first_page("/t?status=open"), "/t?status=open&pageSize=100");
        assert_eq!(first_page("/t?pageSize=5"), "/t?pageSize=5");
        assert_eq!(first_page("/logs?limit=5"), "/logs?limit=5");
    }
}
