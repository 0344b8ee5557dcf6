//! The access tokens of customers: JSON web tokens with HS256 (documented: a JWT; its claims are ours).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use super::accounts::{SESSIONS, TOKEN_KEY};
use super::resource::text;
use crate::sandbox::caller::Environment;
use crate::sandbox::store::object::Object;
use crate::sandbox::store::uuid::Uuid;
use crate::signature::{Key, any_equal};

/// How long a token is valid, in seconds.
pub(crate) const LIFETIME: i64 = 3_600;

/// The claims of a token whose signature is not checked yet.
#[derive(Debug)]
pub(crate) struct Claims {
    pub(crate) session: Uuid,
    pub(crate) environment: Environment,
    pub(crate) expires: i64,
    signed: String,
    tag: [u8; 32],
}

/// A token for a session.
pub(crate) fn sign(session: &Object, team: &str, environment: Environment, now: i64) -> String {
    let header = BASE64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = json!({
        "sub": text(&session.body, "customerId"),
        "sid": SESSIONS.id_of(session.uuid),
        "team": team,
        "environment": environment.as_str(),
        "iat": now,
        "exp": now + LIFETIME,
    });
    let signed = format!("{header}.{}", BASE64.encode(claims.to_string()));
    let tag = key(session).tag(&[signed.as_bytes()]);
    format!("{signed}.{}", BASE64.encode(tag))
}

fn key(session: &Object) -> Key {
    Key::new(text(&session.body, TOKEN_KEY).as_bytes())
}

impl Claims {
    pub(crate) fn parse(token: &str) -> Option<Self> {
        let (signed, tag) = token.rsplit_once('.')?;
        let claims = BASE64.decode(signed.split_once('.')?.1).ok()?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        Some(Self {
            session: SESSIONS.id?.read(claims["sid"].as_str()?)?,
            environment: Environment::parse(claims["environment"].as_str()?)?,
            expires: claims["exp"].as_i64()?,
            signed: signed.to_owned(),
            tag: BASE64.decode(tag).ok()?.try_into().ok()?,
        })
    }

    /// Whether this session signed them. An imported session has no key until it is refreshed.
    pub(crate) fn are_of(&self, session: &Object) -> bool {
        !text(&session.body, TOKEN_KEY).is_empty()
            && any_equal(&[self.tag], &key(session).tag(&[self.signed.as_bytes()]))
    }
}
