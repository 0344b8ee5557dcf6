//! Finds an object by its id, by the beginning of it, or by the end that terminals show.

use serde_json::Value;

use super::build::with_article;
use super::table::{ENTRIES, Entry};
use super::view;
use crate::api::{ApiError, Pagination, Query};
use crate::ops::session::Session;
use crate::output::Failure;
use crate::output::error_hints::find_by_id;
use crate::output::width::matches_id;

/// Pages of the newest objects in which a shortened id is looked for.
const MOST_PAGES: u64 = 5;
const PAGE_SIZE: u64 = 100;
/// Digits of a UUID; the sandbox and older pages of cStar have all of them in an id.
const WHOLE: usize = 32;

/// The object that `wanted` names, as `get` returns it.
pub(super) async fn find(session: &Session, entry: &Entry, wanted: &str) -> Result<Value, Failure> {
    check(entry, wanted)?;
    if !wanted.starts_with('…') {
        match session.client.get(&session.identity, entry.path(), wanted).await {
            Ok(object) => return Ok(object),
            Err(ApiError::Refused { status: 404, .. }) if !is_whole(entry, wanted) => {}
            Err(error) => return Err(hinted(entry, error)),
        }
    }
    let newest = newest(session, entry).await?;
    let matches = |object: &Value| matches_id(view::id(object), wanted);
    match find_by_id(entry.name, &newest, wanted, view::id, matches)? {
        Some(found) => {
            let found = session.client.get(&session.identity, entry.path(), view::id(found)).await;
            found.map_err(|error| hinted(entry, error))
        }
        None => Err(Failure::failed(format!("there is no {} `{wanted}`", entry.one)).hint(hint(entry))),
    }
}

fn hint(entry: &Entry) -> String {
    format!("list them: cstar {} list", entry.name)
}

fn hinted(entry: &Entry, error: ApiError) -> Failure {
    let missing = matches!(error, ApiError::Refused { status: 404, .. });
    let failure = Failure::from(error);
    if missing { failure.hint(hint(entry)) } else { failure }
}

/// Refuses an id that is too short or malformed before any request is made.
fn check(entry: &Entry, wanted: &str) -> Result<(), Failure> {
    let rest = wanted.trim_start_matches('…');
    let is_plain = rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let prefix = entry.resource.id_prefix();
    if !is_plain {
        let message = format!("`{wanted}` cannot be the id of {}", with_article(entry.one));
        return Err(Failure::usage(message).hint(hint(entry)));
    }
    if rest.is_empty() || prefix.starts_with(rest) {
        let message = format!("`{wanted}` is too short for the id of {}", with_article(entry.one));
        return Err(Failure::usage(message).hint(hint(entry)));
    }
    if let Some(other) = ENTRIES.iter().find(|other| is_id_of(other, rest) && !is_id_of(entry, rest)) {
        let (one, wanted_one) = (with_article(other.one), with_article(entry.one));
        let message = format!("`{wanted}` is the id of {one}, not of {wanted_one}");
        return Err(Failure::usage(message).hint(format!("show it: cstar {} get {wanted}", other.name)));
    }
    Ok(())
}

/// Whether an id begins as those of `entry` do.
fn is_id_of(entry: &Entry, id: &str) -> bool {
    let prefix = entry.resource.id_prefix();
    !prefix.is_empty() && id.starts_with(prefix)
}

/// Whether no longer id begins with this one.
pub(super) fn is_whole(entry: &Entry, wanted: &str) -> bool {
    let rest = wanted.strip_prefix(entry.resource.id_prefix()).unwrap_or(wanted);
    rest.chars().filter(|c| *c != '-').count() >= WHOLE
}

/// The newest objects, enough for what a person has just seen.
async fn newest(session: &Session, entry: &Entry) -> Result<Vec<Value>, Failure> {
    let mut found = Vec::new();
    for page in 1..=MOST_PAGES {
        let query = Query::default().with("page", Some(page)).with("pageSize", Some(PAGE_SIZE));
        let page = session.client.list(&session.identity, entry.path(), &query).await?;
        let is_last = page.items.is_empty() || !page.pagination.as_ref().is_some_and(Pagination::has_more);
        found.extend(page.items);
        if is_last {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::resources::table::entry;

    #[test]
    fn ids_are_checked_before_any_request() {
        let tickets = entry("tickets").unwrap();
        for wanted in ["tkt_1", "…a1b2c3d4", "25990cb8", "none"] {
            assert!(check(tickets, wanted).is_ok(), "{wanted}");
        }
        for (wanted, problem) in [
            ("", "too short"),
            ("tkt", "too short"),
            ("tkt_", "too short"),
            ("tkt_1/../x", "cannot be the id of a ticket"),
            ("tkt 1", "cannot be the id"),
            ("tkt_1?x", "cannot be the id"),
            ("cus_1", "is the id of a customer, not of a ticket"),
        ] {
            assert!(check(tickets, wanted).unwrap_err().plain_text().contains(problem), "{wanted}");
        }
        assert!(check(entry("articles").unwrap(), "a b").unwrap_err().plain_text().contains("an article"));
    }

    #[test]
    fn whole_ids_are_recognised() {
        let tickets = entry("tickets").unwrap();
        assert!(is_whole(tickets, "tkt_25990cb8cbbf4671a973672cde1cf42d"));
        assert!(is_whole(tickets, "25990cb8-cbbf-4671-a973-672cde1cf42d"));
        assert!(!is_whole(tickets, "tkt_a1B2c3D4e5F6"));
    }
}
