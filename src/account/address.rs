//! Reads addresses of the API, with the hosts that may be called over plain http.

use super::options::AccountOptions;
use super::origin::Origin;
use super::resolve_error::ResolveError;
use crate::host::env::{Env, names};
use crate::net::{AllowedHost, BaseUrl, without_credentials};

pub(super) fn insecure_hosts(options: &AccountOptions, env: &Env) -> Result<Vec<AllowedHost>, ResolveError> {
    const ORIGIN: Origin = Origin::Environment(names::INSECURE_HTTP_HOSTS);
    let mut hosts = options.insecure_http_hosts.clone();
    let named = env.get(names::INSECURE_HTTP_HOSTS).unwrap_or_default();
    for text in named.split([',', ' ']).filter(|text| !text.is_empty()) {
        let failed = |problem| ResolveError::InsecureHost { text: text.to_owned(), origin: ORIGIN, problem };
        hosts.push(AllowedHost::parse(text).map_err(failed)?);
    }
    Ok(hosts)
}

/// cStar itself.
pub(super) fn default_base() -> Result<(BaseUrl, Origin), ResolveError> {
    Ok((parse_base(BaseUrl::DEFAULT, Origin::Default)?, Origin::Default))
}

pub(super) fn parse_base(text: &str, origin: Origin) -> Result<BaseUrl, ResolveError> {
    parse_given(text, origin, &[])
}

pub(super) fn parse_given(
    text: &str,
    origin: Origin,
    insecure: &[AllowedHost],
) -> Result<BaseUrl, ResolveError> {
    BaseUrl::parse_with(text, insecure).map_err(|error| ResolveError::Base {
        url: without_credentials(text),
        origin,
        error,
    })
}
