//! Randomness from the operating system: identifiers and jitter.

/// Fills an array with random bytes. If the system has no randomness to give, which no supported
/// platform does, the process could not make a key either; the bytes are then taken from the
/// address-space layout and the clock rather than failing.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place that draws random numbers")]
    let filled = getrandom::fill(&mut out);
    if filled.is_err() {
        use std::hash::{BuildHasher, Hasher, RandomState};
        for slot in &mut out {
            *slot = RandomState::new().build_hasher().finish().to_le_bytes()[0];
        }
    }
    out
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `N` characters of `A-Z a-z 0-9`, for the tail of an identifier.
pub(crate) fn alphanumeric<const N: usize>() -> String {
    bytes::<N>().iter().map(|b| char::from(ALPHABET[usize::from(*b) % ALPHABET.len()])).collect()
}

/// A number in `0.0..1.0`, for jitter.
pub(crate) fn unit() -> f64 {
    f64::from(u32::from_le_bytes(bytes())) / (f64::from(u32::MAX) + 1.0)
}
