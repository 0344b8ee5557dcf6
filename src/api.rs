//! The client of cStar's REST API: requests, retries, the response envelope and errors. Each resource has its own file.

mod auth;
mod envelope;
pub(crate) mod error;
mod keys;
mod limits;
mod logs;
mod rate_limit;
mod raw;
mod raw_page;
mod resource;
mod retry;
mod tickets;
mod time_budget;
mod webhooks;

#[cfg(any(test, fuzzing))]
#[path = "api/tests/fuzz.rs"]
pub(crate) mod fuzz;

use std::time::Duration;

use std::fmt::Display;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

pub(crate) use auth::Identity;
pub(crate) use error::ApiError;
pub(crate) use keys::{NewKey, TeamKey};
pub(crate) use logs::{LogFilter, LoggedRequest};
pub(crate) use rate_limit::RateLimit;
pub(crate) use raw::{RawRequest, RawResponse};
pub(crate) use raw_page::{first_page, next_page, with_query};
pub(crate) use resource::{Page, Pagination, Query};
pub(crate) use tickets::NewTicket;
pub(crate) use time_budget::WaitNotice;
pub(crate) use webhooks::{DeliveryFilter, TestDelivery, TriggerOutcome, Webhook, WebhookFields};

use crate::account::Account;
use crate::host::random;
use crate::net::{self, BaseUrl, FailureCause};
use limits::{MAX_ANSWER, MAX_VALUES, max_value_count};
use retry::Retry;
use time_budget::TimeBudget;

/// The API version of requests (documented as the current one).
const API_VERSION: &str = "2026-03-01";
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// A request body that `Display`s as JSON.
type Body<'a> = &'a (dyn Display + Sync);

struct ApiResponse {
    body: Vec<u8>,
    rate_limit: Option<RateLimit>,
}

/// A client bound to one account.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: BaseUrl,
    headers: HeaderMap,
    budget: TimeBudget,
}

impl Client {
    pub(crate) fn new(account: &Account) -> Result<Self, ApiError> {
        let headers = headers(account)?;
        Ok(Self {
            http: net::api_client(&account.base, &account.trust)?,
            base: account.base.clone(),
            headers,
            budget: TimeBudget::default(),
        })
    }

    /// Sets a time limit for all further requests together.
    #[must_use]
    pub(crate) fn with_time_limit(self, limit: Duration) -> Self {
        Self { budget: TimeBudget::new(limit), ..self }
    }

    /// Sets a notice that is shown during long waits.
    #[must_use]
    pub(crate) fn with_wait_notice(self, show: WaitNotice) -> Self {
        Self { budget: self.budget.with_notice(show), ..self }
    }

    /// The HTTP client, for the event stream.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The headers of every request, including the key.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The URL of `path`, which may have a query.
    fn url(&self, path: &str) -> Url {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.base.join(path);
        url.set_query(query);
        url
    }

    /// Sends a request with retries, and parses the `data` of the response.
    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(dyn Display + Sync)>,
    ) -> Result<T, ApiError> {
        envelope::data(&self.answer(method, path, body).await?.body)
    }

    /// Sends a request with retries. All attempts have the same `Idempotency-Key`, so that a request with a body is
    /// safe to retry, and share the remaining time budget.
    async fn answer(
        &self,
        method: Method,
        path: &str,
        body: Option<Body<'_>>,
    ) -> Result<ApiResponse, ApiError> {
        self.budget.wait(&self.base, self.tries(method, path, body)).await
    }

    async fn tries(
        &self,
        method: Method,
        path: &str,
        body: Option<Body<'_>>,
    ) -> Result<ApiResponse, ApiError> {
        let idempotency = random::alphanumeric::<32>();
        let deadline = Instant::now() + self.budget.remaining();
        let mut retry = Retry::default();
        loop {
            let request = self.request(&method, path, body, &idempotency);
            let left = deadline.saturating_duration_since(Instant::now());
            let error = match self.attempt(request.timeout(left.min(REQUEST_TIMEOUT))).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let left = deadline.saturating_duration_since(Instant::now());
            match retry.next(&error, random::unit()) {
                Some(wait) if wait < left => {
                    tracing::debug!(%method, path, %error, wait_ms = wait.as_millis(), "trying again");
                    tokio::time::sleep(wait).await;
                }
                _ => return Err(error),
            }
        }
    }

    fn request(&self, method: &Method, path: &str, body: Option<Body<'_>>, key: &str) -> RequestBuilder {
        let url = self.url(path);
        tracing::debug!(%method, url = %url, "request");
        let request = self.http.request(method.clone(), url).headers(self.headers.clone());
        match body {
            Some(body) => request
                .header("Idempotency-Key", key)
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string()),
            None => request,
        }
    }

    async fn attempt(&self, request: RequestBuilder) -> Result<ApiResponse, ApiError> {
        let response = self.response(request).await?;
        self.read(response).await
    }

    /// Sends a request and waits for the head of the response.
    async fn response(&self, request: RequestBuilder) -> Result<Response, ApiError> {
        let error = match request.send().await {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        let refusal = net::proxy_refusal(&error, &self.base.join("/")).await;
        let spoken = net::probe_protocol(&error, &self.base).await;
        let unreachable = ApiError::unreachable(&self.base, error);
        Err(match (refusal, spoken) {
            (Some(refusal), _) => unreachable.with_proxy_refusal(&refusal),
            (None, Some(cause)) => ApiError::wrong_protocol(&self.base, cause),
            (None, None) => unreachable,
        })
    }

    /// Reads a response, within the size limit.
    async fn read(&self, response: Response) -> Result<ApiResponse, ApiError> {
        let status = response.status();
        let answer_headers = response.headers().clone();
        tracing::debug!(status = status.as_u16(), "answer");
        if !status.is_success() {
            let body = read(response, MAX_ANSWER).await;
            let body = body.map_err(|error| ApiError::unreachable(&self.base, error))?.0;
            let error = ApiError::from_response(status.as_u16(), &answer_headers, &body, &self.base);
            // Some servers answer plain http on their TLS port with an error page.
            let is_foreign = status.as_u16() == 400
                && error.detail().is_some_and(|detail| detail.code.is_none() && detail.message.is_none());
            if is_foreign && net::speaks_tls(&self.base).await {
                return Err(ApiError::wrong_protocol(&self.base, FailureCause::SpeaksHttps));
            }
            return Err(error);
        }
        let too_large = || ApiError::TooLarge { base: self.base.clone(), limit: MAX_ANSWER };
        if response.content_length().is_some_and(|length| length > MAX_ANSWER as u64) {
            return Err(too_large());
        }
        let read = read(response, MAX_ANSWER).await;
        let (body, whole) = read.map_err(|error| ApiError::unreachable(&self.base, error))?;
        if !whole {
            return Err(too_large());
        }
        if max_value_count(&body) > MAX_VALUES {
            return Err(ApiError::TooManyValues { base: self.base.clone() });
        }
        Ok(ApiResponse { body, rate_limit: RateLimit::from_headers(&answer_headers) })
    }
}

/// Up to `limit` bytes of the body, and whether it is complete.
async fn read(mut response: Response, limit: usize) -> Result<(Vec<u8>, bool), reqwest::Error> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limit - answer.len();
        answer.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if chunk.len() > room {
            return Ok((answer, false));
        }
    }
    Ok((answer, true))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_before_parsing() {
        assert_eq!(max_value_count(b"7"), 1);
        assert_eq!(max_value_count(br#"[1,2,{"a":"b,c:[{\"\\","d":[]}]"#), 9);
        let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert!(max_value_count(many.as_bytes()) > MAX_VALUES);
        let text = format!("[\"{}\"]", ",".repeat(MAX_VALUES));
        assert_eq!(max_value_count(text.as_bytes()), 2);
    }
}
