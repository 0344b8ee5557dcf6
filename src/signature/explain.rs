//! Explains why a signature fails: undoes likely mistakes, alone and in combination, until the signature matches.

use std::borrow::Cow;
use std::time::Duration;

use self::variants::Guess;
use super::error::SignatureError;
use super::header::{self, Header};
use super::key::{self, Key};
use super::verify::{Verifier, looks_like_milliseconds, outside};

pub(crate) mod base64;
mod cause;
mod evidence;
#[cfg(test)]
mod tests;
mod variants;

pub use cause::Cause;

/// Finds the mistakes that make a signature fail. `header` is the value of `X-Signature`, `now` is in unix seconds.
///
/// A cause is returned only if undoing it makes the signature match, or if it is evident, such as an API key in place
/// of the secret. The list is empty if the request passes, and also if no cause could be proven: then the secret is
/// usually that of another endpoint, or the request is forged. Of several explanations, the one with the fewest
/// mistakes is returned, and mistakes with the secret come first.
///
/// This hashes the body a few hundred times and copies it several times. Use it for diagnosis, never to decide whether
/// a request is accepted.
///
/// # Examples
/// ```
/// use cstar::signature::{Cause, DEFAULT_TOLERANCE, explain, sign};
///
/// let header = sign(b"{}", "whsec_test", 1_000);
/// let causes = explain(b"{}\n", Some(&header), "whsec_test ", 1_000, DEFAULT_TOLERANCE);
/// assert_eq!(causes, [Cause::SecretWhiteSpace, Cause::BodyNewlineAdded]);
/// assert_eq!(causes[0].to_string(), "the secret has white space or a line break before or after it: trim it");
/// ```
#[must_use]
pub fn explain(body: &[u8], header: Option<&str>, secret: &str, now: i64, tolerance: Duration) -> Vec<Cause> {
    let value = header.unwrap_or_default().trim();
    match Verifier::new(secret).tolerance(tolerance).at(now).verify(body, header) {
        Ok(_) | Err(SignatureError::LegacyRefused) => Vec::new(),
        Err(SignatureError::MissingSecret) => vec![Cause::SecretEmpty],
        Err(SignatureError::MissingHeader) => vec![Cause::HeaderMissing],
        Err(SignatureError::Malformed { .. }) => evidence::of_header(value).into_iter().collect(),
        Err(SignatureError::OutsideTolerance { side, age, tolerance, milliseconds, .. }) => {
            vec![match milliseconds {
                true => Cause::TimeInMilliseconds,
                false => Cause::TimeOutsideTolerance { side, age, tolerance },
            }]
        }
        Err(SignatureError::Mismatch { .. }) => match header::parse(value) {
            Ok(header) => explain_mismatch(body, &header, secret, now, tolerance),
            Err(_) => Vec::new(),
        },
    }
}

/// A proven cause comes before an evident one: an API key in place of the secret does not matter if another guess makes
/// the signature match.
fn explain_mismatch(body: &[u8], header: &Header, secret: &str, now: i64, tolerance: Duration) -> Vec<Cause> {
    let mut causes = experiment(body, header, secret).unwrap_or_else(|| {
        let seen = [evidence::of_secret(secret), evidence::of_body(body)];
        seen.into_iter().flatten().collect()
    });
    let in_milliseconds = header.timestamp.is_some_and(looks_like_milliseconds);
    if in_milliseconds && !causes.contains(&Cause::TimeInMilliseconds) {
        causes.push(Cause::TimeInMilliseconds);
    }
    if !in_milliseconds && !causes.is_empty() {
        causes.extend(header.timestamp.and_then(|time| late(time, now, tolerance)));
    }
    causes
}

/// Reported along with the other causes, because it would be the next failure once they are fixed.
fn late(time: i64, now: i64, tolerance: Duration) -> Option<Cause> {
    match outside(time, now, tolerance)? {
        SignatureError::OutsideTolerance { side, age, tolerance, .. } => {
            Some(Cause::TimeOutsideTolerance { side, age, tolerance })
        }
        _ => None,
    }
}

/// Tries every guess at the key with every guess at the body and the time. Returns the causes of the match with the
/// fewest mistakes.
fn experiment(body: &[u8], header: &Header, secret: &str) -> Option<Vec<Cause>> {
    let bodies = variants::bodies(body, header.timestamp);
    let times = variants::times(header);
    let mut best: Option<Vec<Cause>> = None;
    for (of_key, secret) in variants::keys(secret) {
        let key = Key::new(&secret);
        for causes in matches(&key, header, &bodies, &times) {
            let all: Vec<Cause> = of_key.iter().copied().chain(causes).collect();
            if best.as_ref().is_none_or(|best| all.len() < best.len()) {
                best = Some(all);
            }
        }
    }
    best
}

fn matches<'a>(
    key: &'a Key,
    header: &'a Header,
    bodies: &'a [Guess<Cow<'a, [u8]>>],
    times: &'a [Guess<Option<i64>>],
) -> impl Iterator<Item = Vec<Cause>> + 'a {
    // The outer loop is over the times, so that for a body with `{t}.` in front that mistake is found first, and not a
    // sender that signs the body alone, which matches too.
    let pairs = times.iter().flat_map(move |time| bodies.iter().map(move |body| (body, time)));
    pairs
        .filter(move |((_, body), (_, time))| key::any_equal(&header.tags, &key.tag_at(*time, body)))
        .map(|((of_body, _), (of_time, _))| of_body.iter().chain(of_time).copied().collect())
}
