//! What a customer signs in with: an account with a hashed password, and a session for each login (both ours).

use rusqlite::types::Value as Sql;

use super::field::{Field, Kind, NAME, time};
use super::resource::{Resource, Rules, text};
use crate::host::random::{self, NoRandomness};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::object::{Body, Index, Object};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::uuid::IdShape;
use crate::signature::Key;

/// Rounds of PBKDF2. Far fewer than a real server needs: the passwords are those of tests, and each test signs up.
const ROUNDS: u32 = 2_000;

/// The facet with the id of the customer.
const CUSTOMER: &str = "customerId";
/// The facet with the hash of the refresh token.
const REFRESH: &str = "refreshHash";

const fn hidden(name: &'static str) -> Field {
    Field::new(name, Kind::Text { max: NAME }).required()
}

/// At most one for each customer.
pub(crate) static ACCOUNTS: Resource = Resource {
    kind: "customer_account",
    label: "Account",
    id: Some(IdShape::Prefixed("acc_")),
    fields: &[
        hidden(CUSTOMER),
        hidden("salt"),
        hidden("passwordHash"),
        Field::new("confirmed", Kind::Bool),
        time("createdAt"),
    ],
    writable: false,
    updated_at: None,
    rules: &Accounts,
    ..Resource::DEFAULTS
};

/// Each has a key of its own that signs its access tokens, so that a logout revokes them.
pub(crate) static SESSIONS: Resource = Resource {
    kind: "customer_session",
    label: "Session",
    id: Some(IdShape::Prefixed("ses_")),
    fields: &[
        hidden(CUSTOMER),
        hidden("tokenKey"),
        Field::new(REFRESH, Kind::Text { max: NAME }),
        time("createdAt"),
    ],
    writable: false,
    updated_at: None,
    rules: &Sessions,
    ..Resource::DEFAULTS
};

struct Accounts;

impl Rules for Accounts {
    fn index(&self, body: &Body, index: &mut Index) {
        index.multi_values.push((CUSTOMER, Sql::Text(text(body, CUSTOMER).to_owned())));
    }
}

struct Sessions;

impl Rules for Sessions {
    fn index(&self, body: &Body, index: &mut Index) {
        index.multi_values.push((CUSTOMER, Sql::Text(text(body, CUSTOMER).to_owned())));
        index.multi_values.push((REFRESH, Sql::Text(text(body, REFRESH).to_owned())));
    }
}

/// The account of a customer.
pub(crate) fn account_of(tables: &Tables<'_>, customer: &str) -> Result<Option<Object>, ApiError> {
    Ok(tables.with(ACCOUNTS.kind, CUSTOMER, &Sql::Text(customer.to_owned()))?.into_iter().next())
}

/// The session with this refresh token.
pub(crate) fn refreshed(tables: &Tables<'_>, token: &str) -> Result<Option<Object>, ApiError> {
    Ok(tables.with(SESSIONS.kind, REFRESH, &Sql::Text(hash(token)))?.into_iter().next())
}

/// Of a random token: a plain hash is enough.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Key::new(b"refresh").tag(&[token.as_bytes()]))
}

/// PBKDF2 with HMAC-SHA256 and one block, written out here because it is six lines and a crate for it is not.
pub(crate) fn password_hash(password: &str, salt: &str) -> String {
    let key = Key::new(password.as_bytes());
    let mut last = key.tag(&[salt.as_bytes(), &1_u32.to_be_bytes()]);
    let mut sum = last;
    for _ in 1..ROUNDS {
        last = key.tag(&[&last]);
        sum.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
    }
    hex::encode(sum)
}

/// A new secret of 32 letters and digits.
pub(crate) fn secret() -> Result<String, ApiError> {
    random::secret::<32>().map_err(|error: NoRandomness| ApiError::internal_because(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hashed_as_pbkdf2_does() {
        // computed with Python's hashlib.pbkdf2_hmac("sha256", b"correct horse", b"salt", 2000)
        assert_eq!(
            password_hash("correct horse", "salt"),
            "3c7d61cd7f1ab6ce18e759bcb29eaf1451334ceddfd73c38be02b6ab7c179c32"
        );
    }
}
