//! Randomness from the operating system: secrets, identifiers and jitter.

/// The operating system has no randomness, so no secret can be generated.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gives no random numbers ({0})")]
pub(crate) struct NoRandomness(getrandom::Error);

/// What to do about [`NoRandomness`].
pub(crate) const HINT: &str =
    if cfg!(windows) { "restart Windows" } else { "give the process access to /dev/urandom" };

/// Checks for randomness. Without it not even a hash table can be created: the standard library aborts the process.
pub(crate) fn check() -> Result<(), NoRandomness> {
    secret_bytes::<1>().map(drop)
}

/// Random bytes for secrets. Fails when the system has none. There is no fallback.
pub(crate) fn secret_bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut out = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place that draws random numbers")]
    getrandom::fill(&mut out).map_err(NoRandomness)?;
    Ok(out)
}

/// `N` characters of `A-Z a-z 0-9`, for a secret.
pub(crate) fn secret<const N: usize>() -> Result<String, NoRandomness> {
    Ok(letters(&secret_bytes::<N>()?))
}

/// Random bytes for identifiers, idempotency keys and jitter. Exits the process when the system has none.
///
/// [`check`] succeeds before anything runs, so this happens only when the system breaks later. Bytes from a
/// hasher were rejected: ids that repeat lose events without an error.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    secret_bytes().unwrap_or_else(|error| {
        tracing::error!("{error}");
        std::process::abort()
    })
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `N` characters of `A-Z a-z 0-9`, for identifiers.
pub(crate) fn alphanumeric<const N: usize>() -> String {
    letters(&bytes::<N>())
}

fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(ALPHABET[usize::from(*b) % ALPHABET.len()])).collect()
}

/// A number in `0.0..1.0`, for jitter.
pub(crate) fn unit() -> f64 {
    f64::from(u32::from_le_bytes(bytes())) / (f64::from(u32::MAX) + 1.0)
}
