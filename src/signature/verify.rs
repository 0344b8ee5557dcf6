//! Checking a signature: form, then authenticity, then time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::error::{Side, SignatureError};
use super::header::{self, Header};
use super::key::{self, Key};
use super::scheme::Scheme;

/// How far a signature's time may lie from now, either way: 300 seconds (documented).
pub const DEFAULT_TOLERANCE: Duration = Duration::from_secs(300);

/// What is known of a request that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// How it was signed.
    pub scheme: Scheme,
    /// When it was signed, in unix seconds; nothing under [`Scheme::Legacy`].
    pub timestamp: Option<i64>,
    /// Seconds from then to now, negative if signed in the future; nothing under [`Scheme::Legacy`].
    pub age: Option<i64>,
}

/// Checks signatures made with one secret. Build it once and share it; its `Debug` hides the key.
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
    /// Nothing if the secret is blank.
    key: Option<Key>,
    tolerance: Duration,
    strict: bool,
    now: Option<i64>,
}

impl Verifier {
    /// A verifier with [`DEFAULT_TOLERANCE`], the system's clock, and the old form accepted. The key
    /// is the UTF-8 bytes of `secret` as given; a blank one makes every check fail.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        let blank = secret.chars().all(|c| c.is_whitespace() || c.is_control());
        let key = (!blank).then(|| Key::new(secret.as_bytes()));
        Self { key, tolerance: DEFAULT_TOLERANCE, strict: false, now: None }
    }

    /// How far `t` may lie from now, into the past and the future alike; exactly that far passes.
    /// Whole seconds count. [`Duration::MAX`] takes any time.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Whether to refuse the old `sha256=` form, which can be replayed.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Takes `unix_seconds` for now instead of the system's clock: for tests and for requests kept
    /// from earlier.
    #[must_use]
    pub fn at(mut self, unix_seconds: i64) -> Self {
        self.now = Some(unix_seconds);
        self
    }

    /// Checks that `header`, the value of `X-Signature`, signs `body`, the raw bytes received.
    ///
    /// Items are split at `,` and at their first `=`, white space around them does not count,
    /// unknown ones are ignored, and any of several `v1` may match, as while a secret is rotated.
    /// Signatures are compared in constant time.
    ///
    /// # Errors
    /// In this order: a blank secret, a missing header, a malformed one, the old form when strict,
    /// a mismatch, a time outside the tolerance. The time comes last so that
    /// [`SignatureError::OutsideTolerance`] is said of authentic signatures only: with the wrong
    /// secret and an old request, the secret has to be fixed first.
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
        // The `v1` of a body B is also a good `sha256` of the body `{t}.B`: without this check an
        // expired request could be sent again in the old form.
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

/// The error for a `timestamp` that is more than `tolerance` away from `now`.
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

/// 13 digits: as seconds that is later than the year 33000, as milliseconds it is any day since 2001.
pub(super) fn looks_like_milliseconds(timestamp: i64) -> bool {
    (1_000_000_000_000..10_000_000_000_000).contains(&timestamp)
}

/// Checks `body` with the defaults of [`Verifier::new`]: 300 seconds, the system's clock.
///
/// # Errors
/// As [`Verifier::verify`].
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

#[expect(clippy::disallowed_methods, reason = "a receiver built on this library needs a clock of its own")]
fn system_seconds() -> i64 {
    // A clock set before 1970 reads as 1970: every signature is then refused as from the future.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
