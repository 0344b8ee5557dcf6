//! What the command line says about the account.

use std::path::PathBuf;

use crate::Secret;
use crate::net::AllowedHost;

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountOptions {
    /// `--api-key`
    pub(crate) api_key: Option<Secret>,
    /// `--base-url`
    pub(crate) base_url: Option<String>,
    /// `--profile`
    pub(crate) profile: Option<String>,
    /// `--sandbox`
    pub(crate) sandbox: bool,
    /// `--insecure-http-host`
    pub(crate) insecure_http_hosts: Vec<AllowedHost>,
    /// `--ca-cert`
    pub(crate) ca_cert: Option<PathBuf>,
}
