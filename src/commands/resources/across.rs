//! `cstar search` and `cstar tags`.

use clap::ArgMatches;
use serde_json::Value;

use super::build::{ID, LIMIT, TEXT, TYPES, YES};
use super::list::{items, text};
use super::view;
use super::write::confirm_live;
use crate::api::{ApiError, Query};
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::output::sanitize::escape;
use crate::output::table::{Column, Fit};
use crate::output::{Failure, style};

const RESULTS: [(&str, Column); 4] = [
    ("type", Column::new("TYPE", Fit::Whole)),
    ("id", Column::new("ID", Fit::Id)),
    ("title", Column::new("TITLE", Fit::Truncate(16))),
    ("snippet", Column::optional("SNIPPET", Fit::Truncate(16))),
];

const TAGS: [(&str, Column); 2] =
    [("name", Column::new("NAME", Fit::Truncate(20))), ("count", Column::new("COUNT", Fit::Right))];

const LIST_TAGS: &str = "list them: cstar tags list";

/// `cstar search`.
pub(super) async fn search(context: &mut Context, matches: &ArgMatches) -> Result<(), Failure> {
    let words: Vec<&str> =
        matches.get_many::<String>(TEXT).into_iter().flatten().map(String::as_str).collect();
    let term = words.join(" ");
    if term.trim().is_empty() {
        return Err(Failure::usage("there is nothing to search for").hint("like this: cstar search invoice"));
    }
    let types: Vec<&str> =
        matches.get_many::<String>(TYPES).into_iter().flatten().map(String::as_str).collect();
    let types = Some(types.join(",")).filter(|types| !types.is_empty());
    let limit = matches.get_one::<u64>(LIMIT);
    let query = Query::default().with("q", Some(&term)).with("types", types).with("limit", limit);
    let session = context.session().await?;
    let found = session.client.list(&session.identity, "search", &query).await?.items;
    let found = Value::Array(found);
    view::print(context, matches, &found, |out| match items(&found) {
        [] => out.status(&style::dim(&format!("Nothing contains `{}`.", escape(&term)))),
        found => view::list(out, &RESULTS, found),
    })
}

/// `cstar tags list`.
pub(super) async fn list_tags(context: &mut Context, matches: &ArgMatches) -> Result<(), Failure> {
    let session = context.session().await?;
    let tags = session.client.get_single(&session.identity, "tags").await?;
    view::print(context, matches, &tags, |out| match items(&tags) {
        [] => out.status(&style::dim("There are no tags yet. Create one with: cstar tags create vip")),
        tags => view::list(out, &TAGS, tags),
    })
}

/// `cstar tags create`.
pub(super) async fn create_tag(context: &mut Context, matches: &ArgMatches) -> Result<(), Failure> {
    let name = text(matches, ID);
    let session = context.session().await?;
    confirm_live(context, &session, matches, &format!("Create the tag `{}`", escape(name))).await?;
    let body = serde_json::json!({ "name": name });
    let tag = session.client.create(&session.identity, "tags", &body).await?;
    view::print(context, matches, &tag, |out| {
        out.text(&format!("{}  {}", style::good("Created"), escape(name)))
    })
}

/// `cstar tags delete`.
pub(super) async fn delete_tag(context: &mut Context, matches: &ArgMatches) -> Result<(), Failure> {
    let name = text(matches, ID);
    if matches!(name, "" | "." | "..") {
        return Err(Failure::usage(format!("`{name}` cannot be the name of a tag")).hint(LIST_TAGS));
    }
    let session = context.session().await?;
    if !matches.get_flag(YES) {
        let question = Question {
            text: &format!("Delete the tag `{}`?", escape(name)),
            action: &format!("deleting the tag `{}`", escape(name)),
            hint: "add --yes",
        };
        confirm(context, &question).await?;
    }
    let answer = match session.client.delete_named(&session.identity, "tags", name).await {
        Ok(answer) => answer,
        Err(error @ ApiError::Refused { status: 404, .. }) => {
            return Err(Failure::from(error).hint(LIST_TAGS));
        }
        Err(error) => return Err(error.into()),
    };
    view::print(context, matches, &answer, |out| {
        out.text(&format!("{}  {}", style::good("Deleted"), escape(name)))
    })
}
