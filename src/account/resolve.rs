//! Which key and address are in force, and where each came from: flag, then environment, then what is
//! stored, then default.

use std::path::PathBuf;

use crate::Secret;
use crate::host::dirs;
use crate::host::env::{Env, names};
use crate::net::{AllowedHost, BaseUrl, BaseUrlError, Trust, TrustError, without_credentials};
use crate::sandbox_info::{
    self,
    running::{self, Running},
};

use super::project::ProjectError;
use super::stored::{ProjectChoice, StoredAccount};
use super::{ApiKey, ApiKeyError, Backend, ProfileStoreError};

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A command-line flag, by name.
    Flag(&'static str),
    /// An environment variable, by name.
    Environment(&'static str),
    /// What the user gave when asked, such as `standard input`.
    Input(&'static str),
    /// The `.cstar.toml` of the working directory, or of one above it.
    Project,
    /// The profile in use.
    Profile,
    /// The place where the profile's key is.
    Stored(Backend),
    /// The profile that was made the active one.
    Active,
    /// Built in.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) | Self::Input(name) => f.write_str(name),
            Self::Project => f.write_str(".cstar.toml"),
            Self::Profile => f.write_str("the profile"),
            Self::Stored(backend) => f.write_str(backend.describe()),
            Self::Active => f.write_str("cstar profiles use"),
            Self::Default => f.write_str("the default"),
        }
    }
}

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

/// A key and the address it is for.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) base: BaseUrl,
    pub(crate) key: ApiKey,
    /// Where the key came from.
    pub(crate) origin: Origin,
    /// The profile whose key it is, if it is a stored one.
    pub(crate) profile: Option<String>,
    /// What a project file chose, if it chose the profile.
    pub(crate) chosen: Option<ProjectChoice>,
    /// Whom to trust besides the usual authorities.
    pub(crate) trust: Trust,
    /// Whether this is the local sandbox by request.
    pub(crate) sandbox: bool,
}

/// Why there is no usable account.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("no API key: not logged in")]
    NoKey,
    #[error("{error} (from {origin})")]
    Key { error: ApiKeyError, origin: Origin },
    #[error("the base URL `{url}` (from {origin}) cannot be used: {error}")]
    Base { url: String, origin: Origin, error: BaseUrlError },
    #[error("--sandbox needs a loopback address, but {base} (from {origin}) is remote")]
    SandboxIsRemote { base: BaseUrl, origin: Origin },
    #[error("a live key is never sent over plain http to `{0}`")]
    LiveKeyOverHttp(String),
    #[error("this is the sandbox's own key, and {0} is no sandbox on this machine")]
    SandboxKeyToRemote(BaseUrl),
    #[error("`{text}` (from {origin}) is no host: {problem}")]
    InsecureHost { text: String, origin: Origin, problem: String },
    #[error("could not use --ca-cert `{}`: {error}", path.display())]
    CaCert { path: PathBuf, error: TrustError },
    #[error("there is no profile `{name}` (from {origin})")]
    NoProfile { name: String, origin: Origin },
    #[error("the key of profile `{profile}` is for {own} and is not sent to {asked} (from {origin})")]
    WrongAddress { profile: String, own: String, asked: String, origin: Origin },
    #[error("the key of profile `{0}` is gone from where it was stored")]
    KeyGone(String),
    #[error("could not read the key of profile `{profile}`: {error}")]
    Unreadable { profile: String, error: ProfileStoreError },
    #[error("{0}")]
    Store(#[from] ProfileStoreError),
    #[error("{0}")]
    Project(#[from] ProjectError),
}

impl Account {
    /// Resolves address and key. What is stored is only looked at when flags and environment leave a
    /// question open, and the keychain only when the key is in it.
    pub(crate) fn resolve(options: &AccountOptions, env: &Env) -> Result<Self, ResolveError> {
        let trust = Self::trust(options)?;
        let ((secret, origin), (base, from), profile, chosen) = match given_key(options, env) {
            Some(key) => (key, Self::address(options, env)?, None, None),
            None => {
                let given = given_base(options, env)?;
                let stored = StoredAccount::open(options, env, given.is_some())?;
                let (base, from) = stored.base(given)?;
                let (key, origin, profile) = stored.key_for(&base, from)?;
                ((key, origin), (base, from), Some(profile), stored.choice())
            }
        };
        let key = ApiKey::parse(secret).map_err(|error| ResolveError::Key { error, origin })?;
        if !base.is_allowed(&insecure_hosts(options, env)?) {
            let error = BaseUrlError::PlainHttp(base.host().to_owned());
            return Err(ResolveError::Base { url: base.to_string(), origin: from, error });
        }
        check_destination(&key, &base)?;
        Ok(Self { base, key, origin, profile, chosen, trust, sandbox: options.sandbox })
    }

    /// The account of a key that was just given, at the address that [`Account::login_address`] named.
    pub(crate) fn from_key(
        (secret, origin): (Secret, Origin),
        base: BaseUrl,
        options: &AccountOptions,
    ) -> Result<Self, ResolveError> {
        let key = ApiKey::parse(secret).map_err(|error| ResolveError::Key { error, origin })?;
        let trust = Self::trust(options)?;
        check_destination(&key, &base)?;
        Ok(Self { base, key, origin, profile: None, chosen: None, trust, sandbox: options.sandbox })
    }

    /// The address at which to log in. Neither a profile nor a project has a say in where a new key goes.
    pub(crate) fn login_address(options: &AccountOptions, env: &Env) -> Result<BaseUrl, ResolveError> {
        Ok(given_base(options, env)?.map_or_else(default_base, Ok)?.0)
    }

    /// The address in force, which needs no key; when one is given, it may be sent there.
    pub(crate) fn address(options: &AccountOptions, env: &Env) -> Result<(BaseUrl, Origin), ResolveError> {
        if let Some(base) = given_base(options, env)? {
            return Ok(base);
        }
        let stored = StoredAccount::open(options, env, false)?;
        match given_key(options, env) {
            Some((key, origin)) => stored.base_for(&key, origin),
            None => stored.base(None),
        }
    }

    /// Whom to trust besides the usual authorities.
    pub(crate) fn trust(options: &AccountOptions) -> Result<Trust, ResolveError> {
        match &options.ca_cert {
            Some(path) => {
                Trust::from_file(path).map_err(|error| ResolveError::CaCert { path: path.clone(), error })
            }
            None => Ok(Trust::default()),
        }
    }
}

/// What must not leave by this way: a live key over plain http, and the public key of a sandbox to anywhere that
/// cannot be one.
fn check_destination(key: &ApiKey, base: &BaseUrl) -> Result<(), ResolveError> {
    if base.is_exposed() && key.environment() == "live" {
        return Err(ResolveError::LiveKeyOverHttp(base.host().to_owned()));
    }
    let is_public = sandbox_info::PUBLIC_KEYS.contains(&key.secret().expose());
    if is_public && !base.is_loopback() && *base == default_base()?.0 {
        return Err(ResolveError::SandboxKeyToRemote(base.clone()));
    }
    Ok(())
}

/// The address that flags or environment name. With `--sandbox` alone it is that of the sandbox which runs for
/// this configuration directory, so that two jobs with directories of their own never meet.
fn given_base(options: &AccountOptions, env: &Env) -> Result<Option<(BaseUrl, Origin)>, ResolveError> {
    let (text, origin) = match (&options.base_url, env.get(names::BASE_URL), options.sandbox) {
        (Some(url), _, _) => (url.clone(), Origin::Flag("--base-url")),
        (None, Some(url), _) => (url.to_owned(), Origin::Environment(names::BASE_URL)),
        (None, None, true) => {
            let running = running_sandbox(env).map(|running| running.base_url);
            let usual = || format!("http://127.0.0.1:{}", sandbox_info::DEFAULT_PORT);
            (running.unwrap_or_else(usual), Origin::Flag("--sandbox"))
        }
        (None, None, false) => return Ok(None),
    };
    let base = parse_given(&text, origin, &insecure_hosts(options, env)?)?;
    if options.sandbox && !base.is_loopback() {
        return Err(ResolveError::SandboxIsRemote { base, origin });
    }
    Ok(Some((base, origin)))
}

/// The sandbox that runs for the configuration directory in force.
fn running_sandbox(env: &Env) -> Option<Running> {
    running::find(&dirs::config(env)?.join("sandbox"))
}

fn insecure_hosts(options: &AccountOptions, env: &Env) -> Result<Vec<AllowedHost>, ResolveError> {
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

fn parse_given(text: &str, origin: Origin, insecure: &[AllowedHost]) -> Result<BaseUrl, ResolveError> {
    BaseUrl::parse_with(text, insecure).map_err(|error| ResolveError::Base {
        url: without_credentials(text),
        origin,
        error,
    })
}

/// The key that flags or environment give.
fn given_key(options: &AccountOptions, env: &Env) -> Option<(Secret, Origin)> {
    match (&options.api_key, options.sandbox, env.secret(names::API_KEY)) {
        (Some(key), _, _) => Some((key.clone(), Origin::Flag("--api-key"))),
        // The sandbox's key is no secret, and a real key has no business there.
        (None, true, _) => {
            let own = running_sandbox(env).and_then(|running| running.key);
            let key = own.unwrap_or_else(|| Secret::new(sandbox_info::SECRET_TEST_KEY));
            Some((key, Origin::Flag("--sandbox")))
        }
        (None, false, Some(key)) => Some((key.clone(), Origin::Environment(names::API_KEY))),
        (None, false, None) => None,
    }
}

/// The signing secret the user named: `--secret`, then the environment.
pub(crate) fn webhook_secret(flag: Option<&Secret>, env: &Env) -> Option<(Secret, Origin)> {
    if let Some(secret) = flag {
        return Some((secret.clone(), Origin::Flag("--secret")));
    }
    // A blank one would sign and verify, but is as good as public.
    let secret = env.secret(names::WEBHOOK_SECRET).filter(|secret| !secret.expose().trim().is_empty())?;
    Some((secret.clone(), Origin::Environment(names::WEBHOOK_SECRET)))
}

#[cfg(test)]
mod tests;
