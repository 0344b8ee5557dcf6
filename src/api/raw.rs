//! Requests that a user writes: any method and path, and the response as it arrived.

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, Version};
use tokio::time::Instant;

use super::limits::{MAX_RAW_ANSWER, MAX_VALUES, max_value_count};
use super::retry::Retry;
use super::{ApiError, Client, REQUEST_TIMEOUT, TimeBudget, read};
use crate::host::random;
use crate::net;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// documented for error bodies; the sandbox also sends it as a header.
const REQUEST_ID: &str = "x-cstar-request-id";

/// A request to any path of the server.
#[derive(Clone, Debug)]
pub(crate) struct RawRequest {
    pub(crate) method: Method,
    /// Begins with `/`, and may have a query.
    pub(crate) target: String,
    /// These replace the headers that every request has.
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

impl RawRequest {
    /// Whether it may change something.
    pub(crate) fn is_write(&self) -> bool {
        !matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }

    /// The headers beside the key, the version and the name of this program. A write gets an `Idempotency-Key`,
    /// which all attempts share.
    pub(crate) fn own_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.is_write()
            && let Ok(key) = HeaderValue::from_str(&random::alphanumeric::<32>())
        {
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        if self.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        replace(&mut headers, &self.headers);
        headers
    }
}

/// Sets the headers of `new` in `headers`, all values of a name together.
fn replace(headers: &mut HeaderMap, new: &HeaderMap) {
    for name in new.keys() {
        headers.remove(name);
        for value in new.get_all(name) {
            headers.append(name, value.clone());
        }
    }
}

/// A response as it arrived.
#[derive(Debug)]
pub(crate) struct RawResponse {
    pub(crate) version: Version,
    pub(crate) status: u16,
    pub(crate) reason: Option<&'static str>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Why the status is not a success.
    pub(crate) error: Option<ApiError>,
}

impl RawResponse {
    /// Whether parsing the body would need too much memory.
    pub(crate) fn has_too_many_values(&self) -> bool {
        max_value_count(&self.body) > MAX_VALUES
    }

    /// The id of the request, from the header or the error object.
    pub(crate) fn request_id(&self) -> Option<String> {
        let header = self.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
        let body =
            self.error.as_ref().and_then(ApiError::detail).and_then(|detail| detail.request_id.clone());
        body.or_else(|| header.map(|id| net::truncate_text(id.to_owned(), 256)))
    }
}

impl Client {
    /// Sends a request with retries. A response without success is a response too.
    ///
    /// # Errors
    /// If there is no response, or one that is too large.
    pub(crate) async fn raw(&self, request: &RawRequest) -> Result<RawResponse, ApiError> {
        let headers = request.own_headers();
        self.budget.wait(&self.base, self.raw_attempts(request, &headers)).await
    }

    async fn raw_attempts(&self, request: &RawRequest, own: &HeaderMap) -> Result<RawResponse, ApiError> {
        let deadline = Instant::now() + self.budget.remaining();
        let left = || deadline.saturating_duration_since(Instant::now());
        let mut retry = Retry::default();
        loop {
            let attempt = self.raw_request(request, own).timeout(left().min(REQUEST_TIMEOUT));
            let result = self.raw_response(attempt).await;
            let error = match &result {
                Ok(response) => response.error.as_ref(),
                Err(error) => Some(error),
            };
            match error.and_then(|error| retry.next(error, random::unit())) {
                Some(wait) if wait < left() => {
                    tracing::debug!(method = %request.method, wait_ms = wait.as_millis(), "trying again");
                    tokio::time::sleep(wait).await;
                }
                _ => return result,
            }
        }
    }

    fn raw_request(&self, request: &RawRequest, own: &HeaderMap) -> RequestBuilder {
        let url = self.url(&request.target);
        tracing::debug!(method = %request.method, url = %url, "request");
        let mut headers = self.headers.clone();
        replace(&mut headers, own);
        let builder = self.http.request(request.method.clone(), url).headers(headers);
        match &request.body {
            Some(body) => builder.body(body.clone()),
            None => builder,
        }
    }

    async fn raw_response(&self, request: RequestBuilder) -> Result<RawResponse, ApiError> {
        let response = self.response(request).await?;
        let (version, status, headers) = (response.version(), response.status(), response.headers().clone());
        tracing::debug!(status = status.as_u16(), "answer");
        let body = self.raw_body(response).await?;
        let error = (!status.is_success())
            .then(|| ApiError::from_response(status.as_u16(), &headers, &body, &self.base));
        Ok(RawResponse {
            version,
            status: status.as_u16(),
            reason: status.canonical_reason(),
            headers,
            body,
            error,
        })
    }

    async fn raw_body(&self, response: Response) -> Result<Vec<u8>, ApiError> {
        let too_large = || ApiError::TooLarge { base: self.base.clone(), limit: MAX_RAW_ANSWER };
        let is_stream = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if is_stream.is_some_and(|kind| kind.starts_with("text/event-stream")) {
            return Err(ApiError::EventStream { base: self.base.clone() });
        }
        if response.content_length().is_some_and(|length| length > MAX_RAW_ANSWER as u64) {
            return Err(too_large());
        }
        let body = read(response, MAX_RAW_ANSWER).await;
        let (body, is_whole) = body.map_err(|error| ApiError::unreachable(&self.base, error))?;
        if is_whole { Ok(body) } else { Err(too_large()) }
    }

    /// Sends a request once, and returns the status of the response without its body.
    pub(crate) async fn probe(&self, request: &RawRequest) -> Result<u16, ApiError> {
        let response = self.response(self.raw_request(request, &request.own_headers())).await?;
        Ok(response.status().as_u16())
    }

    /// The same client with a new time limit for further requests, for commands that make very many.
    #[must_use]
    pub(crate) fn with_new_time_limit(&self, limit: std::time::Duration) -> Self {
        Self { budget: TimeBudget::new(limit).with_notice_of(&self.budget), ..self.clone() }
    }

    /// The URL that `target` names at this server.
    pub(crate) fn url_of(&self, target: &str) -> reqwest::Url {
        self.url(target)
    }
}
