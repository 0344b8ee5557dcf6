//! Builds the HTTP client for cStar.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::redirect::Policy;

use super::proxy::{bypasses_proxy, check_proxy_variables};
use super::{BaseUrl, SetupError, Trust, bundled_roots, install_crypto};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A client for requests to `base`, which also trusts the certificates of `trust`.
///
/// It never follows redirects, so that the key is not sent to another origin. It uses the proxy variables, except for
/// loopback addresses, which a proxy cannot reach. It has no time limit for a whole request, because one of them is the
/// event stream; callers set their own.
pub(crate) fn api_client(base: &BaseUrl, trust: &Trust) -> Result<reqwest::Client, SetupError> {
    api_client_with_timeout(base, trust, CONNECT_TIMEOUT)
}

/// The same with another time limit for connecting, including the TLS handshake.
pub(crate) fn api_client_with_timeout(
    base: &BaseUrl,
    trust: &Trust,
    connect: Duration,
) -> Result<reqwest::Client, SetupError> {
    check_proxy_variables(&base.join("/"))?;
    install_crypto();
    let settings = |base| settings(base).connect_timeout(connect);
    if !base.is_https() {
        // No certificate is needed. Not reading the store saves milliseconds.
        return Ok(settings(base).tls_certs_only([]).build()?);
    }
    match settings(base).tls_certs_merge(trust.extra.clone()).build() {
        Ok(client) => Ok(client),
        // A machine without a certificate store, such as a minimal container.
        Err(_) => {
            let roots = bundled_roots().into_iter().chain(trust.extra.clone());
            Ok(settings(base).tls_certs_only(roots).build()?)
        }
    }
}

fn settings(base: &BaseUrl) -> reqwest::ClientBuilder {
    #[expect(clippy::disallowed_methods, reason = "the one place that builds clients for cStar")]
    let builder = reqwest::Client::builder();
    let builder = builder.redirect(Policy::none()).tcp_nodelay(true);
    if !base.is_loopback() {
        return if bypasses_proxy(&base.join("/")) { builder.no_proxy() } else { builder };
    }
    // Port 0 stands for the port of the URL. DNS may have no or another address for such a name.
    let here: [SocketAddr; 2] = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
    builder.no_proxy().resolve_to_addrs(base.host(), &here)
}
