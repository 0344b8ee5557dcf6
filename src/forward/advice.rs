//! What to check or change after a failed attempt: one table for all commands and tools.
//!
//! The advice on an answer depends on its status and its body, because frameworks also answer 400 and 403 for
//! their own reasons. The advice on a missing answer depends on its [`FailureCause`].

use reqwest::Url;

use super::attempt::AttemptOutcome;
use super::command::{exit_code_in, is_command_timeout};
use super::policy::is_rejection;
pub(crate) use super::refusal::Refusal;
use crate::host::container::is_container;
use crate::net::{FailureCause, is_loopback};

/// A failed attempt, just made or from the history.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FailedAttempt<'a> {
    /// The URL of the target.
    pub(crate) target: &'a str,
    pub(crate) status: Option<u16>,
    /// From [`AttemptOutcome::reason`].
    pub(crate) reason: &'a str,
    /// The body of the answer, or its first line.
    pub(crate) answer: &'a str,
    /// What is known about an answer of 400, 401 or 403.
    pub(crate) refusal: Refusal,
}

/// How the user changes URL and secret, which differs between commands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Remedy<'a> {
    /// `--forward-to URL`
    pub(crate) address: &'a str,
    /// `cstar listen --print-secret`
    pub(crate) secret: &'a str,
    pub(crate) has_insecure: bool,
    pub(crate) has_timeout: bool,
}

/// For targets of `listen` and `replay`.
pub(crate) const TARGET: Remedy<'static> = Remedy { has_timeout: true, ..PROBE };

/// For `doctor`, which has a fixed time limit.
pub(crate) const PROBE: Remedy<'static> = Remedy {
    address: "--forward-to URL",
    secret: "cstar listen --print-secret",
    has_insecure: true,
    has_timeout: false,
};

/// For `trigger --to`.
pub(crate) const DIRECT: Remedy<'static> =
    Remedy { address: "--to URL", secret: "--secret", has_insecure: true, has_timeout: true };

/// Advice on a success with an incomplete body. `reason` is [`AttemptOutcome::reason`] or its remark.
pub(crate) fn about_body(reason: &str) -> Option<&'static str> {
    if reason.ends_with("the body never ended") {
        return Some(
            "end the response in the handler (Node.js: `res.end()`): until then the connection stays busy",
        );
    }
    let advice = "send the whole body: check Content-Length, and whether the server crashed";
    reason.ends_with("the body broke off").then_some(advice)
}

/// Advice after an attempt at `target`; none after a success.
pub(crate) fn advice(outcome: &AttemptOutcome, target: &str, remedy: Remedy<'_>) -> Option<String> {
    advice_with(outcome, target, Refusal::default(), remedy)
}

/// The same, with what is known about an answer of 400, 401 or 403.
pub(crate) fn advice_with(
    outcome: &AttemptOutcome,
    target: &str,
    refusal: Refusal,
    remedy: Remedy<'_>,
) -> Option<String> {
    if outcome.is_success() {
        return None;
    }
    let failed = FailedAttempt {
        target,
        status: outcome.status(),
        reason: &outcome.reason(),
        answer: outcome.excerpt().unwrap_or_default(),
        refusal,
    };
    advice_for(failed, remedy)
}

/// Advice on a failed attempt, also one from the history.
pub(crate) fn advice_for(failed: FailedAttempt<'_>, remedy: Remedy<'_>) -> Option<String> {
    match failed.status {
        Some(status) => Some(about_answer(status, failed, remedy)),
        None if failed.reason.starts_with("did not answer within") => Some(slow(remedy)),
        None if is_command_timeout(failed.reason) => {
            Some("let it end sooner, or allow more time with --timeout".to_owned())
        }
        None => about_exit(failed.reason).or_else(|| about_missing_answer(failed, remedy)),
    }
}

fn about_missing_answer(failed: FailedAttempt<'_>, remedy: Remedy<'_>) -> Option<String> {
    let cause = FailureCause::from_message(failed.reason)?;
    let advice = match cause.is_certificate() && !remedy.has_insecure {
        true => "deliveries need a valid certificate for the host name",
        false => cause.advice(),
    };
    Some(format!("{advice}{}", container_note(cause, failed.target).unwrap_or_default()))
}

/// What else may be wrong if this process runs in a container, to be added to other advice.
pub(crate) fn container_note(cause: FailureCause, target: &str) -> Option<&'static str> {
    note_in_container(cause, target).filter(|_| is_container())
}

fn note_in_container(cause: FailureCause, target: &str) -> Option<&'static str> {
    const MACHINE: &str = "host.docker.internal";
    let url = Url::parse(target).ok()?;
    match cause {
        FailureCause::Refused if is_loopback(&url) => Some(
            " (in a container, localhost is the container itself: name the service of your server, as in \
             http://app:3000, or host.docker.internal for the machine)",
        ),
        FailureCause::Refused if url.host_str() == Some(MACHINE) => {
            Some(" (in a container: the server on the machine must listen at 0.0.0.0, not only at 127.0.0.1)")
        }
        FailureCause::Refused => {
            Some(" (in a container: a server in another one must listen at 0.0.0.0, not only at 127.0.0.1)")
        }
        FailureCause::NameNotFound if url.host_str() == Some(MACHINE) => Some(
            " (in a container: outside Docker Desktop this name needs --add-host=host.docker.internal:host-gateway)",
        ),
        _ => None,
    }
}

fn slow(remedy: Remedy<'_>) -> String {
    let more = if remedy.has_timeout { ", or allow more time with --timeout" } else { "" };
    format!("answer first and do the work afterwards (cStar waits 10 s){more}")
}

/// Advice after a command that exited by itself.
fn about_exit(reason: &str) -> Option<String> {
    let advice = match exit_code_in(reason)? {
        _ if is_rejection(reason) => "the command rejects this event: 65 and 100 are not retried",
        126 | 127 => "the shell found no such program: check its name and PATH",
        _ => "see what it printed: 0 means delivered, and every other code except 65 and 100 is retried",
    };
    Some(advice.to_owned())
}

fn about_answer(status: u16, failed: FailedAttempt<'_>, remedy: Remedy<'_>) -> String {
    let Remedy { address, secret, .. } = remedy;
    if let Some(known) = framework(status, failed.answer) {
        return known.to_owned();
    }
    match status {
        304 => "304 is for GET requests: answer a POST with 2xx".to_owned(),
        300..=399 => format!(
            "redirects are not followed: name the final address with {address} (a slash at the end? https?)"
        ),
        400 | 401 | 403 => failed.refusal.advice(status, failed.answer, secret),
        404 | 405 | 501 => format!("no handler accepts a POST at this path: check the path of {address}"),
        406 | 415 => "the handler must accept Content-Type: application/json".to_owned(),
        408 | 504 => slow(remedy),
        410 => "the endpoint is gone: check its path".to_owned(),
        411 | 413 => "raise the server's limit for request bodies".to_owned(),
        422 => "the handler refused the payload: see the server's log".to_owned(),
        429 => "the server limits requests: raise its limit for this address, or send fewer at the same time"
            .to_owned(),
        502 | 503 => "a proxy or the server itself is not ready: see its log".to_owned(),
        500..=599 => "the handler failed: see the server's log".to_owned(),
        _ => "only 2xx counts as received: see the server's log".to_owned(),
    }
}

/// Advice on typical answers of frameworks, recognised by their body.
fn framework(status: u16, answer: &str) -> Option<&'static str> {
    let answer = answer.to_lowercase();
    let contains = |words: &[&str]| words.iter().any(|word| answer.contains(word));
    match status {
        400 | 403 | 421
            if contains(&[
                "disallowedhost",
                "http_host",
                "allowed_hosts",
                "invalid host",
                "blocked host",
                "blocked request. this host",
            ]) =>
        {
            Some(
                "the framework refused the Host header: add the host name to its allowed hosts (Django: ALLOWED_HOSTS)",
            )
        }
        400 | 403 | 419 | 422
            if contains(&[
                "csrf",
                "invalidauthenticitytoken",
                "page expired",
                "authenticity token",
                "change you wanted was rejected",
            ]) =>
        {
            Some(
                "the framework's CSRF check refused the request: exempt the webhook route (Django: @csrf_exempt)",
            )
        }
        419 => Some(
            "the framework's CSRF check refused the request: exempt the webhook route (Laravel: validateCsrfTokens)",
        ),
        400 if contains(&["plain http", "http request to an https server", "https port", "requires tls"]) => {
            Some("the server speaks https at this port: use https:// in the address")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(status: u16, answer: &str) -> String {
        let failed = FailedAttempt { status: Some(status), answer, ..FailedAttempt::default() };
        advice_for(failed, TARGET).unwrap()
    }

    #[test]
    fn frameworks_are_recognized_by_their_text() {
        assert!(about(400, "DisallowedHost at /: Invalid HTTP_HOST header: 'web'").contains("ALLOWED_HOSTS"));
        assert!(about(403, "Blocked request. This host (\"web\") is not allowed.").contains("allowed hosts"));
        assert!(about(403, "CSRF verification failed. Request aborted.").contains("CSRF"));
        assert!(about(422, "ActionController::InvalidAuthenticityToken").contains("CSRF"));
        assert!(about(419, "").contains("Laravel"));
        assert!(about(400, "The plain HTTP request was sent to HTTPS port").contains("https://"));
        assert!(about(400, "Client sent an HTTP request to an HTTPS server.").contains("https://"));
    }

    #[test]
    fn rejected_signature_is_only_suspected() {
        for status in [400, 401, 403] {
            let text = about(status, "");
            assert!(text.starts_with("if the signature") && text.contains("--print-secret"), "{text}");
        }
        assert!(!about(304, "").contains("redirect"));
        assert!(about(308, "").contains("--forward-to URL"));
    }

    #[test]
    fn containers_have_advice_of_their_own() {
        let note = |cause, target| note_in_container(cause, target).unwrap_or_default();
        let here = note(FailureCause::Refused, "http://localhost:3000/webhook");
        assert!(here.contains("host.docker.internal") && here.contains("http://app:3000"), "{here}");
        assert!(note(FailureCause::Refused, "http://app:8000/").contains("0.0.0.0"));
        assert!(note(FailureCause::Refused, "http://host.docker.internal:1/").contains("on the machine"));
        assert!(note(FailureCause::NameNotFound, "http://host.docker.internal:1/").contains("host-gateway"));
        for (cause, target) in [
            (FailureCause::NameNotFound, "http://app:8000/"),
            (FailureCause::NoRoute, "http://localhost:1/"),
            (FailureCause::Refused, ""),
        ] {
            assert_eq!(note(cause, target), "", "{target}");
        }
    }

    #[test]
    fn missing_response_has_advice_of_its_cause() {
        let failed = |reason| advice_for(FailedAttempt { reason, ..FailedAttempt::default() }, TARGET);
        assert_eq!(failed("speaks https, not http").as_deref(), Some(FailureCause::SpeaksHttps.advice()));
        assert_eq!(failed("did not answer within 10 s").as_deref(), Some(slow(TARGET).as_str()));
        assert_eq!(failed("internal error"), None);
    }
}
