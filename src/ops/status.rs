//! The team, the rate limit, and the listeners running on this machine.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::account::{Account, Backend, Origin};
use crate::api::{ApiError, Client, Identity, RateLimit};
use crate::history::{ActiveRun, HistoryError, active_runs};
use crate::output::history_json::time;

/// The status, from local information and from the API.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) base_url: String,
    /// `sk_test_…ab12`.
    pub(crate) key: String,
    /// Such as `CSTAR_API_KEY`.
    pub(crate) key_origin: String,
    /// The profile whose key it is, if it is a stored one, and where it is stored.
    pub(crate) profile: Option<(String, Backend)>,
    /// `secret` or `publishable`, from the API or from the key's prefix.
    pub(crate) key_type: String,
    /// `live` or `test`, from the same source.
    pub(crate) environment: String,
    /// `None` when the API was not reached, or refused the key.
    pub(crate) identity: Option<Identity>,
    /// `None` if the API reports none.
    pub(crate) rate_limit: Option<RateLimit>,
    /// The runs of `listen` on this machine, of all accounts.
    pub(crate) listening: Result<Vec<ActiveRun>, HistoryError>,
}

impl Status {
    /// The status without the network. Running listeners are read from `history`.
    pub(crate) fn offline(account: &Account, history: Option<&Path>, now: Timestamp) -> Self {
        let backend = match account.origin {
            Origin::Stored(backend) => Some(backend),
            _ => None,
        };
        Self {
            base_url: account.base.to_string(),
            key: account.key.masked(),
            key_origin: account.origin.to_string(),
            profile: account.profile.clone().zip(backend),
            key_type: account.key.key_type().to_owned(),
            environment: account.key.environment().to_owned(),
            identity: None,
            rate_limit: None,
            listening: history.map_or_else(|| Ok(Vec::new()), |path| active_runs(path, now)),
        }
    }

    /// Adds the information of the API. Fails when the API cannot be reached or refuses the key; what was known before
    /// stays.
    pub(crate) async fn ask(&mut self, client: &Client) -> Result<(), ApiError> {
        let (identity, rate_limit) = client.whoami_and_rate_limit().await?;
        let or_guess = |known: &Option<String>, guess: &String| known.as_ref().unwrap_or(guess).clone();
        self.key_type = or_guess(&identity.key_type, &self.key_type);
        self.environment = or_guess(&identity.environment, &self.environment);
        (self.identity, self.rate_limit) = (Some(identity), rate_limit);
        Ok(())
    }

    /// As `status --json` prints it (ours).
    pub(crate) fn to_json(&self) -> Value {
        let team = self.identity.as_ref().map(|identity| {
            json!({ "id": identity.team_id, "name": identity.team_name, "slug": identity.team_slug })
        });
        let rate_limit = self.rate_limit.map(|rate| {
            let reset = rate.reset.map(time);
            json!({ "limit": rate.limit, "used": rate.used(), "remaining": rate.remaining, "reset": reset })
        });
        let listening = self.listening.as_ref().ok();
        json!({
            "team": team,
            "environment": self.environment,
            "key_type": self.key_type,
            "key": self.key,
            "key_origin": self.key_origin,
            "profile": self.profile.as_ref().map(|(name, _)| name),
            "store": self.profile.as_ref().map(|(_, backend)| backend.name()),
            "base_url": self.base_url,
            "rate_limit": rate_limit,
            "listening": listening.map(|runs| runs.iter().map(run).collect::<Vec<_>>()),
        })
    }
}

fn run(run: &ActiveRun) -> Value {
    json!({
        "pid": run.pid,
        "targets": run.targets,
        "since": time(run.started_at),
        "base_url": run.scope.base_url,
        "team_id": run.scope.team_id,
        "environment": run.scope.environment,
    })
}
