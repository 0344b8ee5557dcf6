//! The flags that say what a webhook is: its events, and an address that can be delivered to.

use reqwest::Url;

use crate::cli::{pattern, target};
use crate::net::is_loopback;
use crate::output::Failure;

/// Reads one item of `--events`: a type, or a pattern such as `ticket.*`.
pub(super) fn parse(text: &str) -> Result<String, String> {
    pattern::parse(text).map(|pattern| pattern.as_str().to_owned())
}

/// Reads `--url`. https is required (documented) unless the address is on this machine.
pub(super) fn parse_url(text: &str) -> Result<Url, String> {
    let url = target::parse(text)?;
    if url.scheme() != "https" && !is_loopback(&url) {
        return Err("webhooks need https, except for an address on this machine".to_owned());
    }
    Ok(url)
}

/// Each once, in the order in which they were given.
pub(super) fn once(events: &[String]) -> Vec<String> {
    let mut seen = Vec::new();
    for event in events {
        if !seen.contains(event) {
            seen.push(event.clone());
        }
    }
    seen
}

/// cStar itself cannot deliver to this machine.
pub(super) fn check_reachable(url: Option<&Url>, api_is_local: bool) -> Result<(), Failure> {
    match url {
        Some(url) if !api_is_local && is_loopback(url) => {
            Err(Failure::usage(format!("cStar cannot reach {url}: that is this machine"))
                .hint(format!("receive events here with: cstar listen --forward-to {url}"))
                .hint("or try webhooks without an account: add --sandbox"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_needed_except_on_this_machine() {
        for good in ["https://example.com/hook", "http://localhost:3000/x", "http://[::1]:1/", "3000"] {
            assert!(parse_url(good).is_ok(), "{good}");
        }
        for bad in ["http://example.com/", "http://10.0.0.1/", "ftp://localhost/", "example.com", ""] {
            assert!(parse_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn cstar_cannot_deliver_to_this_machine_but_a_sandbox_can() {
        let here = parse_url("3000").unwrap();
        assert!(check_reachable(Some(&here), false).is_err() && check_reachable(Some(&here), true).is_ok());
        let there = parse_url("https://example.com/").unwrap();
        assert!(check_reachable(Some(&there), false).is_ok() && check_reachable(None, false).is_ok());
    }

    #[test]
    fn events_are_types_or_patterns_and_each_counts_once() {
        assert_eq!(parse(" ticket.* ").as_deref(), Ok("ticket.*"));
        assert!(parse("ticket.craeted").unwrap_err().contains("ticket.created"));
        let events = ["a.b", "c.d", "a.b"].map(str::to_owned);
        assert_eq!(once(&events), ["a.b", "c.d"]);
    }
}
