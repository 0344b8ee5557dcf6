//! Verifies signatures: first the form, then the HMAC, then the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::error::{Side, SignatureError};
use super::header::{self, Header};
use super::key::{self, Key};
use super::scheme::Scheme;

/// How far a signature's time may be from the current time, before or after: 300 seconds (documented).
pub const DEFAULT_TOLERANCE: Duration = Duration::from_secs(300);

/// The result of a successful verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The scheme of the signature.
    pub scheme: Scheme,
    /// When the request was signed, in unix seconds; `None` for [`Scheme::Legacy`].
    pub timestamp: Option<i64>,
    /// Seconds since then, negative if `timestamp` is in the future; `None` for [`Scheme::Legacy`].
    pub age: Option<i64>,
}

/// Verifies signatures made with one secret. Create it once and share it. `Debug` hides the key.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use cstar::signature::{Verifier, sign};
///
/// let verifier = Verifier::new("whsec_test").tolerance(Duration::from_secs(60)).strict(true).at(1_060);
/// let verified = verifier.verify(b"{}", Some(&sign(b"{}", "whsec_test", 1_000)))?;
/// assert_eq!(verified.age, Some(60));
/// # Ok::<(), cstar::signature::SignatureError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    /// `None` if the secret is blank.
    key: Option<Key>,
    tolerance: Duration,
    strict: bool,
    now: Option<i64>,
}

impl Verifier {
    /// A verifier with [`DEFAULT_TOLERANCE`] and the system clock, which accepts the old form. The key is the UTF-8
    /// bytes of `secret` unchanged. With a blank secret every verification fails.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        let blank = secret.chars().all(|c| c.is_whitespace() || c.is_control());
        let key = (!blank).then(|| Key::new(secret.as_bytes()));
        Self { key, tolerance: DEFAULT_TOLERANCE, strict: false, now: None }
    }

    /// Sets how far `t` may be from the current time, before or after, inclusive. Fractions of a second are ignored.
    /// [`Duration::MAX`] accepts any time.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets whether the old `sha256=` form, which can be replayed, is rejected.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Uses `unix_seconds` as the current time instead of the system clock, for tests and stored requests.
    #[must_use]
    pub fn at(mut self, unix_seconds: i64) -> Self {
        self.now = Some(unix_seconds);
        self
    }

    /// Verifies that `header`, the value of `X-Signature`, is a signature of `body`, the raw bytes received.
    ///
    /// Items are separated by `,`, name and value by the first `=`. White space around them and unknown items are
    /// ignored. Any of several `v1` items may match, as during the rotation of a secret. Signatures are compared in
    /// constant time.
    ///
    /// # Errors
    /// Checked in this order: a blank secret, a missing header, a malformed header, the old form if strict, a
    /// mismatch, a time outside the tolerance. So [`SignatureError::OutsideTolerance`] means that the signature
    /// matches.
    pub fn verify(&self, body: &[u8], header: Option<&str>) -> Result<Verified, SignatureError> {
        let key = self.key.as_ref().ok_or(SignatureError::MissingSecret)?;
        let value = header.map(str::trim).filter(|value| !value.is_empty());
        let value = value.ok_or(SignatureError::MissingHeader)?;
        let header = header::parse(value).map_err(|detail| SignatureError::Malformed { detail })?;
        let scheme = if header.timestamp.is_some() { Scheme::V1 } else { Scheme::Legacy };
        if scheme == Scheme::Legacy {
            self.admit_legacy(body)?;
        }
        if !key::any_equal(&header.tags, &key.tag_at(header.timestamp, body)) {
            return Err(SignatureError::Mismatch { scheme, body_bytes: body.len() });
        }
        self.check_time(&header, scheme)
    }

    fn admit_legacy(&self, body: &[u8]) -> Result<(), SignatureError> {
        if self.strict {
            return Err(SignatureError::LegacyRefused);
        }
        // The `v1` of a body B is also a valid `sha256` of the body `{t}.B`. Without this check an expired request
        // could be replayed in the old form.
        if opens_with_time(body) {
            let detail = "the body opens with a time, which only `v1` signs".to_owned();
            return Err(SignatureError::Malformed { detail });
        }
        Ok(())
    }

    fn check_time(&self, header: &Header, scheme: Scheme) -> Result<Verified, SignatureError> {
        let Some(timestamp) = header.timestamp else {
            return Ok(Verified { scheme, timestamp: None, age: None });
        };
        let now = self.now.unwrap_or_else(system_seconds);
        match outside(timestamp, now, self.tolerance) {
            Some(error) => Err(error),
            None => {
                let age = Some(now.saturating_sub(timestamp));
                Ok(Verified { scheme, timestamp: Some(timestamp), age })
            }
        }
    }
}

/// The error if `timestamp` is more than `tolerance` away from `now`.
pub(super) fn outside(timestamp: i64, now: i64, tolerance: Duration) -> Option<SignatureError> {
    let age = now.abs_diff(timestamp);
    let tolerance = tolerance.as_secs();
    let by = age.checked_sub(tolerance).filter(|by| *by > 0)?;
    let side = if timestamp < now { Side::Past } else { Side::Future };
    Some(SignatureError::OutsideTolerance {
        side,
        age,
        by,
        tolerance,
        milliseconds: looks_like_milliseconds(timestamp),
    })
}

/// 13 digits: in seconds that is after the year 33000, in milliseconds any day since 2001.
pub(super) fn looks_like_milliseconds(timestamp: i64) -> bool {
    (1_000_000_000_000..10_000_000_000_000).contains(&timestamp)
}

/// Verifies `body` with the defaults of [`Verifier::new`]: a tolerance of 300 seconds, the system clock, and the old
/// form accepted.
///
/// # Errors
/// The same as [`Verifier::verify`].
///
/// # Examples
/// ```
/// use cstar::signature::{SignatureError, verify_signature};
///
/// assert_eq!(verify_signature(b"{}", None, "whsec_test"), Err(SignatureError::MissingHeader));
/// ```
pub fn verify_signature(body: &[u8], header: Option<&str>, secret: &str) -> Result<Verified, SignatureError> {
    Verifier::new(secret).verify(body, header)
}

fn opens_with_time(body: &[u8]) -> bool {
    let digits = body.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && body.get(digits) == Some(&b'.')
}

#[expect(clippy::disallowed_methods, reason = "the library has no `host` module to read the clock")]
fn system_seconds() -> i64 {
    // A clock before 1970 counts as 1970, so that every signature is rejected as in the future.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
