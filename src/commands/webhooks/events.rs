//! The flags that define a webhook: its events, and an address that can receive deliveries.

use reqwest::Url;

use crate::args::{pattern, target};
use crate::net::is_loopback;
use crate::output::Failure;

/// Reads one item of `--events`: a type, or a pattern such as `ticket.*`.
pub(super) fn parse(text: &str) -> Result<String, String> {
    pattern::parse(text).map(|pattern| pattern.as_str().to_owned())
}

pub(super) fn parse_url(text: &str) -> Result<Url, String> {
    target::parse(text)
}

/// Without duplicates, in order.
pub(super) fn once(events: &[String]) -> Vec<String> {
    let mut seen = Vec::new();
    for event in events {
        if !seen.contains(event) {
            seen.push(event.clone());
        }
    }
    seen
}

/// cStar itself cannot deliver to this machine, and needs https (documented). A sandbox
/// decides itself: plain http needs its `--allow-host`.
pub(super) fn check_reachable(url: Option<&Url>, api_is_local: bool) -> Result<(), Failure> {
    match url {
        Some(url) if !api_is_local && url.scheme() != "https" && !is_loopback(url) => {
            Err(Failure::usage(format!("webhooks need https, and {url} is plain http")))
        }
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
    fn cstar_needs_https_and_a_sandbox_decides() {
        let url = |text| parse_url(text).unwrap();
        for bad in ["http://example.com/", "http://10.0.0.1/"] {
            assert!(check_reachable(Some(&url(bad)), false).is_err(), "{bad}");
            assert!(check_reachable(Some(&url(bad)), true).is_ok(), "{bad}");
        }
        assert!(parse_url("ftp://localhost/").is_err() && parse_url("").is_err());
    }

    #[test]
    fn only_a_sandbox_delivers_to_loopback() {
        let here = parse_url("3000").unwrap();
        assert!(check_reachable(Some(&here), false).is_err() && check_reachable(Some(&here), true).is_ok());
        let there = parse_url("https://example.com/").unwrap();
        assert!(check_reachable(Some(&there), false).is_ok() && check_reachable(None, false).is_ok());
    }

    #[test]
    fn repeated_event_types_are_removed() {
        assert_eq!(parse(" ticket.* ").as_deref(), Ok("ticket.*"));
        assert!(parse("ticket.craeted").unwrap_err().contains("ticket.created"));
        let events = ["a.b", "c.d", "a.b"].map(str::to_owned);
        assert_eq!(once(&events), ["a.b", "c.d"]);
    }
}
