//! From a request to an event: verify first, then parse.

use std::fmt;

use bytes::Bytes;

use super::error::SignatureError;
use super::verify::Verifier;
use crate::event::{Event, EventError};

/// Why a request did not become an event.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConstructError {
    /// It is not authentic, or not of now: answer 401.
    Signature(SignatureError),
    /// It is authentic, but its body is not an event: answer 400.
    Event(EventError),
}

impl fmt::Display for ConstructError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature(error) => error.fmt(f),
            Self::Event(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ConstructError {}

impl From<SignatureError> for ConstructError {
    fn from(error: SignatureError) -> Self {
        Self::Signature(error)
    }
}

impl From<EventError> for ConstructError {
    fn from(error: EventError) -> Self {
        Self::Event(error)
    }
}

impl Verifier {
    /// Verifies `body` and only then parses it. `body` is the raw bytes: a `Bytes` or a `Vec<u8>`
    /// is taken over without copying.
    ///
    /// # Errors
    /// [`ConstructError::Signature`] as [`Verifier::verify`], [`ConstructError::Event`] if the
    /// authentic body is not an event.
    pub fn construct_event(
        &self,
        body: impl Into<Bytes>,
        header: Option<&str>,
    ) -> Result<Event, ConstructError> {
        let body = body.into();
        self.verify(&body, header)?;
        Ok(Event::from_body(body)?)
    }
}

/// Verifies `body` with the defaults of [`Verifier::new`] and parses it.
///
/// # Errors
/// As [`Verifier::construct_event`].
///
/// # Examples
/// ```
/// use cstar::signature::{ConstructError, SignatureError, construct_event};
///
/// let refused = construct_event("{}", None, "whsec_test");
/// assert!(matches!(refused, Err(ConstructError::Signature(SignatureError::MissingHeader))));
/// ```
pub fn construct_event(
    body: impl Into<Bytes>,
    header: Option<&str>,
    secret: &str,
) -> Result<Event, ConstructError> {
    Verifier::new(secret).construct_event(body, header)
}

#[cfg(test)]
mod tests {
    use super::super::sign;
    use super::*;

    const SECRET: &str = "whsec_construct_test";
    const T: i64 = 1_774_583_010;

    fn at_the_time() -> Verifier {
        Verifier::new(SECRET).at(T)
    }

    #[test]
    fn an_event_is_parsed_only_after_its_signature_passed() {
        let body = br#"{"id":"evt_1","type":"ticket.created","created_at":"2026-03-27T03:36:50.044Z","team_id":"team_1","data":{"ticket":{"id":"tkt_1"}}}"#;
        let event = at_the_time().construct_event(body.as_slice(), Some(&sign(body, SECRET, T))).unwrap();
        assert_eq!((event.id(), event.event_type()), ("evt_1", "ticket.created"));
        assert_eq!(event.body().as_ref(), body);

        let forged = at_the_time().construct_event("not JSON", Some(&sign(b"not JSON", "whsec_other", T)));
        assert!(
            matches!(forged, Err(ConstructError::Signature(SignatureError::Mismatch { .. }))),
            "{forged:?}"
        );
        let broken = at_the_time().construct_event("not JSON", Some(&sign(b"not JSON", SECRET, T)));
        assert!(matches!(broken, Err(ConstructError::Event(_))), "{broken:?}");
        let unsigned = construct_event(body.as_slice(), None, SECRET);
        assert!(
            matches!(unsigned, Err(ConstructError::Signature(SignatureError::MissingHeader))),
            "{unsigned:?}"
        );
    }

    #[test]
    fn errors_do_not_hold_the_secret() {
        for body in ["not JSON", "{\"id\":"] {
            let forged = at_the_time().construct_event(body, Some(&sign(body.as_bytes(), "other", T)));
            let broken = at_the_time().construct_event(body, Some(&sign(body.as_bytes(), SECRET, T)));
            let text = format!("{0} {0:?} {1} {1:?}", forged.unwrap_err(), broken.unwrap_err());
            assert!(!text.contains("construct_test"), "{text}");
        }
    }
}
