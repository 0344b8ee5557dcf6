//! Resolves the key and address in force, and the origin of each: flags, then the environment, then stored profiles,
//! then the defaults. The sandbox, if it is asked for, comes before all of them.

use crate::host::env::{Env, names};
use crate::net::{BaseUrl, BaseUrlError, Trust};
use crate::{Secret, sandbox_info};

use super::ApiKey;
use super::address::{default_base, insecure_hosts, parse_given};
use super::options::AccountOptions;
use super::origin::Origin;
use super::resolve_error::ResolveError;
use super::sandbox::{self, AskedSandbox, SandboxChoice};
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
    /// What asked for the sandbox, if something did.
    pub(crate) sandbox: Option<SandboxChoice>,
}

impl Account {
    /// Resolves address and key. Profiles are read only if flags and environment do not decide, and the keychain only
    /// if the key is in it.
    pub(crate) fn resolve(options: &AccountOptions, env: &Env) -> Result<Self, ResolveError> {
        if let Some(account) = Self::sandbox(options, env)? {
            return Ok(account);
        }
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
        Ok(Self { base, key, origin, profile, chosen, trust, sandbox: None })
    }

    /// The account of the sandbox, if it is asked for. Neither profiles nor the keychain are read.
    pub(crate) fn sandbox(options: &AccountOptions, env: &Env) -> Result<Option<Self>, ResolveError> {
        let Some(asked) = AskedSandbox::find(options, env)? else { return Ok(None) };
        let trust = Self::trust(options)?;
        let (base, _) = asked.base(options, env)?;
        let (secret, origin) = asked.key(options, env, &base)?;
        let key = ApiKey::parse(secret).map_err(|error| ResolveError::Key { error, origin })?;
        check_destination(&key, &base)?;
        let sandbox = Some(asked.choice(options, env));
        Ok(Some(Self { base, key, origin, profile: None, chosen: None, trust, sandbox }))
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
        Ok(Self { base, key, origin, profile: None, chosen: None, trust, sandbox: None })
    }

    /// The address to log in at. Profiles and project files are ignored: they must not decide where a new key goes.
    /// A sandbox of the environment is an error, because the key of cStar that was meant would go there.
    pub(crate) fn login_address(options: &AccountOptions, env: &Env) -> Result<BaseUrl, ResolveError> {
        if let Some(asked) = AskedSandbox::by_flag(options, env)? {
            return Ok(asked.base(options, env)?.0);
        }
        if sandbox::is_sandbox_variable_on(env)? {
            return Err(ResolveError::SandboxLogin);
        }
        Ok(given_base(options, env)?.map_or_else(default_base, Ok)?.0)
    }

    /// The address in force, without the need for a key. If a key is given, it may be sent there.
    pub(crate) fn address(options: &AccountOptions, env: &Env) -> Result<(BaseUrl, Origin), ResolveError> {
        if let Some(asked) = AskedSandbox::find(options, env)? {
            return asked.base(options, env);
        }
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

/// Rejects a live key over plain http, and a key of a sandbox at cStar's own address.
fn check_destination(key: &ApiKey, base: &BaseUrl) -> Result<(), ResolveError> {
    if base.is_exposed() && key.environment() == "live" {
        return Err(ResolveError::LiveKeyOverHttp(base.host().to_owned()));
    }
    let is_of_sandbox = sandbox_info::is_sandbox_key(key.secret().expose());
    if is_of_sandbox && !base.is_loopback() && *base == default_base()?.0 {
        return Err(ResolveError::SandboxKeyToRemote(base.clone()));
    }
    Ok(())
}

/// The address from flags or environment.
fn given_base(options: &AccountOptions, env: &Env) -> Result<Option<(BaseUrl, Origin)>, ResolveError> {
    let (text, origin) = match (&options.base_url, env.get(names::BASE_URL)) {
        (Some(url), _) => (url.clone(), Origin::Flag("--base-url")),
        (None, Some(url)) => (url.to_owned(), Origin::Environment(names::BASE_URL)),
        (None, None) => return Ok(None),
    };
    Ok(Some((parse_given(&text, origin, &insecure_hosts(options, env)?)?, origin)))
}

/// The key from flags or environment.
fn given_key(options: &AccountOptions, env: &Env) -> Option<(Secret, Origin)> {
    match (&options.api_key, env.secret(names::API_KEY)) {
        (Some(key), _) => Some((key.clone(), Origin::Flag("--api-key"))),
        (None, Some(key)) => Some((key.clone(), Origin::Environment(names::API_KEY))),
        (None, None) => None,
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
