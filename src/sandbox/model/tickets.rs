//! Tickets (documented), with the number, channel and times that the sandbox sets.

mod customer;

use rusqlite::types::Value as Sql;
use serde_json::{Map, Value, json};

pub(crate) use self::customer::{CUSTOMER_ID, customer_of};
use self::customer::{customer_summary, name_customer};
use super::customers::CUSTOMERS;
use super::field::{Access, Field, Initial, Kind, LONG, METADATA, NAME, TAGS, count, long_text, time};
use super::messages::MESSAGES;
use super::notifications::{Reason, notify};
use super::resource::{Filter, Inline, Inlined, New, Resource, Rules, Update, Verb};
use super::resource::{now, set, text};
use super::{days, emit, input, members, operations, sla_rules, view};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::uuid::IdShape;

/// Documented; the lengths are ours. `resolvedAt` is on other pages than the rest, so it comes last.
pub(crate) static TICKETS: Resource = Resource {
    kind: "ticket",
    path: "tickets",
    label: "Ticket",
    marker: Some("ticket"),
    id: Some(IdShape::Prefixed("tkt_")),
    fields: &[
        Field::new("title", Kind::Name { max: 500 }).required(),
        Field::new("priority", Kind::Choice(&["low", "normal", "high", "urgent"]))
            .or(Initial::Text("normal")),
        Field::new("status", Kind::Choice(&["new", "open", "pending", "resolved", "closed"]))
            .or(Initial::Text("new")),
        Field::new(CUSTOMER_ID, Kind::Id(IdShape::Prefixed("cus_"))).nullable(),
        Field::new("customerName", Kind::Text { max: NAME }).nullable(),
        // an id of any shape: the documentation has `mem_…`, "agent ID" and UUIDs
        Field::new("assignedTo", Kind::Name { max: NAME }).nullable(),
        TAGS,
        long_text("notes"),
        count("messageCount"),
        time("responseDeadline").nullable(),
        time("resolutionDeadline").nullable(),
        time("firstResponseAt").nullable(),
        Field::new("responseTier", Kind::Text { max: NAME }).nullable().read_only(),
        Field::new("resolutionTier", Kind::Text { max: NAME }).nullable().read_only(),
        Field::new("slaPaused", Kind::Bool).read_only(),
        METADATA,
        time("createdAt"),
        time("closedAt").nullable(),
        time("updatedAt"),
        time("resolvedAt").nullable(),
        count("number").access(Access::Hidden),
        Field::new("channel", Kind::Text { max: NAME }).or(Initial::Text("api")).access(Access::Hidden),
        Field::new("initialMessage", Kind::Text { max: LONG }).access(Access::Argument),
    ],
    filters: &[
        Filter::new(CUSTOMER_ID).many(),
        Filter::new("assignedTo"),
        Filter::new("priority"),
        Filter::new("status"),
    ],
    // one page has title and customer name, another title and content, which is `notes` here
    search: &["title", "customerName", "notes"],
    expansions: &["customer"],
    documented: Verb::ALL,
    inlined: &[
        // a summary of the customer (documented; its members are ours)
        Inlined { name: "customer", resource: &CUSTOMERS, summary: &["name", "email"] },
        Inlined { name: "messages", resource: &MESSAGES, summary: &[] },
    ],
    rules: &Tickets,
    ..Resource::DEFAULTS
};

struct Tickets;

impl Rules for Tickets {
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        let number = change.next_number("ticket")?;
        // the first number looks like the documented `CST-1024`
        set(&mut new.body, "number", 1000 + number);
        name_customer(change, &mut new.body)?;
        keep_times(change, None, &mut new.body);
        sla_rules::set_deadlines(change, &mut new.body, change.meta.time)?;
        let message = text(&new.arguments, "initialMessage").trim();
        set(&mut new.body, "messageCount", i64::from(!message.is_empty()));
        Ok(())
    }

    fn created(&self, change: &mut Change<'_>, ticket: &Object, arguments: &Body) -> Result<(), ApiError> {
        let content = text(arguments, "initialMessage");
        if !content.trim().is_empty() {
            // part of the new ticket, so there is no event for this message
            let message = json!({ "content": content, "sender": "customer" });
            let message = message.as_object().cloned().unwrap_or_default();
            let mut input = input::creation(&MESSAGES, message)?;
            set(&mut input.body, "ticketId", TICKETS.id_of(ticket.uuid));
            set(&mut input.body, "senderName", ticket.body.get("customerName").cloned().unwrap_or_default());
            operations::create(change, &MESSAGES, Some(ticket.seq), input)?;
        }
        if change.is_silent() {
            return Ok(());
        }
        let payload =
            json!({ "ticket": event_payload(change, ticket), "customer": customer_of(change, ticket)? });
        emit::fire(change, "ticket.created", &payload)?;
        if !text(&ticket.body, "assignedTo").is_empty() {
            assigned(change, ticket, "")?;
        }
        Ok(())
    }

    fn updating(&self, change: &mut Change<'_>, before: &Object, after: &mut Body) -> Result<(), ApiError> {
        if before.body.get(CUSTOMER_ID) != after.get(CUSTOMER_ID) {
            name_customer(change, after)?;
        }
        keep_times(change, Some(&before.body), after);
        if before.body.get("priority") != after.get("priority") {
            let created = text(after, "createdAt").parse().unwrap_or(change.meta.time);
            sla_rules::set_deadlines(change, after, created)?;
        }
        Ok(())
    }

    fn updated(&self, change: &mut Change<'_>, update: &Update<'_>) -> Result<(), ApiError> {
        if change.is_silent() {
            return Ok(());
        }
        let ticket = update.after;
        let facts_of_update = json!({ "ticket": event_payload(change, ticket), "changes": update.changes });
        emit::fire(change, "ticket.updated", &facts_of_update)?;
        let (was, is) = update.before_and_after("assignedTo");
        if was != is && !is.is_empty() {
            assigned(change, ticket, was)?;
        }
        let (was, is) = update.before_and_after("status");
        if !is_done(was) && is_done(is) {
            closed(change, ticket)?;
        }
        Ok(())
    }

    fn deleting(&self, change: &mut Change<'_>, ticket: &Object) -> Result<(), ApiError> {
        let mut deleted = event_payload(change, ticket);
        deleted.insert("deleted_at".to_owned(), now(change));
        let payload = json!({ "ticket": deleted, "deleted_by": members::actor(change)? });
        Ok(emit::fire(change, "ticket.deleted", &payload)?)
    }

    /// The days are counted, and so are the tags, although tickets are not filtered by them.
    fn index(&self, body: &Body, index: &mut Index) {
        index.multi_values.push(days::facet(text(body, "status"), text(body, "createdAt")));
        let tags = body.get(TAGS.name).and_then(Value::as_array).into_iter().flatten();
        index.multi_values.extend(tags.filter_map(view::sql).map(|tag| (TAGS.name, tag)));
    }

    fn inline(
        &self,
        tables: &Tables<'_>,
        ticket: &Object,
        view: &mut Map<String, Value>,
        inline: Inline<'_>,
    ) -> Result<(), ApiError> {
        if inline.expand.contains(&"customer") {
            view.insert("customer".to_owned(), customer_summary(tables, ticket)?);
        }
        if inline.single {
            let messages = tables.children(MESSAGES.kind, ticket.seq)?.into_iter();
            let inline = Inline { single: false, expand: &[] };
            let messages = messages.map(|message| view::item(tables, &MESSAGES, message, inline));
            view.insert("messages".to_owned(), messages.collect::<Result<Vec<_>, _>>()?.into());
        }
        Ok(())
    }
}

pub(crate) fn event_payload(tables: &Tables<'_>, ticket: &Object) -> Map<String, Value> {
    let mut payload = view::event(&TICKETS, ticket);
    let id = TICKETS.id_of(ticket.uuid);
    let number = ticket.body.get("number").and_then(Value::as_i64).unwrap_or_default();
    // documented: despite its name, the number that people see
    payload.insert("prefixed_id".to_owned(), format!("CST-{number}").into());
    let link = format!("https://www.cstar.help/team/{}/tickets?selected={id}", tables.team.slug);
    payload.insert("dashboard_url".to_owned(), link.into());
    payload
}

/// Copies the new name of a customer into the tickets. That is not an update of the tickets, so no event is fired.
pub(crate) fn rename_customer(change: &mut Change<'_>, customer: &Object) -> Result<(), ApiError> {
    let id = Sql::Text(CUSTOMERS.id_of(customer.uuid));
    for before in change.with(TICKETS.kind, CUSTOMER_ID, &id)? {
        let mut after = before.clone();
        set(&mut after.body, "customerName", text(&customer.body, "name"));
        operations::store(change, &TICKETS, &before, &after)?;
    }
    Ok(())
}

fn is_done(status: &str) -> bool {
    matches!(status, "resolved" | "closed")
}

/// `resolvedAt` is when a ticket became resolved or closed, `closedAt` when it became closed; a reopened ticket has
/// neither (ours).
fn keep_times(change: &Change<'_>, before: Option<&Body>, after: &mut Body) {
    let was = before.map_or("", |before| text(before, "status"));
    let is = text(after, "status").to_owned();
    for (name, is_reached) in
        [("resolvedAt", is_done as fn(&str) -> bool), ("closedAt", |status| status == "closed")]
    {
        match (is_reached(was), is_reached(&is)) {
            (false, true) => set(after, name, now(change)),
            (true, false) => set(after, name, Value::Null),
            _ => {}
        }
    }
}

fn assigned(change: &mut Change<'_>, ticket: &Object, previous: &str) -> Result<(), ApiError> {
    let assignee = members::person(change, text(&ticket.body, "assignedTo"))?;
    let previous = if previous.is_empty() { Value::Null } else { members::person(change, previous)? };
    let payload = json!({ "ticket": event_payload(change, ticket), "assignee": assignee, "previous_assignee": previous });
    emit::fire(change, "ticket.assigned", &payload)?;
    let name = payload.pointer("/assignee/name").and_then(Value::as_str).unwrap_or("a member");
    let title = format!("Ticket assigned to {name}");
    notify(change, Reason::TicketAssigned, &title, text(&ticket.body, "title"))
}

/// "Resolved or closed" (documented): fired once, for the first of the two.
fn closed(change: &mut Change<'_>, ticket: &Object) -> Result<(), ApiError> {
    let closed_at = ticket.body.get("resolvedAt").cloned().unwrap_or_default();
    let opened = text(&ticket.body, "createdAt").parse::<jiff::Timestamp>();
    // in milliseconds, as in the documented sample
    let took = opened.map(|opened| (change.meta.time.duration_since(opened).as_millis()).max(0));
    let took = took.ok().and_then(|took| i64::try_from(took).ok());
    let mut payload = event_payload(change, ticket);
    payload.insert("closed_at".to_owned(), closed_at.clone());
    let by = members::actor(change)?;
    let resolution = json!({ "closed_at": closed_at, "closed_by": by.get("id"), "resolution_time": took });
    Ok(emit::fire(change, "ticket.closed", &json!({ "ticket": payload, "resolution": resolution }))?)
}
