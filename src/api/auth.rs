//! `GET /api/v1/auth/whoami` (documented): the team of a key.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::limits::is_valid_id;
use super::{ApiError, Client, RateLimit, envelope};

const PATH: &str = "/api/v1/auth/whoami";

/// The team and kind of the key in use.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    /// UUID of the team.
    pub(crate) team_id: String,
    #[serde(default)]
    pub(crate) team_name: Option<String>,
    /// The name of the team in URLs.
    #[serde(default)]
    pub(crate) team_slug: Option<String>,
    /// `secret` or `publishable`.
    #[serde(default)]
    pub(crate) key_type: Option<String>,
    /// `live` or `test`.
    #[serde(default)]
    pub(crate) environment: Option<String>,
}

impl Identity {
    /// Parses the body of a response. Fails when it has another shape, or a team id that must not become part of a
    /// path.
    pub(crate) fn from_response(body: &[u8]) -> Result<Self, ApiError> {
        let identity: Self = envelope::data(body)?;
        if is_valid_id(&identity.team_id) { Ok(identity) } else { Err(ApiError::InvalidTeamId) }
    }
}

impl Client {
    pub(crate) async fn whoami(&self) -> Result<Identity, ApiError> {
        Ok(self.whoami_and_rate_limit().await?.0)
    }

    /// Sends one request without retries, and also returns the headers of the response.
    pub(crate) async fn whoami_once(&self) -> (HeaderMap, Result<Identity, ApiError>) {
        let request = self.request(&Method::GET, PATH, None, "");
        let response = match self.response(request).await {
            Ok(response) => response,
            Err(error) => return (HeaderMap::new(), Err(error)),
        };
        let headers = response.headers().clone();
        let answer = self.read(response).await;
        (headers, answer.and_then(|answer| Identity::from_response(&answer.body)))
    }

    /// Also returns the rate limit, if the response has one.
    pub(crate) async fn whoami_and_rate_limit(&self) -> Result<(Identity, Option<RateLimit>), ApiError> {
        let answer = self.answer(Method::GET, PATH, None).await?;
        Ok((Identity::from_response(&answer.body)?, answer.rate_limit))
    }
}
