//! Recognises loopback hosts, and hosts that the user allowed by name. Compares parsed names, never prefixes:
//! `127.0.0.1.example` is not loopback.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A host that is not loopback and was allowed with `--allow-host` or `--insecure-http-host`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllowedHost {
    /// Normalised; an IPv6 address in brackets.
    name: String,
    /// `None` allows every port.
    port: Option<u16>,
}

impl AllowedHost {
    /// Parses `cstar`, `cstar:4747`, `10.0.0.1` or `[fd00::1]:4747`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.contains("://") || text.contains('/') {
            return Err("give the host alone, as in cstar or cstar:4747".to_owned());
        }
        if text.contains('*') {
            return Err("patterns are not allowed; give each name by itself".to_owned());
        }
        let (name, port) = split(text).ok_or("expected a host name or address, as in cstar or cstar:4747")?;
        Ok(Self { name, port })
    }

    pub(crate) fn matches(&self, name: &str, port: u16) -> bool {
        self.name == normalize(name) && self.port.is_none_or(|own| own == port)
    }
}

/// Whether a `Host` header contains this machine or an allowed host.
pub(crate) fn is_allowed_host(host: &str, allowed: &[AllowedHost]) -> bool {
    let Some((name, port)) = split(host) else { return false };
    is_loopback_host(&name) || allowed.iter().any(|one| one.matches(&name, port.unwrap_or(HTTP_PORT)))
}

/// Whether a `Host` header contains an IP address, not a name.
pub(crate) fn is_address_host(host: &str) -> bool {
    split(host).is_some_and(|(name, _)| bracketed(&name).is_some() || name.parse::<Ipv4Addr>().is_ok())
}

/// The port of a `Host` header without one.
const HTTP_PORT: u16 = 80;
/// The longest host name in DNS.
const MAX_NAME: usize = 253;

/// The name in lower case, and the port if there is one.
fn split(host: &str) -> Option<(String, Option<u16>)> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, digits)) if !host.ends_with(']') => (name, Some(port_number(digits)?)),
        _ => (host, None),
    };
    let is_address = bracketed(name).is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_name = (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(plain)
        && !without_root(name).split('.').any(str::is_empty);
    (is_address || is_name).then(|| (normalize(name), port))
}

/// Lower case, the shortest form of an IPv6 address, and no trailing dot.
fn normalize(name: &str) -> String {
    match bracketed(name).and_then(|inner| inner.parse::<Ipv6Addr>().ok()) {
        Some(address) => format!("[{address}]"),
        None => without_root(name).to_ascii_lowercase(),
    }
}

fn port_number(digits: &str) -> Option<u16> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn bracketed(name: &str) -> Option<&str> {
    name.strip_prefix('[')?.strip_suffix(']')
}

/// Whether a host is this machine, without a look-up: `localhost` and all names below it (RFC 6761), `127.0.0.0/8`, or
/// `[::1]`.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    if let Some(v6) = bracketed(host) {
        return v6.parse() == Ok(Ipv6Addr::LOCALHOST);
    }
    let name = without_root(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_name = last.eq_ignore_ascii_case("localhost") && !name.split('.').any(str::is_empty);
    is_name || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// A trailing dot (the DNS root) does not change the host.
fn without_root(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_pass_with_any_port() {
        for host in [
            "localhost",
            "localhost:4747",
            "LocalHost:80",
            "localhost:18080",
            "shop.localhost:4747",
            "a.b.LOCALHOST",
            "localhost.:4747",
            "shop.localhost.",
            "127.0.0.1:4747",
            "127.9.8.7",
            "[::1]:4747",
            "[0:0:0:0:0:0:0:1]:1",
            "[::1]",
        ] {
            assert!(is_allowed_host(host, &[]), "{host}");
        }
    }

    #[test]
    fn other_hosts_are_rejected() {
        for host in [
            "localhost:",
            "localhost:+4747",
            "localhost:4747:4747",
            "localhost..:4747",
            ".localhost",
            ".",
            "..localhost",
            "xlocalhost",
            "localhost.evil.example:4747",
            "evil.example:4747",
            "127.0.0.1.evil.example:4747",
            "128.0.0.1",
            "127.1:4747",
            "0177.0.0.1:4747",
            "2130706433:4747",
            "0.0.0.0:4747",
            "[::]:4747",
            "[::ffff:127.0.0.1]:4747",
            "::1:4747",
            "[::1:4747",
            "user@localhost:4747",
            "localhost:4747@evil.example",
            " localhost:4747",
            "localhost:69283",
            "",
            ":4747",
        ] {
            assert!(!is_allowed_host(host, &[]), "{host}");
        }
    }

    #[test]
    fn address_hosts_are_not_names() {
        for address in ["10.0.0.7", "10.0.0.7:4747", "[fd00::1]:4747", "[::1]", "0.0.0.0:1"] {
            assert!(is_address_host(address), "{address}");
        }
        for other in ["cstar", "10.0.0.7.evil.example", "10.0.0", "0x7f.1", "fd00::1", "[x]", "10.0.0.7:", ""]
        {
            assert!(!is_address_host(other), "{other}");
        }
    }

    #[test]
    fn allowed_hosts_are_exact_names() {
        let any = AllowedHost::parse("CStar").unwrap();
        let one = AllowedHost::parse("api.test:4747").unwrap();
        let v6 = AllowedHost::parse("[fd00:0:0::1]").unwrap();
        let allowed = [any, one, v6];
        for good in ["cstar", "CSTAR:1", "cstar.", "api.test:4747", "[fd00::1]:4747", "[FD00:0::1]"] {
            assert!(is_allowed_host(good, &allowed), "{good}");
        }
        for bad in ["cstar.evil.test", "x.cstar", "api.test", "api.test:80", "[fd00::2]", "cstar.."] {
            assert!(!is_allowed_host(bad, &allowed), "{bad}");
        }
        for bad in ["", "*", "*.test", "http://cstar", "cstar/x", "a b", "cstar:", "cstar:99999", "u@cstar"] {
            assert!(AllowedHost::parse(bad).is_err(), "{bad}");
        }
    }
}
