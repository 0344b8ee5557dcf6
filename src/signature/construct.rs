//! Verifies a request, and only then parses its body as an event.

use std::fmt;

use bytes::Bytes;

use super::error::SignatureError;
use super::verify::Verifier;
use crate::event::{Event, EventError};

/// Why a request was rejected.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConstructError {
    /// The signature is missing or wrong, or its time is outside the tolerance: answer 401.
    Signature(SignatureError),
    /// The signature is valid, but the body is not an event: answer 400.
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
    /// Verifies `body`, the raw bytes received, and then parses it. `header` is the value of `X-Signature`.
    /// A `Bytes` or a `Vec<u8>` is not copied.
    ///
    /// # Errors
    /// [`ConstructError::Signature`] with an error of [`Verifier::verify`], or [`ConstructError::Event`] if the
    /// signature is valid and the body is not an event.
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

/// Verifies `body` with the defaults of [`Verifier::new`], and then parses it.
///
/// # Errors
/// The same as [`Verifier::construct_event`].
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

    fn verifier() -> Verifier {
        Verifier::new(SECRET).at(T)
    }

    #[test]
    fn signature_is_checked_before_parsing() {
        let body = br#"{"id":"evt_1","type":"ticket.created","created_at":"2026-03-27T03:36:50.044Z","team_id":"team_1","data":{"ticket":{"id":"tkt_1"}}}"#;
        let event = verifier().construct_event(body.as_slice(), Some(&sign(body, SECRET, T))).unwrap();
        assert_eq!((event.id(), event.event_type()), ("evt_1", "ticket.created"));
        assert_eq!(event.body().as_ref(), body);

        let forged = verifier().construct_event("not JSON", Some(&sign(b"not JSON", "whsec_other", T)));
        assert!(
            matches!(forged, Err(ConstructError::Signature(SignatureError::Mismatch { .. }))),
            "{forged:?}"
        );
        let broken = verifier().construct_event("not JSON", Some(&sign(b"not JSON", SECRET, T)));
        assert!(matches!(broken, Err(ConstructError::Event(_))), "{broken:?}");
        let unsigned = construct_event(body.as_slice(), None, SECRET);
        assert!(
            matches!(unsigned, Err(ConstructError::Signature(SignatureError::MissingHeader))),
            "{unsigned:?}"
        );
    }

    #[test]
    fn errors_do_not_contain_the_secret() {
        for body in ["not JSON", "{\"id\":"] {
            let forged = verifier().construct_event(body, Some(&sign(body.as_bytes(), "other", T)));
            let broken = verifier().construct_event(body, Some(&sign(body.as_bytes(), SECRET, T)));
            let text = format!("{0} {0:?} {1} {1:?}", forged.unwrap_err(), broken.unwrap_err());
            assert!(!text.contains("construct_test"), "{text}");
        }
    }
}
