//! The checks: stable names, what each is about, and the answer that it expects.

/// One check. The order of [`CHECKS`] is that of the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CheckInfo {
    /// Stable across versions, because scripts match it.
    pub(super) name: &'static str,
    pub(super) kind: CheckKind,
    /// One line.
    pub(super) purpose: &'static str,
    pub(super) expected: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckKind {
    ValidEvent,
    ResponseTime,
    Redirect,
    RawBody,
    WrongSecret,
    TamperedBody,
    MissingSignature,
    MalformedSignature,
    StaleTimestamp,
    FutureTimestamp,
    LegacySignature,
    RotatedSecret,
    ProductionHeaders,
    Unicode,
    LargeBody,
    EventTypes,
    UnknownType,
    DuplicateEvent,
    ConcurrentDuplicate,
    ReorderedEvents,
    GetRequest,
    ContentType,
    ExposedSecret,
    StackTrace,
}

// In a macro, so that each has one line.
macro_rules! checks {
    ($($kind:ident $name:literal $expected:literal $purpose:literal,)*) => {
        pub(super) const CHECKS: &[CheckInfo] = &[
            $(CheckInfo { name: $name, kind: CheckKind::$kind, purpose: $purpose, expected: $expected },)*
        ];
    };
}

checks! {
    ValidEvent "valid-event" "2xx" "a correctly signed event",
    ResponseTime "response-time" "within 10 s" "how long the answer to it takes",
    Redirect "redirect" "no 3xx" "whether the address is the final one",
    RawBody "raw-body" "2xx" "unusual white space, escapes and numbers, which do not survive a JSON parser",
    WrongSecret "wrong-secret" "4xx" "a signature made with another secret",
    TamperedBody "tampered-body" "4xx" "a body that was changed after signing",
    MissingSignature "missing-signature" "4xx" "an event without a signature",
    MalformedSignature "malformed-signature" "4xx" "signature headers that cannot be read",
    StaleTimestamp "stale-timestamp" "4xx" "a signature that is 10 minutes old",
    FutureTimestamp "future-timestamp" "4xx" "a signature from 10 minutes ahead",
    LegacySignature "legacy-signature" "any" "the sha256= signature without a timestamp, which cStar no longer sends",
    RotatedSecret "rotated-secret" "2xx" "two v1 of which one matches, as while a secret is rotated",
    ProductionHeaders "production-headers" "2xx" "X-Signature without the alias that only `cstar listen` adds",
    Unicode "unicode" "2xx" "characters of several bytes",
    LargeBody "large-body" "2xx" "a body of 1 MiB",
    EventTypes "event-types" "2xx, or no 5xx without --events" "one event of every type",
    UnknownType "unknown-type" "2xx or 4xx" "an event type that does not exist yet",
    DuplicateEvent "duplicate-event" "2xx twice" "the same event a second time",
    ConcurrentDuplicate "concurrent-duplicate" "2xx twice" "the same event twice at once",
    ReorderedEvents "reordered-events" "2xx twice" "an update that arrives before the creation",
    GetRequest "get-request" "no 5xx" "a GET without a body",
    ContentType "content-type" "2xx or 4xx" "a signed event as text/plain",
    ExposedSecret "exposed-secret" "none" "secrets in the answers to all of these",
    StackTrace "stack-trace" "none" "stack traces in the answers to all of these",
}

/// The check of this kind.
pub(super) fn check(kind: CheckKind) -> &'static CheckInfo {
    CHECKS.iter().find(|check| check.kind == kind).unwrap_or(&CHECKS[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        for (number, check) in CHECKS.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(check.name.chars().all(plain), "{}", check.name);
            assert!(
                CHECKS[..number].iter().all(|other| other.name != check.name && other.kind != check.kind)
            );
            assert_eq!(super::check(check.kind), check);
        }
    }
}
