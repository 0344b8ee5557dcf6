//! The way to cStar: straight, or through the proxy that the environment or the system names.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use super::BaseUrl;

/// The proxy in force for one address, without user name and password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProxyServer {
    /// `http`, `https`, `socks5` and the like.
    pub(crate) scheme: String,
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl ProxyServer {
    /// Whether the proxy looks up host names, and not this machine.
    pub(crate) fn resolves_names(&self) -> bool {
        !matches!(self.scheme.as_str(), "socks4" | "socks5")
    }
}

impl std::fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

/// The proxy that requests to `base` go through; `None` for the straight way. Asks the very code that
/// the client asks, which reads the environment and, on macOS and Windows, the system's settings.
pub(crate) fn proxy_for(base: &BaseUrl) -> Option<ProxyServer> {
    // As the client for cStar is set up.
    if base.is_loopback() { None } else { chosen(&Matcher::from_system(), base) }
}

/// Whether `value`, as a proxy variable has it, can be used; one that cannot is ignored by everybody.
pub(crate) fn is_proxy_address(value: &str) -> bool {
    let any = Uri::from_static("https://www.cstar.help");
    Matcher::builder().all(value.to_owned()).build().intercept(&any).is_some()
}

fn chosen(matcher: &Matcher, base: &BaseUrl) -> Option<ProxyServer> {
    let uri: Uri = base.to_string().parse().ok()?;
    let found = matcher.intercept(&uri)?;
    let (scheme, host) = (found.uri().scheme_str()?, found.uri().host()?);
    let default = match scheme {
        "https" => 443,
        "http" => 80,
        _ => 1080,
    };
    Some(ProxyServer {
        scheme: scheme.to_owned(),
        host: host.to_owned(),
        port: found.uri().port_u16().unwrap_or(default),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> BaseUrl {
        BaseUrl::parse("https://www.cstar.help").unwrap()
    }

    #[test]
    fn the_proxy_is_named_without_its_password() {
        let through = |all: &str| chosen(&Matcher::builder().all(all.to_owned()).build(), &base());
        let shown = |all| through(all).map(|proxy| proxy.to_string());
        assert_eq!(shown("http://me:hunter2@proxy.corp:3128").as_deref(), Some("http://proxy.corp:3128"));
        assert_eq!(shown("socks5h://127.0.0.1").as_deref(), Some("socks5h://127.0.0.1:1080"));
        assert_eq!(shown("proxy.corp:3128").as_deref(), Some("http://proxy.corp:3128"));
        assert_eq!(shown(""), None);
        assert!(!through("socks5://a:1").unwrap().resolves_names());
        assert!(through("socks5h://a:1").unwrap().resolves_names());
    }

    #[test]
    fn exceptions_are_kept() {
        let matcher = |no: &str| Matcher::builder().all("http://p:1").no(no.to_owned()).build();
        assert!(chosen(&matcher("localhost"), &base()).is_some());
        assert!(chosen(&matcher("cstar.help"), &base()).is_none());
        assert!(chosen(&matcher("*"), &base()).is_none());
    }

    #[test]
    fn an_address_that_cannot_be_used_is_known() {
        assert!(is_proxy_address("http://p:1") && is_proxy_address("p:1"));
        assert!(!is_proxy_address("http://"));
        assert!(!is_proxy_address("a b"));
    }
}
