//! The sandbox instead of cStar: whether `--sandbox`, `CSTAR_SANDBOX` or the project file asks for it, its address and
//! its key.
//!
//! The key decides which team of the sandbox is meant: that of `--api-key`, or of CSTAR_API_KEY if a sandbox made it.
//! A key of cStar in the environment or of a profile never goes there. A sandbox is on this machine, or on a host that
//! plain http is allowed for; https would be a server of somebody else.

use std::path::PathBuf;

use super::address::{insecure_hosts, parse_given};
use super::options::AccountOptions;
use super::origin::Origin;
use super::project::ProjectFile;
use super::resolve_error::ResolveError;
use crate::Secret;
use crate::host::dirs;
use crate::host::env::{Env, names};
use crate::net::BaseUrl;
use crate::sandbox_info::{
    self,
    running::{self, Running},
};

const VARIABLE: Origin = Origin::Environment(names::SANDBOX);
const FLAG: Origin = Origin::Flag("--sandbox");

/// How the sandbox was asked for.
#[derive(Clone, Debug)]
pub(crate) struct SandboxChoice {
    /// The project file, if it is what asks.
    pub(crate) file: Option<PathBuf>,
    /// Whether an address was given. Otherwise it is the sandbox that runs for this configuration directory.
    pub(crate) is_named: bool,
}

/// The value of `CSTAR_SANDBOX`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SandboxVariable {
    Off,
    On,
    /// A base URL.
    At(String),
}

impl SandboxVariable {
    /// `None` if it is not set.
    pub(super) fn read(env: &Env) -> Result<Option<Self>, ResolveError> {
        let Some(text) = env.get(names::SANDBOX).map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        Ok(Some(match text.to_ascii_lowercase().as_str() {
            "1" | "true" => Self::On,
            "0" | "false" => Self::Off,
            _ if text.contains([':', '/', '.']) => Self::At(text.to_owned()),
            _ => return Err(ResolveError::SandboxValue(text.to_owned())),
        }))
    }
}

/// A sandbox that was asked for, before its address and key are known.
pub(super) struct AskedSandbox {
    /// What asks for it.
    origin: Origin,
    /// The address beside the request for it.
    address: Option<(String, Origin)>,
    project: Option<ProjectFile>,
}

impl AskedSandbox {
    /// Whether flags, environment or project file ask for the sandbox. Each overrides the next. The project file is not
    /// read if an address or a profile is named, so that a broken one does no harm.
    pub(super) fn find(options: &AccountOptions, env: &Env) -> Result<Option<Self>, ResolveError> {
        if let Some(asked) = Self::by_flag(options, env)? {
            return Ok(Some(asked));
        }
        match SandboxVariable::read(env)? {
            Some(SandboxVariable::Off) => Ok(None),
            Some(on) => {
                if let Some(profile) = &options.profile {
                    return Err(ResolveError::SandboxAndProfile(profile.clone()));
                }
                Ok(Some(Self { origin: VARIABLE, address: address(on), project: None }))
            }
            None => Self::by_project(options, env),
        }
    }

    /// The same for `--sandbox` alone, with the address of the variable.
    pub(super) fn by_flag(options: &AccountOptions, env: &Env) -> Result<Option<Self>, ResolveError> {
        if !options.sandbox {
            return Ok(None);
        }
        let variable = if options.base_url.is_none() { SandboxVariable::read(env)? } else { None };
        Ok(Some(Self { origin: FLAG, address: variable.and_then(address), project: None }))
    }

    fn by_project(options: &AccountOptions, env: &Env) -> Result<Option<Self>, ResolveError> {
        let is_elsewhere = options.base_url.is_some()
            || options.profile.is_some()
            || env.get(names::BASE_URL).is_some()
            || env.get(names::PROFILE).is_some();
        if is_elsewhere {
            return Ok(None);
        }
        let project = ProjectFile::find(env)?.filter(|project| project.members.sandbox);
        Ok(project.map(|project| {
            let address = project.members.base_url.clone().map(|url| (url, Origin::Project));
            Self { origin: Origin::Project, address, project: Some(project) }
        }))
    }

    pub(super) fn choice(&self, options: &AccountOptions, env: &Env) -> SandboxChoice {
        SandboxChoice {
            file: self.project.as_ref().map(|project| project.path.clone()),
            is_named: self.given_address(options, env).is_some(),
        }
    }

    fn given_address(&self, options: &AccountOptions, env: &Env) -> Option<(String, Origin)> {
        let flag = options.base_url.clone().map(|url| (url, Origin::Flag("--base-url")));
        let variable = || Some((env.get(names::BASE_URL)?.to_owned(), Origin::Environment(names::BASE_URL)));
        flag.or_else(|| self.address.clone()).or_else(variable)
    }

    /// The address. Without a given one it is that of the sandbox that runs for this configuration directory, so that
    /// concurrent CI jobs with separate directories do not share one.
    pub(super) fn base(
        &self,
        options: &AccountOptions,
        env: &Env,
    ) -> Result<(BaseUrl, Origin), ResolveError> {
        let (text, origin) = self.given_address(options, env).unwrap_or_else(|| {
            let running = running_sandbox(env).map(|running| running.base_url);
            let usual = || format!("http://127.0.0.1:{}", sandbox_info::DEFAULT_PORT);
            (running.unwrap_or_else(usual), self.origin)
        });
        let base = parse_given(&text, origin, &insecure_hosts(options, env)?)?;
        if base.is_https() && !base.is_loopback() {
            let base = base.to_string();
            return Err(ResolveError::SandboxIsRemote { by: self.origin, base, origin });
        }
        if let (Some(project), Origin::Project, false) = (&self.project, origin, base.is_loopback()) {
            project.require_trust("base_url", &text, super::stored::REMOTE)?;
        }
        Ok((base, origin))
    }

    /// The key: a given one, that of the running sandbox, or the public one. It decides the team.
    pub(super) fn key(
        &self,
        options: &AccountOptions,
        env: &Env,
        base: &BaseUrl,
    ) -> Result<(Secret, Origin), ResolveError> {
        let running = running_sandbox(env);
        let is_running = running.as_ref().is_some_and(|running| running.base_url == base.to_string());
        if let Some((key, from)) = given_key(options, env) {
            let is_public = sandbox_info::PUBLIC_KEYS.contains(&key.expose());
            if let (Some(project), false) = (&self.project, is_public || is_running) {
                // Anything may listen there, see `StoredAccount::base_for`.
                project.require_trust(
                    "sandbox",
                    "true",
                    format!("at {base} would get the key from {from}"),
                )?;
            }
            return Ok((key, from));
        }
        let may_have_own = match &self.project {
            Some(project) => is_running || project.is_trusted()?,
            None => true,
        };
        let own = running.filter(|_| may_have_own).and_then(|running| running.key);
        Ok((own.unwrap_or_else(|| Secret::new(sandbox_info::SECRET_TEST_KEY)), self.origin))
    }
}

/// The key that was given for a sandbox: `--api-key`, or CSTAR_API_KEY if a sandbox made it.
pub(crate) fn given_key(options: &AccountOptions, env: &Env) -> Option<(Secret, Origin)> {
    if let Some(key) = &options.api_key {
        return Some((key.clone(), Origin::Flag("--api-key")));
    }
    let key = env.secret(names::API_KEY).filter(|key| sandbox_info::is_sandbox_key(key.expose()))?;
    Some((key.clone(), Origin::Environment(names::API_KEY)))
}

/// The address that the variable holds.
fn address(variable: SandboxVariable) -> Option<(String, Origin)> {
    match variable {
        SandboxVariable::At(url) => Some((url, VARIABLE)),
        SandboxVariable::On | SandboxVariable::Off => None,
    }
}

/// The address in `CSTAR_SANDBOX`, if it holds one.
///
/// # Errors
/// When the variable cannot be understood.
pub(crate) fn sandbox_address(env: &Env) -> Result<Option<String>, ResolveError> {
    Ok(SandboxVariable::read(env)?.and_then(address).map(|(url, _)| url))
}

/// Whether `CSTAR_SANDBOX` asks for the sandbox.
///
/// # Errors
/// When the variable cannot be understood.
pub(crate) fn is_sandbox_variable_on(env: &Env) -> Result<bool, ResolveError> {
    Ok(SandboxVariable::read(env)?.is_some_and(|variable| variable != SandboxVariable::Off))
}

/// The running sandbox of the configuration directory in force.
fn running_sandbox(env: &Env) -> Option<Running> {
    running::find(&dirs::config(env)?.join("sandbox"))
}
