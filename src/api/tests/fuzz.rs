//! Random responses: parsed or rejected, without a panic.

use http::HeaderMap;

use super::{ApiError, Pagination, envelope, resource};
use crate::net::BaseUrl;

/// The first byte is the status, the rest the body.
pub(crate) fn answers(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let Ok(base) = BaseUrl::parse(BaseUrl::DEFAULT) else { return };
    if let Ok(page) = resource::page(body) {
        let more = page.pagination.as_ref().is_some_and(Pagination::has_more);
        assert!(!more || page.pagination.is_some());
        assert!(page.items.len() <= body.len());
    }
    let _ = envelope::data::<serde_json::Value>(body);
    let status = 300 + u16::from(*first);
    let error = ApiError::from_response(status, &HeaderMap::new(), body, &base);
    assert!(!error.to_string().is_empty());
}
