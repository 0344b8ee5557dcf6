//! The origin of the cStar API, to which a key may be sent.

use std::fmt;

use reqwest::Url;

use super::hosts::{AllowedHost, is_loopback_host};
use super::without_credentials;

/// A checked API origin such as `https://www.cstar.help`, without path, query or credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl(Url);

/// Why an address cannot be the API's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BaseUrlError {
    #[error("it has no scheme; write it like https://{0}")]
    NoScheme(String),
    #[error("it is not a URL ({0})")]
    NotAUrl(String),
    #[error("its scheme is `{0}`; only https works, and http for a loopback address")]
    Scheme(String),
    #[error("it names no host")]
    NoHost,
    #[error("it holds a user name or password; pass the key with --api-key or CSTAR_API_KEY instead")]
    Credentials,
    #[error(
        "a key is never sent over plain http to `{0}`; use https or a loopback address, or for a test key add --insecure-http-host {0}"
    )]
    PlainHttp(String),
    #[error("it has a path, query or fragment (`{0}`); give only the origin, like https://www.cstar.help")]
    Path(String),
}

impl BaseUrl {
    /// cStar itself (documented).
    pub(crate) const DEFAULT: &'static str = "https://www.cstar.help";

    /// Parses and normalises an origin. Removes a trailing `/` or `/api/v1`.
    pub(crate) fn parse(text: &str) -> Result<Self, BaseUrlError> {
        Self::parse_with(text, &[])
    }

    /// The same with hosts that plain http is allowed for. The caller must check that only a test key is sent there.
    pub(crate) fn parse_with(text: &str, insecure: &[AllowedHost]) -> Result<Self, BaseUrlError> {
        let base = Self::parse_stored(text)?;
        if base.is_allowed(insecure) {
            Ok(base)
        } else {
            Err(BaseUrlError::PlainHttp(base.host().to_owned()))
        }
    }

    /// Parses the origin of a profile, which may be plain http to any host. [`BaseUrl::is_allowed`] checks before each
    /// use whether a key may be sent there.
    pub(crate) fn parse_stored(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text).map_err(|error| explain(text, error))?;
        if !matches!(url.scheme(), "http" | "https") {
            // `localhost:4747` parses as scheme `localhost`
            let looks_like_host = !text.contains("://");
            return Err(if looks_like_host {
                BaseUrlError::NoScheme(without_credentials(text))
            } else {
                BaseUrlError::Scheme(url.scheme().to_owned())
            });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::Credentials);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(BaseUrlError::NoHost);
        }
        let path = url.path().trim_end_matches('/');
        if !matches!(path, "" | "/api" | "/api/v1") || url.query().is_some() || url.fragment().is_some() {
            let rest =
                url.path().to_owned() + url.query().map(|q| format!("?{q}")).unwrap_or_default().as_str();
            return Err(BaseUrlError::Path(without_credentials(&rest)));
        }
        let mut origin = url;
        origin.set_path("/");
        Ok(Self(origin))
    }

    /// The URL of `path`, which begins with `/`.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }

    /// Whether the address is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether keys are sent in clear text: plain http to another machine.
    pub(crate) fn is_exposed(&self) -> bool {
        !self.is_https() && !self.is_loopback()
    }

    /// Whether keys are not sent in clear text, or the user has allowed the host.
    pub(crate) fn is_allowed(&self, insecure: &[AllowedHost]) -> bool {
        !self.is_exposed() || insecure.iter().any(|one| one.matches(self.host(), self.port()))
    }

    /// A lower-case ASCII name or an address; IPv6 in brackets.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The port, given or implied by the scheme.
    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn explain(text: &str, error: url::ParseError) -> BaseUrlError {
    match error {
        url::ParseError::RelativeUrlWithoutBase => {
            BaseUrlError::NoScheme(without_credentials(text.trim_start_matches('/')))
        }
        url::ParseError::EmptyHost => BaseUrlError::NoHost,
        other => BaseUrlError::NotAUrl(other.to_string()),
    }
}

/// Whether a URL is on this machine. Compares the parsed host, never a prefix: `127.0.0.1.evil.example` is not
/// loopback.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(is_loopback_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, BaseUrlError> {
        BaseUrl::parse(text).map(|base| base.to_string())
    }

    #[test]
    fn trailing_slash_or_api_path_is_removed() {
        for text in ["https://www.cstar.help", "https://www.cstar.help/", "https://www.cstar.help/api/v1/"] {
            assert_eq!(parsed(text).as_deref(), Ok("https://www.cstar.help"));
        }
        assert_eq!(parsed("http://localhost:4747/api/v1").as_deref(), Ok("http://localhost:4747"));
    }

    #[test]
    fn plain_http_needs_loopback() {
        for good in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:4747",
            "http://LOCALHOST",
            "http://localhost.:80",
            "http://shop.localhost:3000",
            "http://a.b.LocalHost.",
            "http://a.localhost:1",
        ] {
            assert!(parsed(good).is_ok(), "{good}");
        }
        for bad in [
            "http://www.cstar.help",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://evil-localhost",
            "http://localhost.evil",
            "http://notlocalhost",
            "http://localhost.localdomain",
            "http://localhost..",
            "http://.localhost",
        ] {
            assert!(matches!(parsed(bad), Err(BaseUrlError::PlainHttp(_))), "{bad}");
        }
    }

    #[test]
    fn insecure_hosts_are_exact_names() {
        let insecure = [AllowedHost::parse("cstar").unwrap(), AllowedHost::parse("10.0.0.7:4747").unwrap()];
        for good in ["http://cstar:4747", "http://CSTAR", "http://10.0.0.7:4747"] {
            assert!(BaseUrl::parse_with(good, &insecure).unwrap().is_exposed(), "{good}");
        }
        for bad in ["http://cstar.evil.test", "http://x.cstar", "http://10.0.0.7", "http://www.cstar.help"] {
            assert!(matches!(BaseUrl::parse_with(bad, &insecure), Err(BaseUrlError::PlainHttp(_))), "{bad}");
        }
        assert!(!BaseUrl::parse_with("https://cstar", &insecure).unwrap().is_exposed());
    }

    #[test]
    fn mistakes_have_distinct_errors() {
        assert_eq!(parsed("www.cstar.help"), Err(BaseUrlError::NoScheme("www.cstar.help".into())));
        assert_eq!(parsed("localhost:4747"), Err(BaseUrlError::NoScheme("localhost:4747".into())));
        assert_eq!(parsed("ftp://x"), Err(BaseUrlError::Scheme("ftp".into())));
        assert_eq!(parsed("https://u:p@x"), Err(BaseUrlError::Credentials));
        assert_eq!(parsed("https://x/other"), Err(BaseUrlError::Path("/other".into())));
        assert!(matches!(parsed("https://"), Err(BaseUrlError::NoHost)));
        assert!(matches!(parsed("https://x:99999"), Err(BaseUrlError::NotAUrl(_))));
    }
}
