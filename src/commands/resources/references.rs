//! Ids of other objects in flags, such as `--customer-id`: as for the objects of the commands, the beginning of an id
//! or the end that terminals show is enough.

use clap::ArgMatches;
use serde_json::{Map, Value};

use super::resolve::{find, is_whole};
use super::table::{Entry, entry};
use super::view;
use crate::ops::session::Session;
use crate::output::Failure;

/// Members that are ids, and the commands of what they name.
const MEMBERS: [(&str, &str); 3] =
    [("customerId", "customers"), (ASSIGNEE, "members"), ("categoryId", "categories")];
/// Filters. Articles have `category` as a member too, where it is a name.
const FILTERS: [(&str, &str); 3] =
    [("customerId", "customers"), (ASSIGNEE, "members"), ("category", "categories")];
/// Any text can be one, such as the id of a user.
const ASSIGNEE: &str = "assignedTo";

/// Replaces the shortened ids in `members` that flags gave.
pub(super) async fn complete_members(
    session: &Session,
    matches: &ArgMatches,
    members: &mut Map<String, Value>,
) -> Result<(), Failure> {
    for (name, of) in MEMBERS {
        if let Some(id) = given(matches, name) {
            members.insert(name.to_owned(), whole_id(session, name, of, id).await?.into());
        }
    }
    Ok(())
}

/// The value of the filter `name`, with the whole id if it is one.
pub(super) async fn filter(
    session: &Session,
    matches: &ArgMatches,
    name: &str,
) -> Result<Option<String>, Failure> {
    let Some(value) = given(matches, name) else { return Ok(None) };
    match FILTERS.iter().find(|(filter, _)| *filter == name) {
        Some((_, of)) => whole_id(session, name, of, value).await.map(Some),
        None => Ok(Some(value.to_owned())),
    }
}

fn given<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.try_get_one::<String>(name).ok().flatten().map(String::as_str)
}

async fn whole_id(session: &Session, name: &str, of: &str, id: &str) -> Result<String, Failure> {
    match entry(of).filter(|entry| is_looked_up(entry, name, id)) {
        Some(entry) => Ok(view::id(&find(session, entry, id).await?).to_owned()),
        None => Ok(id.to_owned()),
    }
}

/// Whether `id` can be a part of an id. Whole ones cost no request.
fn is_looked_up(entry: &Entry, name: &str, id: &str) -> bool {
    let is_part = name != ASSIGNEE || id.starts_with('…') || id.starts_with(entry.resource.id_prefix());
    is_part && !is_whole(entry, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parts_of_ids_are_looked_up() {
        let is_looked_up = |of: &str, name: &str, id: &str| is_looked_up(entry(of).unwrap(), name, id);
        for (of, name, id, looked_up) in [
            ("customers", "customerId", "cus_25", true),
            ("customers", "customerId", "…25990cb8", true),
            ("customers", "customerId", "jane", true),
            ("customers", "customerId", "cus_25990cb8cbbf4671a973672cde1cf42d", false),
            ("members", ASSIGNEE, "mem_0000", true),
            ("members", ASSIGNEE, "…00000001", true),
            ("members", ASSIGNEE, "user_7", false),
            ("members", ASSIGNEE, "mem_00000000000040008000000000000001", false),
            ("categories", "category", "8a5a04a4", true),
            ("categories", "categoryId", "8a5a04a4-0bc3-4166-a844-18f3a9ff7676", false),
        ] {
            assert_eq!(is_looked_up(of, name, id), looked_up, "{name} {id}");
        }
    }
}
