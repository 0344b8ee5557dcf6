//! The signing secret of a team of a sandbox on this machine, for events in the history: their team need not be that of
//! the key in force.

use std::time::Duration;

use reqwest::Method;

use super::sandbox_request::SandboxRequest;
use crate::Secret;
use crate::account::{AccountOptions, given_sandbox_key};
use crate::history::RunScope;
use crate::host::dirs;
use crate::host::env::Env;
use crate::net::BaseUrl;
use crate::sandbox_info::{
    is_sandbox_key,
    running::{self, Running},
};

const TIMEOUT: Duration = Duration::from_secs(5);

/// The secret that the sandbox signs events of `scope` with. `None` if it does not run, or has no such team now.
pub(crate) async fn team_secret(scope: &RunScope, options: &AccountOptions, env: &Env) -> Option<Secret> {
    BaseUrl::parse(&scope.base_url).ok().filter(BaseUrl::is_loopback)?;
    let (team, environment) = (scope.team_id.as_deref()?, scope.environment.as_deref()?);
    let request = SandboxRequest {
        method: Method::GET,
        path: "teams",
        query: Vec::new(),
        body: None,
        timeout: TIMEOUT,
    };
    let running = Running {
        base_url: scope.base_url.clone(),
        data_dir: None,
        key: key(&scope.base_url, options, env),
        team: None,
    };
    let answer = request.send(&running).await.ok()?.ok()?;
    let teams = answer["teams"].as_array()?;
    let found = teams.iter().find(|found| found["id"].as_str() == Some(team))?;
    found["signing_secrets"][environment].as_str().map(Secret::new)
}

/// What a sandbox that other machines can reach asks for: the key of its main team. Others ignore the public one.
fn key(base_url: &str, options: &AccountOptions, env: &Env) -> Option<Secret> {
    let running = dirs::config(env).and_then(|config| running::find(&config.join("sandbox")));
    let own = running.filter(|running| running.base_url == base_url).and_then(|running| running.key);
    let given = || given_sandbox_key(options, env).map(|(key, _)| key);
    own.or_else(given).filter(|key| is_sandbox_key(key.expose()))
}
