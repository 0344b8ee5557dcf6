//! Finds the proxy for requests to cStar in the environment or the system settings.

use std::net::IpAddr;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use super::{BaseUrl, is_loopback};
use crate::host::shell::{set_variable, unset_variable};

/// The proxy for an address, without user name and password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProxyServer {
    /// Such as `http`, `https` or `socks5`.
    pub(crate) scheme: String,
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl ProxyServer {
    /// Whether the proxy resolves host names, and not this machine.
    pub(crate) fn resolves_names(&self) -> bool {
        !matches!(self.scheme.as_str(), "socks4" | "socks5")
    }
}

impl std::fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

/// The proxy for requests to `base`. Uses the same library code as the client, which reads the environment and, on
/// macOS and Windows, the system settings.
pub(crate) fn proxy_for(base: &BaseUrl) -> Option<ProxyServer> {
    proxy_and_password(&base.join("/")).map(|(proxy, _)| proxy)
}

/// The same for any address, with the value of `Proxy-Authorization`.
pub(super) fn proxy_and_password(url: &Url) -> Option<(ProxyServer, Option<String>)> {
    if is_loopback(url) || bypasses_proxy(url) {
        return None;
    }
    chosen(&Matcher::from_system(), url)
}

/// Whether `NO_PROXY` contains the server of `url`. Checked here, because the client supports fewer forms.
pub(super) fn bypasses_proxy(url: &Url) -> bool {
    #[expect(clippy::disallowed_methods, reason = "the client reads this variable itself, at the same time")]
    let value = NO_PROXY_VARIABLES.iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
    matches_rule(&NoProxyRules::parse(&value), url)
}

/// In order of precedence.
pub(crate) const NO_PROXY_VARIABLES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The value of `NO_PROXY`. As in curl: names including their subdomains, addresses, networks or a bare `*`, separated
/// by commas or white space. Also `*.corp` for `.corp`, and ports, as in other programs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct NoProxyRules {
    /// The entry, its normalised form, and its port.
    rules: Vec<(String, String, Option<u16>)>,
    /// The invalid entries.
    pub(crate) ignored: Vec<String>,
}

impl NoProxyRules {
    pub(crate) fn parse(value: &str) -> Self {
        let mut found = Self::default();
        let entries = value.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
        for entry in entries {
            match rule(entry) {
                Some((rule, port)) => found.rules.push((entry.to_owned(), rule, port)),
                None => found.ignored.push(entry.to_owned()),
            }
        }
        found
    }

    /// The valid entries.
    pub(crate) fn in_force(&self) -> String {
        let names: Vec<&str> = self.rules.iter().map(|(entry, ..)| entry.as_str()).collect();
        names.join(", ")
    }
}

fn matches_rule(exceptions: &NoProxyRules, url: &Url) -> bool {
    let is_for = |port: &Option<u16>| port.is_none() || *port == url.port_or_known_default();
    let rules = exceptions.rules.iter().filter(|(_, _, port)| is_for(port));
    let rules: Vec<&str> = rules.map(|(_, rule, _)| rule.as_str()).collect();
    let Ok(uri) = url.as_str().parse::<Uri>() else { return false };
    let any = Matcher::builder().all("http://127.0.0.1:1").no(rules.join(","));
    !rules.is_empty() && any.build().intercept(&uri).is_none()
}

/// The normalised form of an entry, and its port.
fn rule(entry: &str) -> Option<(String, Option<u16>)> {
    if entry == "*" {
        return Some((entry.to_owned(), None));
    }
    if let Some((address, bits)) = entry.split_once('/') {
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        return bits.parse::<u8>().ok().filter(|bits| *bits <= most).map(|_| (entry.to_owned(), None));
    }
    if entry.parse::<IpAddr>().is_ok() {
        return Some((entry.to_owned(), None));
    }
    let (host, port) = match entry.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port.parse::<u16>().ok()?)),
        _ => (entry, None),
    };
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<IpAddr>().is_ok().then(|| (address.to_owned(), port));
    }
    let name = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let good = !name.trim_matches('.').is_empty() && name.chars().all(is_name) && !name.contains("..");
    good.then(|| (name.to_owned(), port))
}

/// Whether `value` of a proxy variable is valid.
pub(crate) fn is_proxy_address(value: &str) -> bool {
    let any = Uri::from_static("https://www.cstar.help");
    let found = Matcher::builder().all(value.to_owned()).build().intercept(&any);
    let Some(authority) = found.as_ref().and_then(|found| found.uri().authority()) else { return false };
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    let has_good_port = matches!(port, "" | ":") || authority.port_u16().is_some_and(|port| port > 0);
    !authority.host().is_empty() && has_good_port
}

/// An invalid proxy variable. The client would ignore it and connect without the proxy.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProxyError {
    #[error("{0} holds bytes that are no UTF-8")]
    NotText(&'static str),
    #[error("{0} is not an address of a proxy, such as http://proxy.example:3128")]
    NotAddress(&'static str),
}

impl ProxyError {
    /// A command that fixes it.
    pub(crate) fn fix(&self) -> String {
        let (Self::NotText(name) | Self::NotAddress(name)) = self;
        format!("{}, or: {}", set_variable(name, "VALUE"), unset_variable(name))
    }
}

const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];

/// The invalid variable that prevents requests to `base`, if there is one.
pub(crate) fn proxy_problem(base: &BaseUrl) -> Option<ProxyError> {
    check_proxy_variables(&base.join("/")).err()
}

/// Checks the proxy variables for requests to `url`. Loopback addresses need none.
pub(super) fn check_proxy_variables(url: &Url) -> Result<(), ProxyError> {
    if is_loopback(url) {
        return Ok(());
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the client reads these variables itself, at the same time"
    )]
    let value = |name: &&'static str| std::env::var_os(name).map(|value| (*name, value));
    let all = [HTTPS, HTTP, ALL, NO_PROXY_VARIABLES].concat();
    if let Some((name, _)) = all.iter().filter_map(value).find(|(_, value)| value.to_str().is_none()) {
        return Err(ProxyError::NotText(name));
    }
    if bypasses_proxy(url) {
        return Ok(());
    }
    // As in the client, the first variable that is set decides, even if it is empty.
    let first =
        |names: [&'static str; 2]| names.iter().find_map(value).filter(|(_, value)| !value.is_empty());
    let own = if url.scheme() == "https" { HTTPS } else { HTTP };
    match first(own).or_else(|| first(ALL)) {
        Some((name, value)) if !value.to_str().is_some_and(is_proxy_address) => {
            Err(ProxyError::NotAddress(name))
        }
        _ => Ok(()),
    }
}

fn chosen(matcher: &Matcher, url: &Url) -> Option<(ProxyServer, Option<String>)> {
    let uri: Uri = url.as_str().parse().ok()?;
    let found = matcher.intercept(&uri)?;
    let password = found.basic_auth().and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (scheme, host) = (found.uri().scheme_str()?, found.uri().host()?);
    let default = match scheme {
        "https" => 443,
        "http" => 80,
        _ => 1080,
    };
    let proxy = ProxyServer {
        scheme: scheme.to_owned(),
        host: host.to_owned(),
        port: found.uri().port_u16().unwrap_or(default),
    };
    Some((proxy, password))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://www.cstar.help").unwrap()
    }

    #[test]
    fn proxy_is_printed_without_password() {
        let through = |all: &str| {
            chosen(&Matcher::builder().all(all.to_owned()).build(), &base()).map(|(proxy, _)| proxy)
        };
        let shown = |all| through(all).map(|proxy| proxy.to_string());
        assert_eq!(shown("http://me:hunter2@proxy.corp:3128").as_deref(), Some("http://proxy.corp:3128"));
        assert_eq!(shown("socks5h://127.0.0.1").as_deref(), Some("socks5h://127.0.0.1:1080"));
        assert_eq!(shown("proxy.corp:3128").as_deref(), Some("http://proxy.corp:3128"));
        assert_eq!(shown(""), None);
        assert!(!through("socks5://a:1").unwrap().resolves_names());
        assert!(through("socks5h://a:1").unwrap().resolves_names());
    }

    #[test]
    fn no_proxy_accepts_common_forms() {
        for (value, excepted) in [
            ("*", true),
            ("cstar.help", true),
            (".cstar.help", true),
            ("*.cstar.help", true),
            ("www.cstar.help:443", true),
            ("*.help:443", true),
            ("www.cstar.help.", true),
            ("a b WWW.CSTAR.HELP", true),
            ("a,www.cstar.help,b", true),
            ("", false),
            ("localhost", false),
            ("www.cstar.help:8443", false),
            ("tar.help", false),
            ("10.0.0.0/8", false),
            ("*tar.help", false),
        ] {
            assert_eq!(matches_rule(&NoProxyRules::parse(value), &base()), excepted, "{value}");
        }
        for (value, url) in [
            ("10.0.0.0/8", "https://10.1.2.3/"),
            ("10.1.2.3:8443", "https://10.1.2.3:8443/"),
            ("fd00::/8", "https://[fd00::1]/"),
            ("[fd00::1]:443", "https://[fd00::1]/"),
            ("fd00::1", "https://[fd00::1]/"),
        ] {
            assert!(matches_rule(&NoProxyRules::parse(value), &Url::parse(url).unwrap()), "{value}");
        }
        let odd = NoProxyRules::parse("10.0.*, http://a, a:b, ok.corp, 10.0.0.0/99, [x], ..");
        assert_eq!(odd.in_force(), "ok.corp");
        assert_eq!(odd.ignored, ["10.0.*", "http://a", "a:b", "10.0.0.0/99", "[x]", ".."]);
    }

    #[test]
    fn invalid_proxy_addresses_are_rejected() {
        assert!(is_proxy_address("http://p:1") && is_proxy_address("p:1"));
        assert!(!is_proxy_address("http://"));
        assert!(is_proxy_address("http://me:pass@p:1/") && is_proxy_address("socks5://[::1]:1080"));
        for odd in
            ["a b", "notaurl::", "http://p:99999", "http://p:0", "http://p:x", "ftp://p:1", "http://:1"]
        {
            assert!(!is_proxy_address(odd), "{odd}");
        }
    }
}
