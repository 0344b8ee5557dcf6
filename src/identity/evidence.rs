//! Mistakes that are evident without computing a signature, and the bytes of a signature in any encoding.

use super::Cause;
use crate::signature::base64;

const QUOTES: [char; 3] = ['"', '\'', '`'];

/// What a signature is made of.
pub(super) struct SentSignature {
    /// Mistakes in its form.
    pub(super) causes: Vec<Cause>,
    /// The HMAC, if it has the length of one.
    pub(super) tag: Option<[u8; 32]>,
}

/// Reads a signature in any of the encodings that programs use.
pub(super) fn of_signature(signature: &str) -> SentSignature {
    let mut causes = Vec::new();
    let mut text = signature.trim().trim_matches(QUOTES).trim();
    if text != signature {
        causes.push(Cause::SignatureQuoted);
    }
    if text.starts_with("t=") && text.contains("v1=") {
        causes.push(Cause::SignatureOfWebhook);
        return SentSignature { causes, tag: None };
    }
    let prefixed = ["sha256=", "SHA256=", "v1=", "hmac=", "sha1=", "sha512="];
    if let Some(rest) = prefixed.into_iter().find_map(|prefix| text.strip_prefix(prefix)) {
        causes.push(Cause::SignaturePrefixed);
        text = rest;
    }
    let (bytes, cause) = match hex::decode(text) {
        Ok(bytes) => {
            (bytes, text.bytes().any(|b| b.is_ascii_uppercase()).then_some(Cause::SignatureUpperCase))
        }
        Err(_) => (base64::decode(text.as_bytes()).unwrap_or_default(), Some(Cause::SignatureBase64)),
    };
    let length = match bytes.len() {
        20 => Some(Cause::SignatureSha1),
        64 => Some(Cause::SignatureSha512),
        32 => None,
        // Neither an HMAC nor one of its encodings.
        _ => return SentSignature { causes, tag: None },
    };
    causes.extend(cause.into_iter().chain(length));
    SentSignature { causes, tag: bytes.try_into().ok() }
}

/// What a key is, if it is not that of a widget.
pub(super) fn of_key(key: &str) -> Option<Cause> {
    let key = key.trim().trim_matches(QUOTES);
    if key.starts_with("pk_") {
        return Some(Cause::KeyPublishable);
    }
    key.starts_with("whsec_").then_some(Cause::KeyIsWebhookSecret)
}
