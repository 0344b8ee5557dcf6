//! The rules of customers: unique addresses, events, and the customer's name in tickets.

use rusqlite::types::Value as Sql;
use serde_json::json;

use super::customers::{CUSTOMERS, Customers};
use super::resource::{New, Rules, Update, now, set, text};
use super::tickets::{self, TICKETS};
use super::{accounts, days, emit, view};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object};
use crate::sandbox::store::tables::Tables;

/// The facet with the email address, in lower case.
const ADDRESS: &str = "address";

impl Rules for Customers {
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        refuse_double(change, &new.body)
    }

    fn created(&self, change: &mut Change<'_>, customer: &Object, _: &Body) -> Result<(), ApiError> {
        Ok(emit::fire(change, "customer.created", &json!({ "customer": view::event(&CUSTOMERS, customer) }))?)
    }

    fn updating(&self, change: &mut Change<'_>, before: &Object, after: &mut Body) -> Result<(), ApiError> {
        if address(&before.body) == address(after) { Ok(()) } else { refuse_double(change, after) }
    }

    fn updated(&self, change: &mut Change<'_>, update: &Update<'_>) -> Result<(), ApiError> {
        let (was, is) = update.before_and_after("name");
        if was != is {
            tickets::rename_customer(change, update.after)?;
        }
        let payload = json!({ "customer": view::event(&CUSTOMERS, update.after), "changes": update.changes });
        Ok(emit::fire(change, "customer.updated", &payload)?)
    }

    /// The tickets of the customer remain, with the id and the name (ours). The password and the sessions do not.
    fn deleting(&self, change: &mut Change<'_>, customer: &Object) -> Result<(), ApiError> {
        accounts::forget(change, &CUSTOMERS.id_of(customer.uuid))?;
        let mut deleted = view::event(&CUSTOMERS, customer);
        deleted.insert("deleted_at".to_owned(), now(change));
        Ok(emit::fire(change, "customer.deleted", &json!({ "customer": deleted }))?)
    }

    fn index(&self, body: &Body, index: &mut Index) {
        index.multi_values.push((ADDRESS, address(body)));
        index.multi_values.push(days::facet("", text(body, "createdAt")));
    }

    fn complete(&self, tables: &Tables<'_>, customer: &mut Object) -> Result<(), ApiError> {
        let id = Sql::Text(CUSTOMERS.id_of(customer.uuid));
        let count = tables.count(TICKETS.kind, tickets::CUSTOMER_ID, &id)?;
        set(&mut customer.body, "ticketCount", count);
        Ok(())
    }
}

/// The customer with this address.
pub(crate) fn with_email(tables: &Tables<'_>, email: &str) -> Result<Option<Object>, ApiError> {
    let address = Sql::Text(email.to_lowercase());
    Ok(tables.with(CUSTOMERS.kind, ADDRESS, &address)?.into_iter().next())
}

/// Case does not matter (ours).
fn address(body: &Body) -> Sql {
    Sql::Text(text(body, "email").to_lowercase())
}

/// Addresses are unique in a team, and conflicts are a 409 (documented).
fn refuse_double(tables: &Tables<'_>, body: &Body) -> Result<(), ApiError> {
    match tables.count(CUSTOMERS.kind, ADDRESS, &address(body))? {
        0 => Ok(()),
        _ => Err(ApiError::conflict("email", "A customer with this email already exists.")),
    }
}
