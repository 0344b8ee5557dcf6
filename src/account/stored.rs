//! What the profiles and the project file say where flags and environment are silent.

use super::project::Project;
use super::resolve::{default_base, parse_base};
use super::{Origin, Profile, ResolveError, Store, StoreError, Wishes};
use crate::Secret;
use crate::host::env::{Env, names};
use crate::net::BaseUrl;

/// The profile in force and the project file around us.
#[derive(Debug)]
pub(super) struct Stored {
    /// `None` where there is no place for one.
    store: Option<Store>,
    profile: Option<Profile>,
    project: Option<Project>,
}

impl Stored {
    /// Reads what is stored; `has_base` when flag or environment name the address. Where they answer all
    /// that a project file could, it is not looked at, whatever is wrong with it.
    pub(super) fn open(wishes: &Wishes, env: &Env, has_base: bool) -> Result<Self, ResolveError> {
        let project = match has_base && given_name(wishes, env).is_some() {
            true => None,
            false => Project::find(env)?,
        };
        let store = match Store::open(env) {
            Ok(store) => Some(store),
            Err(StoreError::NoHome) => None,
            Err(error) => return Err(error.into()),
        };
        let (name, origin) = named(wishes, env, project.as_ref(), store.as_ref());
        let profile = store.as_ref().and_then(|store| store.profile(&name));
        // Nobody asked for the active or the default profile by its name: that is just not being logged in.
        if profile.is_none() && !matches!(origin, Origin::Active | Origin::Default) {
            return Err(ResolveError::NoProfile { name, origin });
        }
        Ok(Self { store, profile, project })
    }

    /// The address in force, when `given` is that of flag or environment.
    pub(super) fn base(&self, given: Option<(BaseUrl, Origin)>) -> Result<(BaseUrl, Origin), ResolveError> {
        if let Some(given) = given {
            return Ok(given);
        }
        let own = self.profile.as_ref().map(|profile| &profile.base);
        if let Some(project) = &self.project
            && let Some(text) = &project.base_url
        {
            let base = parse_base(text, Origin::Project)?;
            if !base.is_loopback() && own != Some(&base) {
                project.must_be_trusted("base_url", text)?;
            }
            return Ok((base, Origin::Project));
        }
        own.map_or_else(default_base, |base| Ok((base.clone(), Origin::Profile)))
    }

    /// The stored key, if it may be sent to `base`; with where it was and its profile.
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
            return Err(ResolveError::ForElsewhere { profile: name, own, asked, origin });
        }
        match store.key_of(&name) {
            Ok(Some(key)) => Ok((key, Origin::Stored(profile.backend), name)),
            Ok(None) => Err(ResolveError::KeyGone(name)),
            Err(error) => Err(ResolveError::Unreadable { profile: name, error }),
        }
    }
}

/// The name of the profile in force.
fn named(wishes: &Wishes, env: &Env, project: Option<&Project>, store: Option<&Store>) -> (String, Origin) {
    let given = given_name(wishes, env);
    let pinned = || Some((project?.profile.clone()?, Origin::Project));
    given.or_else(pinned).unwrap_or_else(|| Store::usual(store))
}

/// The profile that flag or environment name.
fn given_name(wishes: &Wishes, env: &Env) -> Option<(String, Origin)> {
    let flag = wishes.profile.clone().map(|name| (name, Origin::Flag("--profile")));
    let variable = || Some((env.get(names::PROFILE)?.to_owned(), Origin::Environment(names::PROFILE)));
    flag.or_else(variable)
}

impl Store {
    /// The profile to log in to or out of: a project has no say in that.
    pub(crate) fn addressed(&self, wishes: &Wishes, env: &Env) -> (String, Origin) {
        given_name(wishes, env).unwrap_or_else(|| Self::usual(Some(self)))
    }

    fn usual(store: Option<&Self>) -> (String, Origin) {
        match store.and_then(Self::active) {
            Some(name) => (name.to_owned(), Origin::Active),
            None => (super::profile::DEFAULT.to_owned(), Origin::Default),
        }
    }
}
