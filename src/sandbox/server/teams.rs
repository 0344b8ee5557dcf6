//! The teams of one sandbox: which of them a request is for, and the tasks that run for each.
//!
//! Every team has a [`State`] of its own: store, keys, limits, faults, logs and dispatcher. So nothing in the API can mix
//! two teams. What costs memory or sockets is shared: the router, the clients of webhooks, and the budget of bodies.

use std::sync::{Arc, RwLock};

use axum::http::Uri;
use axum::http::request::Parts;
use tokio::task::JoinSet;

use super::team_files;
use super::team_tasks::Member;
use crate::sandbox::http::auth;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::keys;
use crate::sandbox::http::query::Params;
use crate::sandbox::new_team::{NewTeam, TeamError};
use crate::sandbox::settings::Settings;
use crate::sandbox::state::{Shared, State};
use crate::sandbox::store::Store;
use crate::sandbox::store::error::StoreError;
use crate::sandbox::streams::log_writer;
use crate::sandbox::team::MAX_TEAMS;
use crate::sandbox::tools::storage::StorageLocation;

/// All teams, the main one first.
#[derive(Debug)]
pub(crate) struct Teams {
    main: Member,
    others: RwLock<Vec<Arc<Member>>>,
    place: StorageLocation,
    /// The most teams beside the main one.
    limit: usize,
}

/// What a request to the sandbox itself names, and no team has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unknown {
    /// `?team=`.
    Team,
    Key,
}

impl From<Unknown> for ApiError {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Team => Self::resource_missing("Team"),
            Unknown::Key => Self::invalid_api_key(),
        }
    }
}

impl Teams {
    /// Opens the main team with this store, and the teams that are kept beside it.
    ///
    /// # Errors
    /// When the state of a kept team cannot be used.
    pub(crate) fn open(
        settings: Settings,
        store: Store,
        port: u16,
        place: StorageLocation,
    ) -> Result<Self, StoreError> {
        let teams = Self::of(Arc::new(State::with(settings, store, port)), place);
        for (team, keys, store) in team_files::kept(&teams.place, teams.main().settings.history)? {
            let state = State::beside(teams.main(), NewTeam { team, keys }, store);
            teams.others_mut().push(Arc::new(Member::new(Arc::new(state))));
        }
        Ok(teams)
    }

    /// The main team alone.
    pub(crate) fn of(main: Shared, place: StorageLocation) -> Self {
        Self { main: Member::new(main), others: RwLock::default(), place, limit: MAX_TEAMS }
    }

    #[cfg(test)]
    pub(crate) fn limited_to(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    pub(crate) fn main(&self) -> &Shared {
        &self.main.state
    }

    /// All teams, the main one first.
    pub(crate) fn all(&self) -> Vec<Shared> {
        std::iter::once(self.main().clone()).chain(self.others()).collect()
    }

    /// All teams but the main one, oldest first.
    pub(crate) fn others(&self) -> Vec<Shared> {
        self.with_others(|others| others.iter().map(|member| member.state.clone()).collect())
    }

    /// The team with this id or slug.
    pub(crate) fn named(&self, name: &str) -> Option<Shared> {
        self.find(|state| state.store.team().is_named(name))
    }

    /// The team of a request, or the main one for a request to the sandbox itself that names none which exists.
    ///
    /// The team in the path is asked for the key first. A key of another team is the other team's request, which refuses
    /// it as a foreign one.
    pub(crate) fn of_request(&self, parts: &Parts) -> (Shared, Option<Unknown>) {
        let path = parts.uri.path();
        let is_control = auth::is_control(&parts.uri) || path == "/_sandbox";
        let of_path = if auth::is_protected(&parts.uri) {
            auth::team_in(&parts.uri).and_then(|id| self.find(|state| state.store.team().has_id(id)))
        } else if is_control {
            if let Some(name) = named_in_query(&parts.uri) {
                let named = self.named(&name);
                let unknown = named.is_none().then_some(Unknown::Team);
                return (named.as_ref().unwrap_or(self.main()).clone(), unknown);
            }
            None
        } else {
            let public = ["/api/library/", "/api/auth/"].into_iter().find_map(|root| path.strip_prefix(root));
            return (
                public.and_then(|rest| self.named(rest.split('/').next()?)).unwrap_or(self.main().clone()),
                None,
            );
        };
        let key = auth::bearer(&parts.headers).filter(|key| auth::is_key(key));
        let of_key = key.and_then(|key| {
            let hash = keys::hash(key);
            let first = of_path.as_ref().unwrap_or(self.main());
            if first.keys.has(&hash) { Some(first.clone()) } else { self.find(|state| state.keys.has(&hash)) }
        });
        // Not the main team: a reset, for example, would hit the wrong one.
        let unknown = (is_control && key.is_some() && of_key.is_none()).then_some(Unknown::Key);
        (of_key.or(of_path).unwrap_or_else(|| self.main().clone()), unknown)
    }

    fn find(&self, is_wanted: impl Fn(&State) -> bool) -> Option<Shared> {
        if is_wanted(self.main()) {
            return Some(self.main().clone());
        }
        self.with_others(|others| {
            others.iter().find(|member| is_wanted(&member.state)).map(|member| member.state.clone())
        })
    }

    fn with_others<T>(&self, work: impl FnOnce(&[Arc<Member>]) -> T) -> T {
        work(&self.others.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn others_mut(&self) -> std::sync::RwLockWriteGuard<'_, Vec<Arc<Member>>> {
        self.others.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Creates a team with an initial state.
    ///
    /// # Errors
    /// When there are [`MAX_TEAMS`], or its state cannot be created.
    pub(crate) fn create(&self, name: Option<&str>) -> Result<Shared, TeamError> {
        let new = NewTeam::generate(name, |slug| self.named(slug).is_some())?;
        let store = team_files::create(&self.place, self.main().settings.history, &new)?;
        let state = Arc::new(State::beside(self.main(), new, store));
        self.add(state.clone()).inspect_err(|_| self.forget(&state))?;
        Ok(state)
    }

    fn add(&self, state: Shared) -> Result<(), TeamError> {
        let mut others = self.others_mut();
        if others.len() >= self.limit {
            return Err(TeamError::TooMany);
        }
        others.push(Arc::new(Member::new(state)));
        Ok(())
    }

    /// Creates teams until there are `count` beside the main one.
    ///
    /// # Errors
    /// As [`Teams::create`].
    pub(crate) fn ensure(&self, count: usize) -> Result<(), TeamError> {
        while self.with_others(<[_]>::len) < count {
            self.create(None)?;
        }
        Ok(())
    }

    /// Starts what runs for a team that was created while the sandbox serves.
    pub(crate) fn run(&self, state: &Shared) {
        let found =
            |others: &[Arc<Member>]| others.iter().find(|member| Arc::ptr_eq(&member.state, state)).cloned();
        if let Some(member) = self.with_others(found) {
            member.run();
        }
    }

    /// Starts what runs for each team.
    pub(super) fn run_all(&self) {
        self.main.run();
        self.with_others(|others| others.iter().for_each(|member| member.run()));
    }

    /// Ends the streams and deliveries of a team, and removes its state. False if there is no other team with this id or slug.
    pub(crate) async fn delete(&self, name: &str) -> bool {
        let found = {
            let mut others = self.others_mut();
            let at = others.iter().position(|member| member.state.store.team().is_named(name));
            at.map(|at| others.remove(at))
        };
        let Some(member) = found else { return false };
        member.state.close();
        member.end().await;
        self.forget(&member.state);
        true
    }

    /// Removes the files of a team that is gone.
    fn forget(&self, state: &State) {
        // closed first, as Windows requires
        let removed = state.store.close().map(|()| team_files::remove(&self.place, state.store.team()));
        if let Err(error) = removed {
            tracing::error!(%error, "the sandbox could not close the state of a team");
        }
    }

    /// Ends every open stream.
    pub(super) fn close(&self) {
        self.main().close();
        self.with_others(|others| others.iter().for_each(|member| member.state.close()));
    }

    /// Waits for what runs after [`Teams::close`], a second at most for each kind, and writes the request logs.
    pub(super) async fn end(&self) {
        let mut ending = JoinSet::new();
        for member in self.with_others(<[_]>::to_vec) {
            ending.spawn(async move {
                member.end().await;
                log_writer::save(&member.state);
            });
        }
        self.main.end().await;
        log_writer::save(self.main());
        while ending.join_next().await.is_some() {}
    }
}

/// `?team=` of a request to the sandbox itself.
fn named_in_query(uri: &Uri) -> Option<String> {
    Params::parse(uri).ok()?.get("team").map(str::to_owned)
}
