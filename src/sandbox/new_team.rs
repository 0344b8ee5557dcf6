//! A team that is created now: its random id, keys and secrets.

use crate::Secret;
use crate::host::random::{self, NoRandomness};
use crate::sandbox::http::keys::StartKeys;
use crate::sandbox::store::error::StoreError;
use crate::sandbox::store::uuid::Uuid;
use crate::sandbox::team::{MAX_TEAMS, Team};

/// A team that is created now, and its four keys.
#[derive(Debug)]
pub(crate) struct NewTeam {
    pub(crate) team: Team,
    pub(crate) keys: StartKeys,
}

/// A team could not be created.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TeamError {
    #[error("there may be at most {MAX_TEAMS} teams")]
    TooMany,
    #[error(transparent)]
    Random(#[from] NoRandomness),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NewTeam {
    /// A team with random keys. Its slug follows from the name; `is_taken` knows the slugs of the others.
    pub(crate) fn generate(
        name: Option<&str>,
        is_taken: impl Fn(&str) -> bool,
    ) -> Result<Self, NoRandomness> {
        let unique = random::alphanumeric::<8>().to_lowercase();
        let words = name.unwrap_or_default().split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<_> = words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
        let wanted = words.join("-");
        let slug = match wanted.is_empty() || is_taken(&wanted) {
            true if wanted.is_empty() => format!("team-{unique}"),
            true => format!("{wanted}-{unique}"),
            false => wanted,
        };
        let secret = || random::secret::<32>().map(|tail| Secret::new(format!("whsec_{tail}")));
        let team = Team {
            id: Uuid::from_bytes(random::secret_bytes()?).to_string(),
            name: name.map_or_else(|| format!("Team {unique}"), str::to_owned),
            slug,
            signing_secrets: Some([secret()?, secret()?]),
        };
        Ok(Self { team, keys: StartKeys::generate()? })
    }
}
