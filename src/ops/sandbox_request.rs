//! Requests to the part of a running sandbox that is not cStar's: below `/_sandbox`.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::net::{self, BaseUrl, Trust};
use crate::output::{Exit, Failure};
use crate::sandbox_info::running::Running;

/// What to ask a running sandbox.
#[derive(Debug)]
pub(crate) struct SandboxRequest<'r> {
    pub(crate) method: Method,
    /// Below `/_sandbox/`; empty for `/_sandbox` itself.
    pub(crate) path: &'r str,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<&'r Value>,
    pub(crate) timeout: Duration,
}

/// An error that the sandbox answered with.
#[derive(Debug)]
pub(crate) struct Refusal {
    base: BaseUrl,
    is_client_error: bool,
    /// The message for the user.
    pub(crate) reason: String,
    /// The parameter or member that is wrong.
    pub(crate) param: Option<String>,
}

impl Refusal {
    /// `what` the sandbox did not do, such as `reset its state`.
    pub(crate) fn failure(&self, what: &str) -> Failure {
        let message = format!("the sandbox at {} did not {what}: {}", self.base, self.reason);
        if self.is_client_error { Failure::usage(message) } else { Failure::failed(message) }
    }
}

impl SandboxRequest<'_> {
    /// Sends it; the inner error is an answer of the sandbox.
    pub(crate) async fn send(&self, running: &Running) -> Result<Result<Value, Refusal>, Failure> {
        let base =
            BaseUrl::parse_stored(&running.base_url).map_err(|error| Failure::failed(error.to_string()))?;
        let client = net::api_client(&base, &Trust::default())?;
        let mut url = base.join(format!("/_sandbox/{}", self.path).trim_end_matches('/'));
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let mut request = client.request(self.method.clone(), url).timeout(self.timeout);
        if let Some(body) = self.body {
            request = request.json(body);
        }
        if let Some(key) = &running.key {
            request = request.bearer_auth(key.expose());
        }
        let unreached = |error: reqwest::Error| {
            Failure::new(
                Exit::Unreachable,
                format!("could not reach the sandbox at {base}: {}", error.without_url()),
            )
        };
        let response = request.send().await.map_err(unreached)?;
        let status = response.status();
        let value: Value = response.json().await.map_err(unreached)?;
        if status.is_success() {
            return Ok(Ok(value));
        }
        let text = |name: &str| value["error"][name].as_str().map(str::to_owned);
        let reason = text("message").unwrap_or_else(|| "no reason was given".to_owned());
        let is_client_error = status.is_client_error();
        Ok(Err(Refusal { is_client_error, reason, param: text("param"), base }))
    }
}
