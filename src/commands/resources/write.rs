//! `create`, `update`, `close`, `delete` and `reply`. A write with a live key asks first, and so does every deletion.

use clap::ArgMatches;
use serde_json::{Map, Value};

use super::body;
use super::build::{ID, TEXT, YES, with_article};
use super::list::text;
use super::references;
use super::resolve::find;
use super::table::Entry;
use super::view;
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::ops::session::Session;
use crate::output::sanitize::escape;
use crate::output::{Failure, style};
use crate::sandbox::model::messages::MESSAGES;

pub(super) async fn create(
    context: &mut Context,
    entry: &'static Entry,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let mut members = body::members(matches, entry.resource, true)?;
    body::check_required(&members, entry.resource, &format!("{} create", entry.name))?;
    let session = context.session().await?;
    references::complete_members(&session, matches, &mut members).await?;
    let what = format!("Create {}", with_article(entry.one));
    confirm_live(context, &session, matches, &what).await?;
    let created = session.client.create(&session.identity, entry.path(), &Value::Object(members)).await?;
    let line = format!("{}  {}", style::good("Created"), view::described(entry, &created));
    view::print(context, matches, &created, |out| out.text(&line))
}

pub(super) async fn update(
    context: &mut Context,
    entry: &'static Entry,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let members = body::members(matches, entry.resource, false)?;
    if members.is_empty() {
        let command = if entry.is_single() {
            "settings update".to_owned()
        } else {
            format!("{} update ID", entry.name)
        };
        return Err(Failure::usage("there is nothing to change")
            .hint(format!("say what: cstar {command} {}", entry.update_example)));
    }
    change(context, entry, matches, members, "Updated").await
}

pub(super) async fn close(
    context: &mut Context,
    entry: &'static Entry,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let closed = Map::from_iter([("status".to_owned(), "closed".into())]);
    change(context, entry, matches, closed, "Closed").await
}

async fn change(
    context: &mut Context,
    entry: &'static Entry,
    matches: &ArgMatches,
    mut members: Map<String, Value>,
    done: &str,
) -> Result<(), Failure> {
    let session = context.session().await?;
    references::complete_members(&session, matches, &mut members).await?;
    let path = match entry.is_single() {
        true => entry.path().to_owned(),
        false => {
            let found = find(&session, entry, text(matches, ID)).await?;
            format!("{}/{}", entry.path(), view::id(&found))
        }
    };
    let what = if entry.is_single() {
        "Change the settings".to_owned()
    } else {
        format!("Change {}", escape(&path))
    };
    confirm_live(context, &session, matches, &what).await?;
    let updated = session.client.update(&session.identity, &path, &Value::Object(members)).await?;
    let line = format!("{}  {}", style::good(done), view::described(entry, &updated));
    view::print(context, matches, &updated, |out| out.text(&line))
}

pub(super) async fn delete(
    context: &mut Context,
    entry: &'static Entry,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let session = context.session().await?;
    let found = find(&session, entry, text(matches, ID)).await?;
    let (id, described) = (view::id(&found), view::described(entry, &found));
    if !matches.get_flag(YES) {
        let question = Question {
            text: &format!("Delete {} {described}?", entry.one),
            action: &format!("deleting {}", escape(id)),
            hint: &format!("add --yes: cstar {} delete {} --yes", entry.name, escape(id)),
        };
        confirm(context, &question).await?;
    }
    let answer = session.client.delete(&session.identity, entry.path(), id).await?;
    view::print(context, matches, &answer, |out| {
        out.text(&format!("{}  {described}", style::good("Deleted")))
    })
}

pub(super) async fn reply(
    context: &mut Context,
    entry: &'static Entry,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let given = text(matches, TEXT);
    let content = match given.strip_prefix('@').or((given == "-").then_some("-")) {
        Some(path) => body::read_text(path, "the message")?,
        None => given.to_owned(),
    };
    if content.trim().is_empty() {
        return Err(Failure::usage("the message is empty"));
    }
    let mut members = body::members(matches, &MESSAGES, true)?;
    members.insert("content".to_owned(), content.into());
    let session = context.session().await?;
    let ticket = find(&session, entry, text(matches, ID)).await?;
    confirm_live(context, &session, matches, &format!("Add a message to {}", escape(view::id(&ticket))))
        .await?;
    let path = format!("{}/{}/messages", entry.path(), view::id(&ticket));
    let message = session.client.create(&session.identity, &path, &Value::Object(members)).await?;
    let line = format!("{}  {}", style::good("Added to"), view::described(entry, &ticket));
    view::print(context, matches, &message, |out| out.text(&line))
}

/// Asks before a write with a live key: it changes what customers see.
pub(super) async fn confirm_live(
    context: &Context,
    session: &Session,
    matches: &ArgMatches,
    what: &str,
) -> Result<(), Failure> {
    if matches.get_flag(YES) || session.identity.environment.as_deref() != Some("live") {
        return Ok(());
    }
    let team = session.identity.team_name.as_deref().unwrap_or(&session.identity.team_id);
    let question = Question {
        text: &format!("{what} in the live data of {}?", escape(team)),
        action: "a write with a live key",
        hint: "add --yes, or use a test key",
    };
    confirm(context, &question).await.map(drop)
}
