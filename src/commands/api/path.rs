//! The path of a request: from the team, from the API, or from the root of the server.

use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::net::BaseUrl;
use crate::ops::api_operations::{API, OF_THE_API, TEAM};
use crate::output::Failure;

/// What is at the root of the server.
const OF_THE_ROOT: [&str; 3] = ["api/", "_sandbox/", "openapi.json"];

/// The target of a request at `base` for `typed`, which may still contain `{team}`. It begins with `/`.
pub(super) fn target(typed: &str, base: &BaseUrl) -> Result<String, Failure> {
    let path = match typed.split_once("://") {
        Some(_) => of_url(typed, base)?,
        None => typed.to_owned(),
    };
    check(&path)?;
    let relative = path.strip_prefix('/').unwrap_or(&path);
    let begins = |names: &[&str]| names.iter().any(|name| relative.starts_with(name));
    if begins(&OF_THE_ROOT) {
        Ok(format!("/{relative}"))
    } else if begins(&OF_THE_API) {
        Ok(format!("{API}{relative}"))
    } else {
        Ok(format!("{API}teams/{TEAM}/{relative}"))
    }
}

/// Whether the team has to be asked for.
pub(super) fn needs_team(target: &str) -> bool {
    target.contains(TEAM)
}

/// `target` with the id of the team.
pub(super) fn with_team(target: &str, id: &str) -> String {
    target.replace(TEAM, id)
}

/// A whole address is accepted for the server that the key is for.
fn of_url(typed: &str, base: &BaseUrl) -> Result<String, Failure> {
    let url: Url = typed.parse().map_err(|_| Failure::usage("the address is not a valid URL"))?;
    if url.origin() != base.join("/").origin() || !url.username().is_empty() || url.password().is_some() {
        let message = format!("the key is sent to {base} only, not to {}", url.host_str().unwrap_or("there"));
        return Err(Failure::usage(message).hint("give the path alone, and the server with --base-url"));
    }
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    // The braces of `{team}` are encoded in a parsed address.
    Ok(format!("{}{query}", url.path()).replace("%7Bteam%7D", TEAM))
}

/// What a URL would change or drop.
fn check(path: &str) -> Result<(), Failure> {
    let wrong = |problem: &str| Err(Failure::usage(format!("the path {problem}")));
    let before_query = path.split_once('?').map_or(path, |(path, _)| path);
    let names = before_query.trim_matches('/').split('/');
    let is_dots = |name: &str| matches!(&*percent_decode_str(name).decode_utf8_lossy(), "." | "..");
    if before_query.trim_matches('/').is_empty() {
        return wrong("is empty");
    }
    if path.contains('#') {
        return wrong("has a `#`, which is not sent; write it as %23");
    }
    if path.contains('\\') {
        return wrong("has a backslash; paths have `/`");
    }
    if path.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return wrong("has a space or a control character; write a space as %20");
    }
    if before_query.starts_with("//") || names.clone().any(is_dots) {
        return wrong("has `..`, `.` or `//`, which would change it");
    }
    if before_query.replace(TEAM, "").contains(['{', '}']) {
        return Err(Failure::usage("the path has a placeholder other than {team}")
            .hint("put an id in its place: cstar api tickets/tkt_a1b2"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(typed: &str) -> Result<String, String> {
        let base = BaseUrl::parse("https://www.cstar.help").unwrap();
        target(typed, &base).map_err(|failure| failure.message().to_owned())
    }

    #[test]
    fn paths_are_relative_to_the_team() {
        for (typed, wanted) in [
            ("tickets", "/api/v1/teams/{team}/tickets"),
            ("/tickets/tkt_1?expand=customer", "/api/v1/teams/{team}/tickets/tkt_1?expand=customer"),
            ("teams/{team}/tickets", "/api/v1/teams/{team}/tickets"),
            ("/teams/abc/tickets", "/api/v1/teams/abc/tickets"),
            ("auth/whoami", "/api/v1/auth/whoami"),
            ("/api/v1/auth/whoami", "/api/v1/auth/whoami"),
            ("api/v2/x", "/api/v2/x"),
            ("_sandbox/reset", "/_sandbox/reset"),
            ("openapi.json", "/openapi.json"),
            ("https://www.cstar.help/api/v1/teams/{team}/tickets?a=b", "/api/v1/teams/{team}/tickets?a=b"),
            ("tickets?search=a/../b", "/api/v1/teams/{team}/tickets?search=a/../b"),
        ] {
            assert_eq!(of(typed).as_deref(), Ok(wanted), "{typed}");
        }
    }

    #[test]
    fn paths_that_a_url_would_change_are_refused() {
        for (typed, expected) in [
            ("", "is empty"),
            ("/", "is empty"),
            ("?a=b", "is empty"),
            ("../x", "`..`"),
            ("tickets/%2e%2E/x", "`..`"),
            ("tickets/./x", "`..`"),
            ("//evil.example/x", "`//`"),
            ("a\\b", "backslash"),
            ("a b", "space"),
            ("a\u{1b}", "control"),
            ("a#b", "`#`"),
            ("tickets/{id}", "placeholder other than {team}"),
            ("https://evil.example/api/v1/x", "not to evil.example"),
            ("http://www.cstar.help/api/v1/x", "is sent to https://www.cstar.help only"),
            ("https://u:p@www.cstar.help/api/v1/x", "only"),
            ("https://", "not a valid URL"),
        ] {
            let problem = of(typed).unwrap_err();
            assert!(problem.contains(expected), "{typed}: {problem}");
        }
    }
}
