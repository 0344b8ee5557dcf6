//! Guesses at the key that the signer used.

use super::Cause;
use crate::signature::{Key, base64};

/// A guess, and the mistakes that it implies.
pub(super) type KeyGuess = (Vec<Cause>, Key);

const PREFIXES: [&str; 2] = ["sk_live_", "sk_test_"];

/// The keys that the signer may have used, given ours and others that the user has.
pub(super) fn guesses(key: &str, others: &[&str]) -> Vec<KeyGuess> {
    let mut guesses = vec![(Vec::new(), Key::new(key.as_bytes()))];
    let trimmed = key.trim();
    let bare = trimmed.trim_matches(['"', '\'', '`']).trim();
    let mut cleaning = Vec::new();
    if trimmed != key {
        cleaning = vec![Cause::KeyWhiteSpace];
        guesses.push((cleaning.clone(), Key::new(trimmed.as_bytes())));
    }
    if bare != trimmed {
        cleaning = vec![Cause::KeyQuoted];
        guesses.push((cleaning.clone(), Key::new(bare.as_bytes())));
    }
    let mut push = |cause: Cause, key: &[u8]| {
        guesses.push((cleaning.iter().copied().chain([cause]).collect(), Key::new(key)));
    };
    for end in ["\n", "\r\n", " ", "\r"] {
        push(Cause::SignerKeyWhiteSpace, format!("{bare}{end}").as_bytes());
    }
    let prefix = PREFIXES.iter().position(|prefix| bare.starts_with(prefix));
    let rest = prefix.and_then(|at| bare.strip_prefix(*PREFIXES.get(at)?));
    if let (Some(rest), Some(at)) = (rest, prefix) {
        push(Cause::KeyPrefixStripped, rest.as_bytes());
        let other = PREFIXES.get(1 - at).copied().unwrap_or_default();
        push(Cause::KeyOfOtherEnvironment, format!("{other}{rest}").as_bytes());
    }
    for text in [Some(bare), rest].into_iter().flatten() {
        if let Ok(bytes) = hex::decode(text) {
            push(Cause::KeyHexDecoded, &bytes);
        }
        if let Some(bytes) = base64::decode(text.as_bytes()) {
            push(Cause::KeyBase64Decoded, &bytes);
        }
    }
    for other in others {
        let of_other = PREFIXES.iter().position(|prefix| other.trim().starts_with(prefix));
        let cause = match of_other.is_some() && prefix.is_some() && of_other != prefix {
            true => Cause::KeyOfOtherEnvironment,
            false => Cause::KeyIsOther,
        };
        guesses.push((vec![cause], Key::new(other.trim().as_bytes())));
    }
    guesses
}
