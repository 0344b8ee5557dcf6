//! `list`, `get` and `messages`.

use std::io;

use clap::ArgMatches;
use serde_json::Value;

use super::build::{ALL, DEFAULT_LIST, ID, LIMIT, SEARCH, SORT, plural};
use super::references;
use super::resolve::find;
use super::table::Entry;
use super::verb::Verb;
use super::view;
use crate::api::{Pagination, Query};
use crate::commands::Context;
use crate::ops::session::Session;
use crate::output::format::count;
use crate::output::{Failure, Output, style};

/// The largest page of the API (documented).
const PAGE_SIZE: u64 = 100;

pub(super) async fn run(
    context: &mut Context,
    entry: &'static Entry,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let session = context.session().await?;
    let query = query(&session, entry, matches).await?;
    let (objects, total) = pages(&session, entry.path(), &query, limit(matches)).await?;
    let list = Value::Array(objects);
    let is_filtered = entry.resource.filters.iter().any(|filter| matches.contains_id(filter.param));
    let is_filtered = is_filtered || matches.try_contains_id(SEARCH).unwrap_or(false);
    let objects = items(&list);
    view::print(context, matches, &list, |out| {
        if objects.is_empty() {
            return out.status(&style::dim(&nothing(entry, is_filtered)));
        }
        view::list(out, entry.columns, objects)?;
        note_rest(out, objects.len(), total)
    })
}

/// The most objects that `--limit` and `--all` ask for.
pub(super) fn limit(matches: &ArgMatches) -> u64 {
    let limit = matches.get_one::<u64>(LIMIT).copied().unwrap_or(DEFAULT_LIST);
    if matches.get_flag(ALL) { u64::MAX } else { limit }
}

/// The first `limit` objects of a list, and how many it has if the API says so.
pub(super) async fn pages(
    session: &Session,
    path: &str,
    query: &Query,
    limit: u64,
) -> Result<(Vec<Value>, Option<u64>), Failure> {
    let (mut objects, mut total, mut number) = (Vec::new(), None, 1);
    loop {
        let query = query.clone().with("page", Some(number)).with("pageSize", Some(limit.min(PAGE_SIZE)));
        let page = session.client.list(&session.identity, path, &query).await?;
        let has_more = page.pagination.as_ref().is_some_and(Pagination::has_more) && !page.items.is_empty();
        total = page.pagination.and_then(|pagination| pagination.total).or(total);
        objects.extend(page.items);
        number += 1;
        if !has_more || objects.len() as u64 >= limit {
            break;
        }
    }
    objects.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((objects, total))
}

/// Says that a list is longer than what is shown.
pub(super) fn note_rest(out: &mut Output, shown: usize, total: Option<u64>) -> io::Result<()> {
    match total {
        Some(total) if total > shown as u64 => {
            let (shown, total) = (count(shown as u64), count(total));
            out.status(&style::dim(&format!("{shown} of {total}; --all lists all")))
        }
        _ => Ok(()),
    }
}

fn nothing(entry: &Entry, is_filtered: bool) -> String {
    let many = plural(entry);
    if is_filtered {
        return format!("No {many} match.");
    }
    let hint = format!(" Create one with: cstar {} create {}", entry.name, entry.create_example);
    format!("There are no {many} yet.{}", if entry.verbs().contains(&Verb::Create) { &hint } else { "" })
}

/// The parameters of the filters that are given.
pub(super) async fn query(session: &Session, entry: &Entry, matches: &ArgMatches) -> Result<Query, Failure> {
    let params = entry.resource.filters.iter().map(|filter| filter.param);
    let mut query = Query::default();
    for param in params.chain([SEARCH, SORT]) {
        query = query.with(param, references::filter(session, matches, param).await?);
    }
    Ok(query)
}

pub(super) async fn get(
    context: &mut Context,
    entry: &'static Entry,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let session = context.session().await?;
    let object = match matches.try_get_one::<String>(ID).ok().flatten() {
        Some(id) => find(&session, entry, id).await?,
        None => session.client.get_single(&session.identity, entry.path()).await?,
    };
    view::print(context, matches, &object, |out| view::object(out, &object))
}

pub(super) async fn messages(
    context: &mut Context,
    entry: &'static Entry,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let session = context.session().await?;
    let wanted = matches.get_one::<String>(ID).map_or("", String::as_str);
    let ticket = find(&session, entry, wanted).await?;
    let path = format!("{}/{}/messages", entry.path(), view::id(&ticket));
    let messages = session.client.get_single(&session.identity, &path).await?;
    let list = messages.as_array().map(Vec::as_slice).unwrap_or_default();
    view::print(context, matches, &messages, |out| match list {
        [] => out.status(&style::dim("This ticket has no messages yet.")),
        _ => view::messages(out, list),
    })
}

/// The text of a required argument.
pub(super) fn text<'m>(matches: &'m ArgMatches, name: &str) -> &'m str {
    matches.try_get_one::<String>(name).ok().flatten().map_or("", String::as_str)
}

/// The members of an answer that is a list.
pub(super) fn items(answer: &Value) -> &[Value] {
    answer.as_array().map(Vec::as_slice).unwrap_or_default()
}
