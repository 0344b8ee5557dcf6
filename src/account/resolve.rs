//! Resolves the key and address in force, and the origin of each: flags, then the environment, then stored profiles,
//! then the defaults.

use crate::Secret;
use crate::host::dirs;
use crate::host::env::{Env, names};
use crate::net::{BaseUrl, BaseUrlError, Trust};
use crate::sandbox_info::{
    self,
    running::{self, Running},
};

use super::ApiKey;
use super::address::{default_base, insecure_hosts, parse_given};
use super::options::AccountOptions;
use super::origin::Origin;
use super::resolve_error::ResolveError;
use super::stored::{ProjectChoice, StoredAccount};

/// A key and the address it is for.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) base: BaseUrl,
    pub(crate) key: ApiKey,
    /// Where the key came from.
    pub(crate) origin: Origin,
    /// The profile of the key, if it is stored.
    pub(crate) profile: Option<String>,
    /// The profile that the project file chose, if it did.
    pub(crate) chosen: Option<ProjectChoice>,
    /// Additional certificate authorities.
    pub(crate) trust: Trust,
    pub(crate) sandbox: bool,
}

impl Account {
    /// Resolves address and key. Profiles are read only if flags and environment do not decide, and the keychain only
    /// if the key is in it.
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

    /// The account of a key that was just entered, at the address of [`Account::login_address`].
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

    /// The address to log in at. Profiles and project files are ignored: they must not decide where a new key goes.
    pub(crate) fn login_address(options: &AccountOptions, env: &Env) -> Result<BaseUrl, ResolveError> {
        Ok(given_base(options, env)?.map_or_else(default_base, Ok)?.0)
    }

    /// The address in force, without the need for a key. If a key is given, it may be sent there.
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

    /// Additional certificate authorities.
    pub(crate) fn trust(options: &AccountOptions) -> Result<Trust, ResolveError> {
        match &options.ca_cert {
            Some(path) => {
                Trust::from_file(path).map_err(|error| ResolveError::CaCert { path: path.clone(), error })
            }
            None => Ok(Trust::default()),
        }
    }
}

/// Rejects a live key over plain http, and the public key of the sandbox at cStar's own address.
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

/// The address from flags or environment. With `--sandbox` alone it is the address of the sandbox that runs for this
/// configuration directory, so that concurrent CI jobs with separate directories do not share one.
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

/// The running sandbox of the configuration directory in force.
fn running_sandbox(env: &Env) -> Option<Running> {
    running::find(&dirs::config(env)?.join("sandbox"))
}

/// The key from flags or environment.
fn given_key(options: &AccountOptions, env: &Env) -> Option<(Secret, Origin)> {
    match (&options.api_key, options.sandbox, env.secret(names::API_KEY)) {
        (Some(key), _, _) => Some((key.clone(), Origin::Flag("--api-key"))),
        // The sandbox's key is not a secret, and a real key must not be sent there.
        (None, true, _) => {
            let own = running_sandbox(env).and_then(|running| running.key);
            let key = own.unwrap_or_else(|| Secret::new(sandbox_info::SECRET_TEST_KEY));
            Some((key, Origin::Flag("--sandbox")))
        }
        (None, false, Some(key)) => Some((key.clone(), Origin::Environment(names::API_KEY))),
        (None, false, None) => None,
    }
}

/// The signing secret from `--secret` or the environment.
pub(crate) fn webhook_secret(flag: Option<&Secret>, env: &Env) -> Option<(Secret, Origin)> {
    if let Some(secret) = flag {
        return Some((secret.clone(), Origin::Flag("--secret")));
    }
    // A blank secret would sign and verify, but anyone could guess it.
    let secret = env.secret(names::WEBHOOK_SECRET).filter(|secret| !secret.expose().trim().is_empty())?;
    Some((secret.clone(), Origin::Environment(names::WEBHOOK_SECRET)))
}

#[cfg(test)]
mod tests;
