//! `/api/auth/{team}/…`: customers sign up and log in, as with the auth client of the SDK. The results of `signup` and
//! `login` are documented, the paths and everything else are ours. Without a key, so with live data, as in the public
//! library; `?environment=test` is test data.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::access_token::{self, Claims};
use super::accounts::{self, ACCOUNTS, SESSIONS, TOKEN_KEY};
use super::customer_rules::with_email;
use super::customers::CUSTOMERS;
use super::input::{self, Input};
use super::resource::{set, text};
use super::{operations, settings, view};
use crate::sandbox::caller::Environment;
use crate::sandbox::http::envelope::{self, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::Params;
use crate::sandbox::http::{auth, body as json_body};
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::state::{Shared, State as Sandbox};
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Object};

/// What a customer sees of themselves: `notes` and the like are for agents.
pub(crate) const SHOWN: [&str; 3] = ["id", "email", "name"];
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

/// `POST …/refresh`: a new pair of tokens. The old refresh token is used up.
pub(crate) async fn refresh(
    State(state): State<Shared>,
    Path(team): Path<String>,
    uri: Uri,
    body: Bytes,
) -> Result<Rendered, ApiError> {
    let (environment, members) = (environment(&uri)?, json_body::members(&body)?);
    let (old, new) = (required(&members, "refreshToken")?, accounts::secret()?);
    write(&state, &team, environment, |change, meta| {
        let session = accounts::refreshed(change, &old)?.ok_or_else(ApiError::session_ended)?;
        let mut after = session.clone();
        set(&mut after.body, "refreshHash", accounts::hash(&new));
        if text(&after.body, TOKEN_KEY).is_empty() {
            set(&mut after.body, TOKEN_KEY, accounts::secret()?);
        }
        operations::store(change, &SESSIONS, &session, &after)?;
        let token = access_token::sign(&after, &change.team.id, environment, meta.time.as_second());
        let data = json!({ "accessToken": token, "refreshToken": new });
        Ok(envelope::success(StatusCode::OK, data, meta))
    })
}

/// `GET …/session`: who the access token belongs to.
pub(crate) async fn session(
    State(state): State<Shared>,
    Path(team): Path<String>,
    headers: HeaderMap,
) -> Result<Rendered, ApiError> {
    let claims = claims(&headers)?;
    write(&state, &team, claims.environment, |change, meta| {
        let session = session_of(change, &claims, meta)?;
        let uuid = CUSTOMERS.id.and_then(|shape| shape.read(text(&session.body, "customerId")));
        let customer = uuid.map(|uuid| change.find(CUSTOMERS.kind, uuid)).transpose()?.flatten();
        let customer = customer.ok_or_else(ApiError::session_ended)?;
        let expires = jiff::Timestamp::from_second(claims.expires).unwrap_or(meta.time);
        let data = json!({ "customer": shown(change, customer)?, "expiresAt": expires.to_string() });
        Ok(envelope::success(StatusCode::OK, data, meta))
    })
}

/// `POST …/logout`: revokes the tokens of the session.
pub(crate) async fn logout(
    State(state): State<Shared>,
    Path(team): Path<String>,
    headers: HeaderMap,
) -> Result<Rendered, ApiError> {
    let claims = claims(&headers)?;
    write(&state, &team, claims.environment, |change, meta| {
        let session = session_of(change, &claims, meta)?;
        operations::delete(change, &SESSIONS, session)?;
        Ok(envelope::success(StatusCode::OK, json!({ "loggedOut": true }), meta))
    })
}

fn write(
    state: &Sandbox,
    team: &str,
    environment: Environment,
    work: impl FnOnce(&mut Change<'_>, &RequestMeta) -> Result<Rendered, ApiError>,
) -> Result<Rendered, ApiError> {
    if !state.store.team().is_named(team) {
        return Err(ApiError::resource_missing("Team"));
    }
    let meta = RequestMeta::new(&state.settings.clock);
    state.store.write(environment, &meta, |change| work(change, &meta))
}

fn environment(uri: &Uri) -> Result<Environment, ApiError> {
    match Params::parse(uri)?.get("environment") {
        None => Ok(Environment::Live),
        Some(name) => Environment::parse(name).ok_or_else(|| {
            ApiError::parameter_invalid(
                "environment",
                "The 'environment' parameter must be one of: test, live.",
            )
        }),
    }
}

fn required(members: &Map<String, Value>, name: &'static str) -> Result<String, ApiError> {
    match members.get(name) {
        None | Some(Value::Null) => Err(ApiError::parameter_missing(name)),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(ApiError::parameter_invalid(name, format!("The '{name}' field must be a text."))),
    }
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

fn create(
    change: &mut Change<'_>,
    resource: &'static super::resource::Resource,
    members: impl IntoIterator<Item = (&'static str, Value)>,
) -> Result<Object, ApiError> {
    let mut body = Body::new();
    members.into_iter().for_each(|(name, value)| set(&mut body, name, value));
    operations::create(change, resource, None, Input { body, arguments: Body::new() })
}

/// The customer with this address, and the account.
fn account(change: &Change<'_>, email: &str) -> Result<Option<(Object, Object)>, ApiError> {
    let Some(customer) = with_email(change, email)? else { return Ok(None) };
    let account = accounts::account_of(change, &CUSTOMERS.id_of(customer.uuid))?;
    Ok(account.map(|account| (customer, account)))
}

/// Creates a session and returns its access token.
fn open_session(
    change: &mut Change<'_>,
    customer: &Object,
    refresh: Option<&str>,
) -> Result<(String, Object), ApiError> {
    let members = [
        ("customerId", CUSTOMERS.id_of(customer.uuid).into()),
        (TOKEN_KEY, accounts::secret()?.into()),
        ("refreshHash", refresh.map(accounts::hash).unwrap_or_default().into()),
    ];
    let session = create(change, &SESSIONS, members)?;
    let now = change.meta.time.as_second();
    Ok((access_token::sign(&session, &change.team.id, change.environment, now), session))
}

fn claims(headers: &HeaderMap) -> Result<Claims, ApiError> {
    let token = auth::bearer(headers).ok_or_else(ApiError::authentication_required)?;
    Claims::parse(token).ok_or_else(ApiError::session_ended)
}

/// The session of a token that is valid now.
fn session_of(change: &Change<'_>, claims: &Claims, meta: &RequestMeta) -> Result<Object, ApiError> {
    let session = change.find(SESSIONS.kind, claims.session)?;
    let session = session.filter(|session| claims.are_of(session) && claims.expires > meta.time.as_second());
    session.ok_or_else(ApiError::session_ended)
}

fn shown(change: &Change<'_>, mut customer: Object) -> Result<Value, ApiError> {
    CUSTOMERS.rules.complete(change, &mut customer)?;
    let mut members = view::rest(&CUSTOMERS, &customer);
    members.retain(|name, _| SHOWN.contains(&name.as_str()));
    Ok(members.into())
}
