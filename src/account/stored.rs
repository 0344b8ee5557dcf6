//! Resolves key and address from profiles and the project file, where flags and environment do not decide.

use std::path::PathBuf;

use super::address::{default_base, parse_base};
use super::options::AccountOptions;
use super::origin::Origin;
use super::project::ProjectFile;
use super::resolve_error::ResolveError;
use super::{Profile, ProfileStore, ProfileStoreError};
use crate::host::env::{Env, names};
use crate::net::BaseUrl;
use crate::{Secret, sandbox_info};

pub(super) const REMOTE: &str = "is not on this machine";

/// The profile that a project file chose.
#[derive(Clone, Debug)]
pub(crate) struct ProjectChoice {
    pub(crate) file: PathBuf,
    pub(crate) profile: String,
    /// The team's name, or else its id.
    pub(crate) team: String,
    /// `live` or `test`.
    pub(crate) environment: String,
}

/// The profile and the project file in force.
#[derive(Debug)]
pub(super) struct StoredAccount {
    /// `None` if there is no home directory.
    store: Option<ProfileStore>,
    profile: Option<Profile>,
    project: Option<ProjectFile>,
    /// Whether the project file chose the profile.
    is_chosen: bool,
}

impl StoredAccount {
    /// Reads profiles and project file. `has_base` is whether flags or environment give the address. If they decide
    /// everything that a project file could, it is not read, so that a broken one does no harm.
    pub(super) fn open(options: &AccountOptions, env: &Env, has_base: bool) -> Result<Self, ResolveError> {
        let project = match has_base && named_profile(options, env).is_some() {
            true => None,
            false => ProjectFile::find(env)?,
        };
        let store = match ProfileStore::open(env) {
            Ok(store) => Some(store),
            Err(ProfileStoreError::NoHome) => None,
            Err(error) => return Err(error.into()),
        };
        let (name, origin) = profile_in_force(options, env, project.as_ref(), store.as_ref());
        let profile = store.as_ref().and_then(|store| store.profile(&name));
        // If the active or default profile is missing, the user is just not logged in.
        if profile.is_none() && !matches!(origin, Origin::Active | Origin::Default) {
            return Err(ResolveError::NoProfile { name, origin });
        }
        let is_chosen = origin == Origin::Project;
        let stored = Self { store, profile, project, is_chosen };
        stored.check_live_profile()?;
        Ok(stored)
    }

    /// An untrusted project file must not switch from test to live data.
    fn check_live_profile(&self) -> Result<(), ResolveError> {
        if let (true, Some(profile), Some(project)) = (self.is_chosen, &self.profile, &self.project)
            && !profile.is_test()
            && !self.is_default_profile(profile)
        {
            let why = "is for live data and is not the active profile";
            project.require_trust("profile", &profile.name, why)?;
        }
        Ok(())
    }

    /// Whether the profile would be in force without the project file too.
    fn is_default_profile(&self, profile: &Profile) -> bool {
        ProfileStore::default_profile(self.store.as_ref()).0 == profile.name
    }

    /// The choice of the project file, to be shown before the key is used.
    pub(super) fn choice(&self) -> Option<ProjectChoice> {
        let (true, Some(profile), Some(project)) = (self.is_chosen, &self.profile, &self.project) else {
            return None;
        };
        Some(ProjectChoice {
            file: project.path.clone(),
            profile: profile.name.clone(),
            team: profile.team_label().to_owned(),
            environment: profile.environment.clone(),
        })
    }

    /// The address for a key from flag or environment: the one in force without the project file, unless the user
    /// trusts that file. Even a loopback address is not trusted, because another user, a container or a tunnel may
    /// listen there. So an untrusted address gets public keys only.
    pub(super) fn base_for(&self, key: &Secret, from: Origin) -> Result<(BaseUrl, Origin), ResolveError> {
        let (base, origin) = self.base(None)?;
        let Some(project) = &self.project else { return Ok((base, origin)) };
        let usual = match self
            .store
            .as_ref()
            .and_then(|store| store.profile(&ProfileStore::default_profile(Some(store)).0))
        {
            Some(profile) => profile.base,
            None => default_base()?.0,
        };
        let is_harmless = base == usual
            || base.to_string() == BaseUrl::DEFAULT
            || (base.is_loopback() && sandbox_info::PUBLIC_KEYS.contains(&key.expose()));
        if !is_harmless {
            let why = format!("would get the key from {from}");
            match (&project.members.base_url, &self.profile) {
                (Some(text), _) => project.require_trust("base_url", text, why)?,
                (None, Some(profile)) if self.is_chosen => {
                    let why = format!("is for {base}, which {why}");
                    project.require_trust("profile", &profile.name, why)?;
                }
                (None, _) => {}
            }
        }
        Ok((base, origin))
    }

    /// The address in force. `given` is the one from flag or environment.
    pub(super) fn base(&self, given: Option<(BaseUrl, Origin)>) -> Result<(BaseUrl, Origin), ResolveError> {
        if let Some(given) = given {
            return Ok(given);
        }
        let own = self.profile.as_ref().map(|profile| &profile.base);
        if let Some(project) = &self.project
            && let Some(text) = &project.members.base_url
        {
            let base = parse_base(text, Origin::Project)?;
            if !base.is_loopback() && own != Some(&base) {
                project.require_trust("base_url", text, REMOTE)?;
            }
            return Ok((base, Origin::Project));
        }
        own.map_or_else(default_base, |base| Ok((base.clone(), Origin::Profile)))
    }

    /// The stored key, its origin and its profile, if it may be sent to `base`.
    pub(super) fn key_for(
        &self,
        base: &BaseUrl,
        origin: Origin,
    ) -> Result<(Secret, Origin, String), ResolveError> {
        let (Some(store), Some(profile)) = (&self.store, &self.profile) else {
            return Err(ResolveError::NoKey);
        };
        let name = profile.name.clone();
        if profile.base != *base {
            let (own, asked) = (profile.base.to_string(), base.to_string());
            return Err(ResolveError::WrongAddress { profile: name, own, asked, origin });
        }
        match store.key_of(&name) {
            Ok(Some(key)) => Ok((key, Origin::Stored(profile.backend), name)),
            Ok(None) => Err(ResolveError::KeyGone(name)),
            Err(error) => Err(ResolveError::Unreadable { profile: name, error }),
        }
    }
}

fn profile_in_force(
    options: &AccountOptions,
    env: &Env,
    project: Option<&ProjectFile>,
    store: Option<&ProfileStore>,
) -> (String, Origin) {
    let given = named_profile(options, env);
    let pinned = || Some((project?.members.profile.clone()?, Origin::Project));
    given.or_else(pinned).unwrap_or_else(|| ProfileStore::default_profile(store))
}

/// The profile from flag or environment.
fn named_profile(options: &AccountOptions, env: &Env) -> Option<(String, Origin)> {
    let flag = options.profile.clone().map(|name| (name, Origin::Flag("--profile")));
    let variable = || Some((env.get(names::PROFILE)?.to_owned(), Origin::Environment(names::PROFILE)));
    flag.or_else(variable)
}

impl ProfileStore {
    /// The profile for login and logout. Project files are ignored.
    pub(crate) fn target_profile(&self, options: &AccountOptions, env: &Env) -> (String, Origin) {
        named_profile(options, env).unwrap_or_else(|| Self::default_profile(Some(self)))
    }

    fn default_profile(store: Option<&Self>) -> (String, Origin) {
        match store.and_then(Self::active) {
            Some(name) => (name.to_owned(), Origin::Active),
            None => (super::profile::DEFAULT.to_owned(), Origin::Default),
        }
    }
}
