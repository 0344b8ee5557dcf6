//! The client of cStar's REST API: one `send`, the envelope, errors, retries, one file per resource.

mod auth;
mod envelope;
pub(crate) mod error;
mod keys;
mod logs;
mod rate_limit;
mod resource;
mod retry;
mod tickets;
mod webhooks;

#[cfg(any(test, fuzzing))]
#[path = "tests/fuzz.rs"]
pub(crate) mod fuzz;

use std::time::Duration;

use std::fmt::Display;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;

pub(crate) use auth::Identity;
pub(crate) use error::ApiError;
pub(crate) use keys::{NewKey, TeamKey};
pub(crate) use logs::{LogFilter, LoggedRequest};
pub(crate) use rate_limit::RateLimit;
pub(crate) use resource::{Page, Pagination, Query};
pub(crate) use tickets::NewTicket;
pub(crate) use webhooks::{DeliveryFilter, Tested, Triggered, Wanted, Webhook};

use crate::account::Account;
use crate::host::random;
use crate::net::{self, BaseUrl};
use retry::Retry;

/// The API version we speak (documented as the current one).
const API_VERSION: &str = "2026-03-01";
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// JSON answers are small; one that is larger than this is not read to its end.
const MAX_ANSWER: usize = 32 * 1024 * 1024;

/// An answer that is a success.
struct Answer {
    body: Vec<u8>,
    rate_limit: Option<RateLimit>,
}

/// A client bound to one account.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: BaseUrl,
    headers: HeaderMap,
}

impl Client {
    /// A client for `account`.
    pub(crate) fn new(account: &Account) -> Result<Self, ApiError> {
        let headers = headers(account)?;
        Ok(Self {
            http: net::cstar_client(&account.base, &account.trust)?,
            base: account.base.clone(),
            headers,
        })
    }

    /// The HTTP client, for the event stream.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The headers that every request carries, the key among them.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// `path`, perhaps with a query, below the base.
    fn url(&self, path: &str) -> Url {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.base.join(path);
        url.set_query(query);
        url
    }

    /// Sends one request, retrying as the contract says, and reads the `data` of the answer.
    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(dyn Display + Sync)>,
    ) -> Result<T, ApiError> {
        envelope::data(&self.answer(method, path, body).await?.body)
    }

    /// The answer to one request, of which a body is safe to retry: by an `Idempotency-Key` that stays the
    /// same for every try.
    async fn answer(
        &self,
        method: Method,
        path: &str,
        body: Option<&(dyn Display + Sync)>,
    ) -> Result<Answer, ApiError> {
        let idempotency = random::alphanumeric::<32>();
        let mut retry = Retry::default();
        loop {
            let result = self.attempt(&method, path, body, &idempotency).await;
            let error = match result {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match retry.next(&error, random::unit()) {
                Some(wait) => {
                    tracing::debug!(%method, path, %error, wait_ms = wait.as_millis(), "trying again");
                    tokio::time::sleep(wait).await;
                }
                None => return Err(error),
            }
        }
    }

    async fn attempt(
        &self,
        method: &Method,
        path: &str,
        body: Option<&(dyn Display + Sync)>,
        key: &str,
    ) -> Result<Answer, ApiError> {
        let url = self.url(path);
        tracing::debug!(%method, url = %url, "request");
        let mut request =
            self.http.request(method.clone(), url).headers(self.headers.clone()).timeout(REQUEST_TIMEOUT);
        if let Some(body) = body {
            request = request
                .header("Idempotency-Key", key)
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let refusal = net::proxy_refusal(&error, &self.base.join("/")).await;
                let unreachable = ApiError::unreachable(&self.base, error);
                return Err(match refusal {
                    Some(refusal) => unreachable.by_proxy(&refusal),
                    None => unreachable,
                });
            }
        };
        let status = response.status();
        let answer_headers = response.headers().clone();
        tracing::debug!(status = status.as_u16(), "answer");
        let body = read(response).await.map_err(|error| ApiError::unreachable(&self.base, error))?;
        if status.is_success() {
            return Ok(Answer { body, rate_limit: RateLimit::of_headers(&answer_headers) });
        }
        Err(ApiError::from_answer(status.as_u16(), &answer_headers, &body, &self.base))
    }
}

/// Whether an id that a server named can be a part of a path without changing its meaning.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        answer.extend_from_slice(&chunk);
        if answer.len() > MAX_ANSWER {
            break;
        }
    }
    Ok(answer)
}

fn headers(account: &Account) -> Result<HeaderMap, ApiError> {
    let bearer = format!("Bearer {}", account.key.secret().expose());
    let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| ApiError::KeyNotHeaderSafe)?;
    authorization.set_sensitive(true);
    let agent = format!(
        "cstar-cli/{} ({}; {})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let agent = HeaderValue::from_str(&agent).unwrap_or(HeaderValue::from_static("cstar-cli"));
    Ok(HeaderMap::from_iter([
        (AUTHORIZATION, authorization),
        (USER_AGENT, agent),
        (reqwest::header::HeaderName::from_static("cstar-version"), HeaderValue::from_static(API_VERSION)),
    ]))
}
