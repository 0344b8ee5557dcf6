//! `/api/auth/{team}/…`: customers sign up and log in, as with the auth client of the SDK. The results of `signup` and
//! `login` are documented, the paths and everything else are ours. Without a key, so with live data, as in the public
//! library; `?environment=test` is test data.

mod request;
mod session;

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use bytes::Bytes;
use serde_json::{Map, Value, json};

pub(crate) use self::request::SHOWN;
use self::request::{create, environment, required, shown, write};
use self::session::open_session;
pub(crate) use self::session::{logout, refresh, session};
use super::accounts::{self, ACCOUNTS};
use super::customer_rules::with_email;
use super::customers::CUSTOMERS;
use super::resource::{set, text};
use super::{input, operations, settings};
use crate::sandbox::http::body as json_body;
use crate::sandbox::http::envelope::{self, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Object;

/// In characters.
pub(crate) const PASSWORD: (usize, usize) = (8, 200);

/// `POST …/signup`.
pub(crate) async fn signup(
    State(state): State<Shared>,
    Path(team): Path<String>,
    uri: Uri,
    body: Bytes,
) -> Result<Rendered, ApiError> {
    let (environment, mut members) = (environment(&uri)?, json_body::members(&body)?);
    let (email, password) = (required(&members, "email")?, password(&members)?);
    if members.get("name").is_none_or(Value::is_null) {
        let name = email.split('@').next().filter(|name| !name.trim().is_empty()).unwrap_or(&email);
        members.insert("name".to_owned(), name.into());
    }
    members.retain(|name, _| matches!(name.as_str(), "name" | "email"));
    let salt = accounts::secret()?;
    let hash = accounts::password_hash(&password, &salt);
    write(&state, &team, environment, |change, meta| {
        let input = input::creation(&CUSTOMERS, members)?;
        let customer = match with_email(change, text(&input.body, "email"))? {
            Some(customer) => customer,
            None => operations::create(change, &CUSTOMERS, None, input)?,
        };
        let id = CUSTOMERS.id_of(customer.uuid);
        if accounts::account_of(change, &id)?.is_some() {
            return Err(ApiError::conflict("email", "An account with this email already exists."));
        }
        let pending = settings::confirms_signups(change)?;
        let members = [("customerId", id.into()), ("salt", salt.into()), ("passwordHash", hash.into())];
        create(change, &ACCOUNTS, members.into_iter().chain([("confirmed", (!pending).into())]))?;
        if pending {
            let data = json!({ "confirmationPending": true });
            return Ok(envelope::success(StatusCode::CREATED, data, meta));
        }
        let (token, _) = open_session(change, &customer, None)?;
        let data = json!({ "accessToken": token, "customer": shown(change, customer)? });
        Ok(envelope::success(StatusCode::CREATED, data, meta))
    })
}

/// `POST …/confirm`: what the link in the mail would do.
pub(crate) async fn confirm(
    State(state): State<Shared>,
    Path(team): Path<String>,
    uri: Uri,
    body: Bytes,
) -> Result<Rendered, ApiError> {
    let (environment, members) = (environment(&uri)?, json_body::members(&body)?);
    let email = required(&members, "email")?;
    write(&state, &team, environment, |change, meta| {
        let (_, account) = account(change, &email)?.ok_or_else(|| ApiError::resource_missing("Account"))?;
        let mut after = account.clone();
        set(&mut after.body, "confirmed", true);
        operations::store(change, &ACCOUNTS, &account, &after)?;
        Ok(envelope::success(StatusCode::OK, json!({ "confirmed": true }), meta))
    })
}

/// `POST …/login`.
pub(crate) async fn login(
    State(state): State<Shared>,
    Path(team): Path<String>,
    uri: Uri,
    body: Bytes,
) -> Result<Rendered, ApiError> {
    let (environment, members) = (environment(&uri)?, json_body::members(&body)?);
    let (email, password) = (required(&members, "email")?, required(&members, "password")?);
    let refresh = accounts::secret()?;
    write(&state, &team, environment, |change, meta| {
        let (customer, account) = account(change, &email)?.ok_or_else(ApiError::wrong_password)?;
        if !accounts::has_password(&account, &password) {
            return Err(ApiError::wrong_password());
        }
        if account.body.get("confirmed") != Some(&true.into()) {
            return Err(ApiError::confirmation_pending());
        }
        let (token, _) = open_session(change, &customer, Some(&refresh))?;
        let customer = shown(change, customer)?;
        let data = json!({ "customer": customer, "accessToken": token, "refreshToken": refresh });
        Ok(envelope::success(StatusCode::OK, data, meta))
    })
}

fn password(members: &Map<String, Value>) -> Result<String, ApiError> {
    let (password, (least, most)) = (required(members, "password")?, PASSWORD);
    match (least..=most).contains(&password.chars().count()) {
        true => Ok(password),
        false => {
            let message = format!("The 'password' field must have {least} to {most} characters.");
            Err(ApiError::parameter_invalid("password", message))
        }
    }
}

/// The customer with this address, and the account.
fn account(change: &Change<'_>, email: &str) -> Result<Option<(Object, Object)>, ApiError> {
    let Some(customer) = with_email(change, email)? else { return Ok(None) };
    let account = accounts::account_of(change, &CUSTOMERS.id_of(customer.uuid))?;
    Ok(account.map(|account| (customer, account)))
}
