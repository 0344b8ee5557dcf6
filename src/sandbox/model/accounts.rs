//! What a customer signs in with: an account with a hashed password, and a session for each login (both ours).

use rusqlite::types::Value as Sql;

use super::field::{Access, Field, Kind, NAME, time};
use super::operations;
use super::resource::{Resource, Rules, text};
use crate::host::random::{self, NoRandomness};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::uuid::IdShape;
use crate::signature::{Key, any_equal};

/// Rounds of PBKDF2. OWASP asks for 600,000 on a real server, which takes a second without optimisation. Here the
/// passwords are those of tests, each test signs up, and a login holds the lock of the store. So an export is a file
/// to keep private, as its signing secrets are.
const ROUNDS: u32 = 2_000;

/// The facet with the id of the customer.
const CUSTOMER: &str = "customerId";
/// The facet with the hash of the refresh token.
const REFRESH: &str = "refreshHash";
/// What signs the access tokens of a session, and could sign forged ones.
pub(crate) const TOKEN_KEY: &str = "tokenKey";

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

/// Each has a key of its own that signs its access tokens, so that a logout revokes them. After an import it has none:
/// the access tokens are void, and a refresh makes a new key.
pub(crate) static SESSIONS: Resource = Resource {
    kind: "customer_session",
    label: "Session",
    id: Some(IdShape::Prefixed("ses_")),
    fields: &[
        hidden(CUSTOMER),
        Field::new(TOKEN_KEY, Kind::Text { max: NAME }).access(Access::Secret),
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

    fn grant(&self, body: &Body) -> Option<String> {
        Some(format!("password of the customer {:.100}", text(body, CUSTOMER)))
    }
}

struct Sessions;

impl Rules for Sessions {
    fn index(&self, body: &Body, index: &mut Index) {
        index.multi_values.push((CUSTOMER, Sql::Text(text(body, CUSTOMER).to_owned())));
        index.multi_values.push((REFRESH, Sql::Text(text(body, REFRESH).to_owned())));
    }

    fn grant(&self, body: &Body) -> Option<String> {
        Some(format!("session of the customer {:.100}", text(body, CUSTOMER)))
    }
}

/// The account of a customer.
pub(crate) fn account_of(tables: &Tables<'_>, customer: &str) -> Result<Option<Object>, ApiError> {
    Ok(tables.with(ACCOUNTS.kind, CUSTOMER, &Sql::Text(customer.to_owned()))?.into_iter().next())
}

/// Deletes the account and the sessions of a customer who is deleted.
pub(crate) fn forget(change: &mut Change<'_>, customer: &str) -> Result<(), ApiError> {
    for resource in [&ACCOUNTS, &SESSIONS] {
        for object in change.with(resource.kind, CUSTOMER, &Sql::Text(customer.to_owned()))? {
            operations::delete(change, resource, object)?;
        }
    }
    Ok(())
}

/// The session with this refresh token.
pub(crate) fn refreshed(tables: &Tables<'_>, token: &str) -> Result<Option<Object>, ApiError> {
    Ok(tables.with(SESSIONS.kind, REFRESH, &Sql::Text(hash(token)))?.into_iter().next())
}

/// Of a random token: a plain hash is enough.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Key::new(b"refresh").tag(&[token.as_bytes()]))
}

/// Whether an account has this password.
pub(crate) fn has_password(account: &Object, password: &str) -> bool {
    let (salt, stored) = (text(&account.body, "salt"), text(&account.body, "passwordHash"));
    let mut expected = [0; 32];
    let is_hash = hex::decode_to_slice(stored, &mut expected).is_ok();
    any_equal(&[expected], &password_tag(password, salt)) && is_hash
}

/// What is stored of a password: its hash in hexadecimal, with a random salt for each account.
pub(crate) fn password_hash(password: &str, salt: &str) -> String {
    hex::encode(password_tag(password, salt))
}

/// PBKDF2 with HMAC-SHA256 and one block. It needs nothing but the HMAC of webhook signatures and is six lines; Argon2
/// and bcrypt resist better, but need a crate and more time and memory than a login of a test may take.
fn password_tag(password: &str, salt: &str) -> [u8; 32] {
    let key = Key::new(password.as_bytes());
    let mut last = key.tag(&[salt.as_bytes(), &1_u32.to_be_bytes()]);
    let mut sum = last;
    for _ in 1..ROUNDS {
        last = key.tag(&[&last]);
        sum.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
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
