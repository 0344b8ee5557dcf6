//! `GET /api/v1/auth/whoami` (documented): which team a key belongs to.

use reqwest::Method;
use serde::Deserialize;

use super::{ApiError, Client};

/// The team and kind of the key in use.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    /// UUID of the team.
    pub(crate) team_id: String,
    /// Its name, written by people.
    #[serde(default)]
    pub(crate) team_name: Option<String>,
    /// `live` or `test`.
    #[serde(default)]
    pub(crate) environment: Option<String>,
}

impl Client {
    /// Asks who the key is.
    pub(crate) async fn whoami(&self) -> Result<Identity, ApiError> {
        let identity: Identity = self.send(Method::GET, "/api/v1/auth/whoami", None).await?;
        // It becomes part of every path from here on.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if identity.team_id.is_empty() || !identity.team_id.chars().all(plain) {
            return Err(ApiError::OddTeamId);
        }
        Ok(identity)
    }
}
