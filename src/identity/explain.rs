//! Explains why a signature fails: makes likely mistakes on purpose, alone and in combination, until it matches.

use std::collections::HashSet;

use super::draft::{Draft, Edit, groups};
use super::{Cause, CustomerIdentity, IdentityError, evidence, keys, payload, verify};
use crate::signature::any_equal;

/// The most mistakes that are tried together. Common libraries make three: `json.dumps` of Python leaves the members
/// unsorted, adds spaces and escapes what is not ASCII.
const MOST: usize = 4;

/// Finds the mistakes that make a signature fail. `other_keys` are keys that may have been used instead, such as that
/// of the other environment.
///
/// A cause is returned only if making that mistake gives this signature, or if it is evident, such as base64 in place
/// of hex. The list is empty if the signature is right, and also if no cause could be proven: then the key is usually
/// another one, or the values differ from those that were signed. Of several explanations, the one with the fewest
/// mistakes is returned.
///
/// This computes many thousand signatures. Use it for diagnosis, never to decide whether a customer is accepted.
///
/// # Examples
/// ```
/// use cstar::identity::{Cause, CustomerIdentity, explain, sign};
///
/// let customer = CustomerIdentity::new("user_42", "ada@example.com", 1_774_583_010);
/// let signature = sign(&customer, "sk_test_a\n").to_uppercase();
/// let causes = explain(&customer, &signature, "sk_test_a", &[]);
/// assert_eq!(causes, [Cause::SignatureUpperCase, Cause::SignerKeyWhiteSpace]);
/// ```
#[must_use]
pub fn explain(customer: &CustomerIdentity, signature: &str, key: &str, other_keys: &[&str]) -> Vec<Cause> {
    match verify(customer, signature, key) {
        Ok(()) | Err(IdentityError::MissingSignature | IdentityError::Payload { .. }) => return Vec::new(),
        Err(IdentityError::MissingKey) => return vec![Cause::KeyEmpty],
        Err(IdentityError::TimestampInMilliseconds) => return vec![Cause::TimestampInMilliseconds],
        Err(IdentityError::Malformed | IdentityError::Mismatch) => {}
    }
    let sent = evidence::of_signature(signature);
    let mut causes = sent.causes;
    let found = sent.tag.and_then(|tag| experiment(customer, &tag, key, other_keys));
    match found {
        Some(found) => causes.extend(found),
        None => causes.extend(evidence::of_key(key)),
    }
    if payload::is_in_milliseconds(customer.timestamp) && !causes.contains(&Cause::TimestampInMilliseconds) {
        causes.push(Cause::TimestampInMilliseconds);
    }
    causes
}

/// A JSON that may have been signed, and the mistakes in it.
type Guess = (Vec<Cause>, String);

/// Tries every guess at the key with every draft, those with the fewest mistakes first.
fn experiment(customer: &CustomerIdentity, tag: &[u8; 32], key: &str, others: &[&str]) -> Option<Vec<Cause>> {
    let keys = keys::guesses(key, others);
    let mut seen = HashSet::new();
    let mut by_mistakes: Vec<Vec<Guess>> = Vec::new();
    for count in 0..=MOST {
        by_mistakes.push(drafts(customer, count, &mut seen));
        for (of_key, key) in &keys {
            let Some(drafts) = count.checked_sub(of_key.len()).and_then(|left| by_mistakes.get(left)) else {
                continue;
            };
            let right = |(_, json): &&Guess| any_equal(&[*tag], &key.tag(&[json.as_bytes()]));
            if let Some((of_draft, _)) = drafts.iter().find(right) {
                return Some(of_key.iter().chain(of_draft).copied().collect());
            }
        }
        // One mistake, and a time of which only the seconds were sent.
        if count == 2
            && let Some(found) = signed_in_milliseconds(customer, tag, key)
        {
            return Some(found);
        }
    }
    None
}

/// Every draft with exactly this many mistakes that is not among `seen`.
fn drafts(customer: &CustomerIdentity, count: usize, seen: &mut HashSet<String>) -> Vec<Guess> {
    let mut found = Vec::new();
    collect(&groups(), &Draft::new(customer), count, &mut Vec::new(), &mut |causes, draft| {
        let json = draft.render();
        if seen.insert(json.clone()) {
            found.push((causes.to_vec(), json));
        }
    });
    found
}

fn collect(
    groups: &[Vec<Edit>],
    draft: &Draft,
    left: usize,
    causes: &mut Vec<Cause>,
    found: &mut impl FnMut(&[Cause], &Draft),
) {
    if left == 0 {
        return found(causes, draft);
    }
    for (at, group) in groups.iter().enumerate() {
        let rest = groups.get(at + 1..).unwrap_or_default();
        for edit in group {
            let Some(next) = draft.with(*edit) else { continue };
            causes.push(edit.cause());
            collect(rest, &next, left - 1, causes, found);
            causes.pop();
        }
    }
}

/// The signer took one time in milliseconds, signed it, and sent its seconds.
fn signed_in_milliseconds(customer: &CustomerIdentity, tag: &[u8; 32], key: &str) -> Option<Vec<Cause>> {
    let key = crate::signature::Key::new(key.as_bytes());
    let start = customer.timestamp.checked_mul(1000)?;
    (0..1000).find_map(|more| {
        let customer = CustomerIdentity { timestamp: start.checked_add(more)?, ..customer.clone() };
        let (mut seen, mut guesses) = (HashSet::new(), Vec::new());
        for count in 0..=1 {
            guesses.extend(drafts(&customer, count, &mut seen));
        }
        let right = |(_, json): &&Guess| any_equal(&[*tag], &key.tag(&[json.as_bytes()]));
        let (causes, _) = guesses.iter().find(right)?;
        Some(causes.iter().copied().chain([Cause::TimestampInMilliseconds]).collect())
    })
}
