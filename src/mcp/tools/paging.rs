//! Pages: what every list takes and tells about them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{Page, Pagination};

/// The size of a page unless something else is asked for (documented).
pub(super) const fn page_size() -> u32 {
    20
}

/// The first page (documented: they count from 1).
pub(super) const fn first_page() -> u32 {
    1
}

/// Where in the list this page is.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Paging {
    /// Whether there is another page.
    has_more: bool,
    /// What to pass as `page` for the next one, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page: Option<u64>,
    /// How many there are in all, if cStar says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

impl Paging {
    /// Of the page numbered `page`.
    pub(super) fn from_page(answer: &Page, page: u32) -> Self {
        let known = answer.pagination.as_ref();
        let has_more = known.is_some_and(Pagination::has_more);
        let next_page = has_more.then(|| known.and_then(|known| known.page).unwrap_or(page.into()) + 1);
        Self { has_more, next_page, total: known.and_then(|known| known.total) }
    }
}
