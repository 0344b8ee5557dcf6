//! The customer of a ticket: its id and its name, which is copied into the ticket.

use serde_json::{Value, json};

use crate::sandbox::http::error::ApiError;
use crate::sandbox::model::customers::CUSTOMERS;
use crate::sandbox::model::resource::{set, text};
use crate::sandbox::store::object::{Body, Object};
use crate::sandbox::store::tables::Tables;

pub(crate) const CUSTOMER_ID: &str = "customerId";

/// The customer in the events of a ticket. A ticket may have only a customer name, or no customer.
pub(crate) fn customer_of(tables: &Tables<'_>, ticket: &Object) -> Result<Value, ApiError> {
    let customer = find_customer(tables, ticket)?;
    let email = customer.and_then(|customer| customer.body.get("email").cloned());
    let member = |name: &str| ticket.body.get(name).cloned().unwrap_or_default();
    Ok(json!({ "id": member(CUSTOMER_ID), "name": member("customerName"), "email": email }))
}

/// What `expand=customer` adds to a ticket.
pub(super) fn customer_summary(tables: &Tables<'_>, ticket: &Object) -> Result<Value, ApiError> {
    let summary = find_customer(tables, ticket)?.map(|customer| {
        json!({
            "id": CUSTOMERS.id_of(customer.uuid),
            "object": CUSTOMERS.marker,
            "name": customer.body.get("name"),
            "email": customer.body.get("email"),
        })
    });
    Ok(summary.unwrap_or_default())
}

fn find_customer(tables: &Tables<'_>, ticket: &Object) -> rusqlite::Result<Option<Object>> {
    let uuid = CUSTOMERS.id.and_then(|shape| shape.read(text(&ticket.body, CUSTOMER_ID)));
    uuid.map(|uuid| tables.find(CUSTOMERS.kind, uuid)).transpose().map(Option::flatten)
}

/// Copies the customer's name into the ticket.
pub(super) fn name_customer(tables: &Tables<'_>, ticket: &mut Body) -> Result<(), ApiError> {
    let id = text(ticket, CUSTOMER_ID);
    if id.is_empty() {
        return Ok(());
    }
    // ours: the response to an unknown customer is not documented
    let unknown = || ApiError::parameter_invalid(CUSTOMER_ID, "There is no customer with this id.");
    let uuid = CUSTOMERS.id.and_then(|shape| shape.read(id)).ok_or_else(unknown)?;
    let customer = tables.find(CUSTOMERS.kind, uuid)?.ok_or_else(unknown)?;
    let name = text(&customer.body, "name").to_owned();
    set(ticket, "customerName", name);
    Ok(())
}
