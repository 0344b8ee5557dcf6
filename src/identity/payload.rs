//! The members of a customer, and the JSON that is signed.

use serde_json::{Map, Value};

use super::{Cause, IdentityError};

/// Later than this in seconds is the year 5138; in milliseconds it was 1973.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// A customer as your server knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerIdentity {
    pub(super) email: String,
    pub(super) external_id: String,
    pub(super) name: Option<String>,
    pub(super) timestamp: i64,
}

impl CustomerIdentity {
    /// A customer without a name. `external_id` is the id in your system, `timestamp` the time of signing in unix
    /// seconds.
    #[must_use]
    pub fn new(external_id: impl Into<String>, email: impl Into<String>, timestamp: i64) -> Self {
        Self { email: email.into(), external_id: external_id.into(), name: None, timestamp }
    }

    /// Sets the name. Without one, the JSON has no such member, which differs from an empty name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The time of signing, in unix seconds.
    #[must_use]
    pub fn timestamp(&self) -> i64 {
        self.timestamp
    }

    /// The text that is signed: what `JSON.stringify` of JavaScript makes of the sorted members.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut members = Map::new();
        members.insert("email".to_owned(), self.email.as_str().into());
        members.insert("externalId".to_owned(), self.external_id.as_str().into());
        if let Some(name) = &self.name {
            members.insert("name".to_owned(), name.as_str().into());
        }
        members.insert("timestamp".to_owned(), self.timestamp.into());
        // serde_json escapes exactly what JSON.stringify escapes in text without lone surrogates.
        Value::Object(members).to_string()
    }

    /// Reads `{"email", "externalId", "name", "timestamp"}` in any order, with any white space.
    ///
    /// # Errors
    /// [`IdentityError::Payload`] if a member is missing, empty, of another type or not one of these four.
    ///
    /// # Examples
    /// ```
    /// use cstar::identity::CustomerIdentity;
    ///
    /// let json = br#"{"externalId": 42, "email": "a@example.com", "timestamp": 1774583010}"#;
    /// let error = CustomerIdentity::from_json(json).unwrap_err();
    /// assert_eq!(error.to_string(), "`externalId` must be text, such as \"42\"");
    /// ```
    pub fn from_json(json: &[u8]) -> Result<Self, IdentityError> {
        let sent = read_sent(json, None)?;
        match sent.problems.into_iter().next() {
            Some((_, detail)) => Err(IdentityError::Payload { detail }),
            None => Ok(sent.customer),
        }
    }
}

/// Whether a timestamp can only be in milliseconds.
pub(super) fn is_in_milliseconds(timestamp: i64) -> bool {
    timestamp >= MILLISECONDS_FROM
}

/// A customer as a program sent it, with what is not as documented.
#[derive(Debug)]
pub(crate) struct SentIdentity {
    pub(crate) customer: CustomerIdentity,
    /// The mistakes, each with its description as an error.
    pub(crate) problems: Vec<(Cause, String)>,
    /// The member `signature` beside the others.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only the command reads it"))]
    pub(crate) signature: Option<String>,
}

/// Reads the members that `json` has, and those with another type or name if the meaning is clear. `timestamp` replaces
/// a missing one.
pub(crate) fn read_sent(json: &[u8], timestamp: Option<i64>) -> Result<SentIdentity, IdentityError> {
    let fail = |detail: String| IdentityError::Payload { detail };
    let value: Value = serde_json::from_slice(json)
        .map_err(|error| fail(format!("the customer is not valid JSON: {error}")))?;
    let Value::Object(members) = value else {
        return Err(fail("the customer must be a JSON object".to_owned()));
    };
    let known = ["email", "externalId", "name", "timestamp", "id", "signature"];
    if let Some(other) = members.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(fail(format!(
            "`{}` is not part of an identity: only email, externalId, name and timestamp are signed",
            other.escape_debug()
        )));
    }
    let mut problems = Vec::new();
    let customer = CustomerIdentity {
        external_id: external_id(&members, &mut problems)?,
        email: required("email", members.get("email"))?,
        name: name(members.get("name"), &mut problems)?,
        timestamp: time(members.get("timestamp"), timestamp, &mut problems)?,
    };
    let signature = members.get("signature").and_then(Value::as_str).map(str::to_owned);
    Ok(SentIdentity { customer, problems, signature })
}

type Problems = Vec<(Cause, String)>;

fn external_id(members: &Map<String, Value>, problems: &mut Problems) -> Result<String, IdentityError> {
    let value = match (members.get("externalId"), members.get("id")) {
        (Some(_), Some(_)) => {
            let detail = "both `externalId` and `id` are given: only `externalId` is signed".to_owned();
            return Err(IdentityError::Payload { detail });
        }
        (None, Some(id)) => {
            problems.push((Cause::IdMember, "the member is called `externalId`, not `id`".to_owned()));
            Some(id)
        }
        (value, None) => value,
    };
    if let Some(Value::Number(number)) = value {
        let detail = format!("`externalId` must be text, such as \"{number}\"");
        problems.push((Cause::ExternalIdNumber, detail));
        return Ok(number.to_string());
    }
    required("externalId", value)
}

fn required(name: &str, value: Option<&Value>) -> Result<String, IdentityError> {
    let detail = match value {
        Some(Value::String(text)) if !text.trim().is_empty() => return Ok(text.clone()),
        Some(Value::String(_)) => format!("`{name}` is empty"),
        Some(_) => format!("`{name}` must be text"),
        None => format!("`{name}` is missing"),
    };
    Err(IdentityError::Payload { detail })
}

fn name(value: Option<&Value>, problems: &mut Problems) -> Result<Option<String>, IdentityError> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Null) => {
            problems.push((Cause::NameNull, "`name` is null: leave it out instead".to_owned()));
            Ok(None)
        }
        Some(_) => Err(IdentityError::Payload { detail: "`name` must be text".to_owned() }),
    }
}

fn time(value: Option<&Value>, or: Option<i64>, problems: &mut Problems) -> Result<i64, IdentityError> {
    let number = value.and_then(Value::as_i64);
    let text = value.and_then(Value::as_str).and_then(|text| text.parse().ok());
    let Some(time) = number.or(text).or(or.filter(|_| value.is_none())) else {
        let detail = match value {
            None => "`timestamp` is missing",
            Some(_) => "`timestamp` must be a whole number of unix seconds",
        };
        return Err(IdentityError::Payload { detail: detail.to_owned() });
    };
    if text.is_some() {
        problems.push((Cause::TimestampText, "`timestamp` must be a number, not text".to_owned()));
    }
    if is_in_milliseconds(time) {
        let detail = "`timestamp` is in milliseconds: divide it by 1000".to_owned();
        problems.push((Cause::TimestampInMilliseconds, detail));
    }
    Ok(time)
}
