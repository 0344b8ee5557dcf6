//! A request that was kept somewhere, and the choice of one of several.

use crate::output::Failure;
use crate::output::sanitize::escape;
use crate::signature::{SIGNATURE_HEADER, SIGNATURE_HEADER_ALIAS};

/// A request to verify.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Captured {
    /// Where it is from, for people.
    pub(super) origin: String,
    pub(super) body: Vec<u8>,
    /// The value of the signature header.
    pub(super) signature: Option<String>,
    /// When it was sent, in Unix seconds, if that is known.
    pub(super) sent_at: Option<i64>,
    /// What was assumed about it.
    pub(super) remarks: Vec<String>,
}

/// Which of several requests is meant.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    /// The id of its event, or its number among the requests, from 1.
    pub(super) entry: Option<String>,
    pub(super) attempt: Option<u32>,
    /// A part of the URL.
    pub(super) target: Option<String>,
}

/// One of the signed requests of a file with several.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    pub(super) id: Option<String>,
    pub(super) attempt: Option<u64>,
    pub(super) target: Option<String>,
    pub(super) request: Captured,
}

/// Requests that an error names.
const MOST: usize = 5;

/// The value of the signature header: `X-Signature`, or the second name that `listen` uses.
pub(super) fn signature_of<'a>(headers: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Option<String> {
    let named = |wanted: &str| {
        let mut headers = headers.clone();
        headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned())
    };
    named(SIGNATURE_HEADER).or_else(|| named(SIGNATURE_HEADER_ALIAS))
}

/// The request that is meant.
pub(super) fn choose(found: Vec<Candidate>, choice: &Choice, place: &str) -> Result<Captured, Failure> {
    let total = found.len();
    let attempts: Vec<String> = found.iter().take(MOST).filter_map(attempt_name).collect();
    let number = choice.entry.as_deref().and_then(|entry| entry.parse::<usize>().ok());
    let mut left: Vec<(usize, Candidate)> = (1..).zip(found).collect();
    if let Some(number) = number {
        left.retain(|(place, _)| *place == number);
    } else if let Some(id) = &choice.entry {
        left.retain(|(_, one)| one.id.as_deref() == Some(id));
    }
    left.retain(|(_, one)| choice.attempt.is_none_or(|wanted| one.attempt == Some(wanted.into())));
    left.retain(|(_, one)| {
        let target = one.target.as_deref().unwrap_or_default();
        choice.target.as_deref().is_none_or(|part| target.contains(part))
    });
    let ids = || left.iter().map(|(_, one)| &one.id).collect::<std::collections::HashSet<_>>();
    match left.len() {
        0 if total == 0 => Err(Failure::usage(format!("{place} has no request with a signature"))
            .hint("`listen` records the headers of failed attempts; pass a header with --signature")),
        0 => Err(none_matches(choice, place, total, attempts)),
        1 => Ok(left.swap_remove(0).1.request),
        // Several attempts of one event: the last one.
        _ if left.iter().all(|(_, one)| one.id.is_some()) && ids().len() == 1 => {
            left.pop().map(|(_, one)| one.request).ok_or_else(|| Failure::usage("no request"))
        }
        several => {
            let names = left.iter().take(MOST).map(|(place, one)| {
                let target = one.target.as_deref().map(escape).unwrap_or_default();
                format!("{place}: {} {target}", one.id.as_deref().map_or("-".to_owned(), escape))
            });
            let failure = Failure::usage(format!("{place} has {several} signed requests"))
                .hint("name one with --entry: its number or the id of its event");
            Err(names.fold(failure, Failure::hint))
        }
    }
}

fn attempt_name(one: &Candidate) -> Option<String> {
    let target = one.target.as_deref().map(escape).unwrap_or_default();
    Some(format!("there is attempt {}, to {target}", one.attempt?))
}

fn none_matches(choice: &Choice, place: &str, total: usize, attempts: Vec<String>) -> Failure {
    let entry = choice.entry.as_deref().map(|entry| format!("--entry {}", escape(entry)));
    let attempt = choice.attempt.map(|attempt| format!("--attempt {attempt}"));
    let target = choice.target.as_deref().map(|target| format!("--target {}", escape(target)));
    let asked: Vec<String> = [entry, attempt, target].into_iter().flatten().collect();
    let failure = Failure::usage(format!("no signed request in {place} matches {}", asked.join(" and ")));
    match choice.entry {
        Some(_) => {
            failure.hint(format!("name one of {total} with --entry: its number or the id of its event"))
        }
        None => attempts.into_iter().fold(failure, Failure::hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_attempt_of_one_event_is_chosen() {
        let one = |id: &str, attempt: u64, target: &str| Candidate {
            id: Some(id.to_owned()),
            attempt: Some(attempt),
            target: Some(target.to_owned()),
            request: Captured { origin: format!("{id} {attempt}"), ..Captured::default() },
        };
        let all =
            || vec![one("evt_1", 1, "http://a/"), one("evt_1", 2, "http://a/"), one("evt_2", 1, "http://b/")];
        let chosen = |choice: Choice| choose(all(), &choice, "it").map(|request| request.origin);
        let entry = |entry: &str| Choice { entry: Some(entry.to_owned()), ..Choice::default() };
        assert_eq!(chosen(entry("evt_1")).unwrap(), "evt_1 2");
        assert_eq!(chosen(entry("3")).unwrap(), "evt_2 1");
        assert_eq!(chosen(Choice { attempt: Some(1), ..entry("evt_1") }).unwrap(), "evt_1 1");
        assert_eq!(chosen(Choice { target: Some("b/".to_owned()), ..Choice::default() }).unwrap(), "evt_2 1");
        assert!(chosen(Choice::default()).unwrap_err().message().contains("3 signed requests"));
        assert!(chosen(entry("evt_9")).is_err() && chosen(entry("0")).is_err());
    }
}
