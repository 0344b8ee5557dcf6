//! Pages of lists: the arguments and the result.

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{Page, Pagination};

/// The default page size (documented).
pub(super) const fn page_size() -> u32 {
    20
}

/// The first page (documented: pages count from 1).
pub(super) const fn first_page() -> u32 {
    1
}

/// The position of a page in its list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Paging {
    /// Whether there is another page.
    has_more: bool,
    /// The `page` of the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page: Option<u64>,
    /// The total number of items, if cStar reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

impl Paging {
    /// The position of the page with the number `page`.
    pub(super) fn from_page(answer: &Page, page: u32) -> Self {
        let known = answer.pagination.as_ref();
        let has_more = known.is_some_and(Pagination::has_more);
        let next_page = has_more.then(|| known.and_then(|known| known.page).unwrap_or(page.into()) + 1);
        Self { has_more, next_page, total: known.and_then(|known| known.total) }
    }
}
