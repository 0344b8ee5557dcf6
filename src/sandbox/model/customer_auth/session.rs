//! Sessions of customers: refresh, session and logout, with the tokens of a login.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use bytes::Bytes;
use serde_json::json;

use super::request::{create, environment, required, shown, write};
use crate::sandbox::http::envelope::{self, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::{auth, body as json_body};
use crate::sandbox::model::access_token::{self, Claims};
use crate::sandbox::model::accounts::{self, SESSIONS, TOKEN_KEY};
use crate::sandbox::model::customers::CUSTOMERS;
use crate::sandbox::model::operations;
use crate::sandbox::model::resource::{set, text};
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Object;

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

/// Creates a session and returns its access token.
pub(super) fn open_session(
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
