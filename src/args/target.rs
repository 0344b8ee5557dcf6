//! Delivery targets on the command line: a URL, `host:port/path`, a port, or a port with a path.

use reqwest::Url;

use crate::event::Pattern;

/// The default path of webhook receivers (documented: the default of `--forward-to`).
pub(crate) const DEFAULT_PATH: &str = "/api/webhooks";

/// Servers accept about 8 KiB for the request line, of which the address is a part.
pub(crate) const MAX_LENGTH: usize = 8_000;

/// The default target (documented).
pub(crate) const DEFAULT: &str = "http://localhost:3000/api/webhooks";

/// A target for the events that match a pattern.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) pattern: Pattern,
    pub(crate) url: Url,
}

/// Reads a target. A port alone is the default target at that port.
pub(crate) fn parse(text: &str) -> Result<Url, String> {
    let text = text.trim();
    let full = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("http://localhost:{}{DEFAULT_PATH}", port(text)?)
    } else if let Some(rest) = text.strip_prefix(':') {
        format!("http://localhost:{rest}")
    } else if let Some((number, rest)) = port_and_path(text) {
        format!("http://localhost:{}{rest}", port(number)?)
    } else if text.contains("://") {
        text.to_owned()
    } else if looks_like_host_and_port(text) {
        format!("http://{text}")
    } else {
        return Err(expected());
    };
    let url = Url::parse(&full).map_err(|error| format!("{error}; {}", expected()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("unsupported scheme `{}`; use http or https", url.scheme()));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(expected());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "a user name or password in the address is not sent; pass --header 'Authorization: …'".to_owned()
        );
    }
    if url.port() == Some(0) {
        return Err("port 0 is not valid; use the port your server listens on".to_owned());
    }
    let length = text.chars().count();
    if length > MAX_LENGTH {
        return Err(format!("it has {length} characters; the limit is {MAX_LENGTH}"));
    }
    Ok(url)
}

/// Reads `PATTERN=TARGET`.
pub(crate) fn parse_route(text: &str) -> Result<Route, String> {
    let (pattern, url) =
        text.split_once('=').ok_or("expected PATTERN=TARGET, such as 'ticket.*=localhost:3001/tickets'")?;
    Ok(Route { pattern: super::pattern::parse(pattern.trim())?, url: parse(url)? })
}

/// A port with a path: `3000/webhook`.
fn port_and_path(text: &str) -> Option<(&str, &str)> {
    let (number, rest) = text.split_at(text.find(['/', '?'])?);
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some((number, rest))
}

fn port(text: &str) -> Result<u16, String> {
    match text.parse::<u16>() {
        Ok(0) => Err("port 0 is not valid; use the port your server listens on".to_owned()),
        Ok(port) => Ok(port),
        Err(_) => Err("invalid port; ports go from 1 to 65535".to_owned()),
    }
}

/// `host:port`, with or without a path. A host without a port is more likely a typing error.
fn looks_like_host_and_port(text: &str) -> bool {
    let authority = text.split(['/', '?']).next().unwrap_or_default();
    authority.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn expected() -> String {
    "expected a URL such as http://localhost:3000/webhook, host:port/path, a port, or port/path".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_becomes_a_url() {
        for (text, url) in [
            ("3000", "http://localhost:3000/api/webhooks"),
            (":3000/x", "http://localhost:3000/x"),
            ("3000/webhook", "http://localhost:3000/webhook"),
            ("3000/", "http://localhost:3000/"),
            ("3000/a?b=http://c", "http://localhost:3000/a?b=http://c"),
            ("localhost:3000", "http://localhost:3000/"),
            ("localhost:3000/webhook?a=1&b=2", "http://localhost:3000/webhook?a=1&b=2"),
            ("127.0.0.1:80/x", "http://127.0.0.1/x"),
            ("[::1]:3000/x", "http://[::1]:3000/x"),
            ("https://app.test/hook", "https://app.test/hook"),
            ("http://localhost", "http://localhost/"),
            (DEFAULT, DEFAULT),
        ] {
            assert_eq!(parse(text).unwrap().as_str(), url, "{text}");
        }
    }

    #[test]
    fn invalid_targets_are_rejected() {
        for bad in [
            "",
            "0",
            "65536",
            "65536/x",
            "0/x",
            "/x",
            "99999999999",
            "localhost:0",
            "http://localhost:0/",
            "foo",
            "ftp://x/",
            "http://",
            "not a url",
            "localhost:x",
            "http://[::1",
            "http://user:password@localhost:3000/",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_length_of_an_address_is_bounded() {
        let of_length = |length: usize| parse(&format!("localhost:1/{}", "a".repeat(length - 12)));
        assert!(of_length(MAX_LENGTH).is_ok());
        let refused = of_length(MAX_LENGTH + 1).unwrap_err();
        assert_eq!(refused, "it has 8001 characters; the limit is 8000");
    }

    #[test]
    fn a_route_is_a_pattern_and_a_target() {
        let route = parse_route("ticket.*=3001").unwrap();
        assert_eq!((route.pattern.as_str(), route.url.port()), ("ticket.*", Some(3001)));
        let with_query = parse_route("ticket.created=http://h:1/x?a=b").unwrap();
        assert_eq!(with_query.url.query(), Some("a=b"));
        for bad in ["3000", "ticket.*", "=3000", "ticket.*=", "tickt.*=3000"] {
            assert!(parse_route(bad).is_err(), "{bad}");
        }
    }
}
