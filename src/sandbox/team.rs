//! The team that a state belongs to: the main one, whose values are public, or one that a test created for itself.

use crate::Secret;
use crate::sandbox::caller::Environment;
use crate::sandbox::fixtures::TEAM_NAME;
use crate::sandbox_info::{TEAM_ID, TEAM_SLUG};

/// The most teams beside the main one.
pub(crate) const MAX_TEAMS: usize = 1_000;
/// The longest name, in characters.
pub(crate) const MAX_NAME: usize = 100;

#[derive(Clone, Debug)]
pub(crate) struct Team {
    /// A UUID in lower case.
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    /// For test and live data; `None` for the public ones.
    pub(crate) signing_secrets: Option<[Secret; 2]>,
}

impl Team {
    /// The team that every sandbox has.
    pub(crate) fn main() -> Self {
        Self {
            id: TEAM_ID.to_owned(),
            slug: TEAM_SLUG.to_owned(),
            name: TEAM_NAME.to_owned(),
            signing_secrets: None,
        }
    }

    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id)
    }

    /// Whether `name` is its slug or its id.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.slug == name || self.has_id(name)
    }

    /// The secret with which a listener of this environment signs what it forwards.
    pub(crate) fn signing_secret(&self, environment: Environment) -> &str {
        match (&self.signing_secrets, environment) {
            (None, environment) => environment.signing_secret(),
            (Some([test, _]), Environment::Test) => test.expose(),
            (Some([_, live]), Environment::Live) => live.expose(),
        }
    }
}
