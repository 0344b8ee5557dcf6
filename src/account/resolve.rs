//! Which key, address and secret are in force, and where each came from: flag, then environment,
//! then default.

use std::path::PathBuf;

use crate::Secret;
use crate::host::env::{Env, names};
use crate::net::{BaseUrl, BaseUrlError, Trust, TrustError};
use crate::sandbox;

use super::{ApiKey, ApiKeyError};

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A command-line flag, by name.
    Flag(&'static str),
    /// An environment variable, by name.
    Environment(&'static str),
    /// Built in.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    /// `--api-key`
    pub(crate) api_key: Option<Secret>,
    /// `--base-url`
    pub(crate) base_url: Option<String>,
    /// `--sandbox`
    pub(crate) sandbox: bool,
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
    #[error("--sandbox is this machine's own server, but {0} is elsewhere")]
    SandboxElsewhere(BaseUrl),
    #[error("could not use --ca-cert `{}`: {error}", path.display())]
    CaCert { path: PathBuf, error: TrustError },
}

impl Account {
    /// Resolves address and key.
    pub(crate) fn resolve(wishes: &Wishes, env: &Env) -> Result<Self, ResolveError> {
        let (base, _) = Self::address(wishes, env)?;
        let (key, origin) = key(wishes, env)?;
        let trust = Self::trust(wishes)?;
        Ok(Self { base, key, origin, trust, sandbox: wishes.sandbox })
    }

    /// The address in force, which needs no key.
    pub(crate) fn address(wishes: &Wishes, env: &Env) -> Result<(BaseUrl, Origin), ResolveError> {
        base(wishes, env)
    }

    /// Whom to trust besides the usual authorities.
    pub(crate) fn trust(wishes: &Wishes) -> Result<Trust, ResolveError> {
        match &wishes.ca_cert {
            Some(path) => {
                Trust::of_file(path).map_err(|error| ResolveError::CaCert { path: path.clone(), error })
            }
            None => Ok(Trust::default()),
        }
    }
}

fn base(wishes: &Wishes, env: &Env) -> Result<(BaseUrl, Origin), ResolveError> {
    let (text, origin) = match (&wishes.base_url, wishes.sandbox, env.get(names::BASE_URL)) {
        (Some(url), _, _) => (url.clone(), Origin::Flag("--base-url")),
        (None, true, _) => (format!("http://127.0.0.1:{}", sandbox::DEFAULT_PORT), Origin::Flag("--sandbox")),
        (None, false, Some(url)) => (url.to_owned(), Origin::Environment(names::BASE_URL)),
        (None, false, None) => (BaseUrl::DEFAULT.to_owned(), Origin::Default),
    };
    let base = BaseUrl::parse(&text).map_err(|error| {
        // What stands before an @ may be a password.
        let url = text.rsplit_once('@').map_or_else(|| text.clone(), |(_, host)| format!("…@{host}"));
        ResolveError::Base { url, origin, error }
    })?;
    if wishes.sandbox && !base.is_loopback() {
        return Err(ResolveError::SandboxElsewhere(base));
    }
    Ok((base, origin))
}

fn key(wishes: &Wishes, env: &Env) -> Result<(ApiKey, Origin), ResolveError> {
    let (secret, origin) = match (&wishes.api_key, wishes.sandbox, env.get(names::API_KEY)) {
        (Some(key), _, _) => (key.clone(), Origin::Flag("--api-key")),
        // The sandbox's key is no secret, and a real key has no business there.
        (None, true, _) => (Secret::new(sandbox::SECRET_TEST_KEY), Origin::Flag("--sandbox")),
        (None, false, Some(key)) => (Secret::new(key), Origin::Environment(names::API_KEY)),
        (None, false, None) => return Err(ResolveError::NoKey),
    };
    let key = ApiKey::parse(secret).map_err(|error| ResolveError::Key { error, origin })?;
    Ok((key, origin))
}

/// The signing secret the user named: `--secret`, then the environment.
pub(crate) fn webhook_secret(flag: Option<&Secret>, env: &Env) -> Option<(Secret, Origin)> {
    if let Some(secret) = flag {
        return Some((secret.clone(), Origin::Flag("--secret")));
    }
    // A blank one would sign and verify, but is as good as public.
    let value = env.get(names::WEBHOOK_SECRET).filter(|value| !value.trim().is_empty())?;
    Some((Secret::new(value), Origin::Environment(names::WEBHOOK_SECRET)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(key: Option<&str>, url: Option<&str>, sandbox: bool) -> Wishes {
        Wishes { api_key: key.map(Secret::new), base_url: url.map(str::to_owned), sandbox, ca_cert: None }
    }

    #[test]
    fn a_flag_beats_the_environment() {
        let env = Env::from([("CSTAR_API_KEY", "sk_live_env"), ("CSTAR_BASE_URL", "http://localhost:1")]);
        let from_env = Account::resolve(&wishes(None, None, false), &env).unwrap();
        assert_eq!(
            (from_env.base.to_string().as_str(), from_env.key.prefix()),
            ("http://localhost:1", "sk_live_")
        );
        let flags =
            Account::resolve(&wishes(Some("pk_test_x"), Some("https://h.example"), false), &env).unwrap();
        assert_eq!((flags.base.to_string().as_str(), flags.key.prefix()), ("https://h.example", "pk_test_"));
    }

    #[test]
    fn the_sandbox_never_sees_a_key_of_the_environment() {
        let env = Env::from([("CSTAR_API_KEY", "sk_live_env"), ("CSTAR_BASE_URL", "https://h.example")]);
        let account = Account::resolve(&wishes(None, None, true), &env).unwrap();
        assert_eq!(account.key.secret().expose(), sandbox::SECRET_TEST_KEY);
        assert!(account.base.is_loopback());
        let elsewhere = Account::resolve(&wishes(None, Some("https://h.example"), true), &env);
        assert!(matches!(elsewhere, Err(ResolveError::SandboxElsewhere(_))));
    }

    #[test]
    fn a_blank_secret_counts_as_none() {
        let secret = |value| webhook_secret(None, &Env::from([("CSTAR_WEBHOOK_SECRET", value)]));
        assert!(secret(" ").is_none());
        assert_eq!(secret("whsec_a").unwrap().1, Origin::Environment("CSTAR_WEBHOOK_SECRET"));
    }

    #[test]
    fn errors_name_the_origin_and_not_the_key() {
        let error = Account::resolve(&wishes(Some("hunter2"), None, false), &Env::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("--api-key") && !text.contains("hunter2"), "{text}");
        let url = Some("https:user:hunter2@h.example");
        let text = Account::resolve(&wishes(None, url, false), &Env::default()).unwrap_err().to_string();
        assert!(text.contains("h.example") && !text.contains("hunter2"), "{text}");
        assert!(matches!(
            Account::resolve(&wishes(None, None, false), &Env::default()),
            Err(ResolveError::NoKey)
        ));
    }
}
