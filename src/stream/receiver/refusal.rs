//! Why a request is refused, and how often that is reported: anybody can cause it, so a flood must not fill the screen.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use tokio::time::Instant;

use crate::signature::SignatureError;

/// Requests that are refused with the same status are reported once in this time.
pub(super) const REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// A request that was refused. Its texts contain nothing from the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefusedRequest {
    pub(crate) status: u16,
    pub(crate) reason: String,
    /// How many others were refused with this status since the last report.
    pub(crate) others: u64,
}

#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) reason: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into() }
    }

    /// The client can try again later.
    pub(super) fn unavailable(reason: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, reason)
    }

    pub(super) fn unsigned(error: &SignatureError) -> Self {
        let reason = match error {
            SignatureError::MissingHeader => "it has no signature".to_owned(),
            SignatureError::Mismatch { .. } => {
                "its signature does not match the secret of the webhook and the body".to_owned()
            }
            SignatureError::OutsideTolerance { age, .. } => {
                format!("its signature is {age} s away from the time of this machine")
            }
            SignatureError::LegacyRefused => "its signature has the old form without a time".to_owned(),
            SignatureError::Malformed { .. } => "its signature is malformed".to_owned(),
            SignatureError::MissingSecret => "the webhook has no secret".to_owned(),
        };
        Self::new(StatusCode::UNAUTHORIZED, reason)
    }

    pub(super) fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(format!("{}\n", self.reason)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        match self.status {
            StatusCode::METHOD_NOT_ALLOWED => {
                headers.insert(ALLOW, HeaderValue::from_static("POST"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}

/// Decides which refusals are reported.
#[derive(Debug, Default)]
pub(super) struct RefusalReports {
    by_status: BTreeMap<u16, Hidden>,
}

#[derive(Debug)]
struct Hidden {
    reported_at: Instant,
    count: u64,
    last_reason: String,
}

impl RefusalReports {
    /// The report to make now, if any.
    pub(super) fn add(&mut self, refusal: &Refusal, now: Instant) -> Option<RefusedRequest> {
        let (status, reason) = (refusal.status.as_u16(), refusal.reason.clone());
        let Some(hidden) = self.by_status.get_mut(&status) else {
            let hidden = Hidden { reported_at: now, count: 0, last_reason: reason.clone() };
            self.by_status.insert(status, hidden);
            return Some(RefusedRequest { status, reason, others: 0 });
        };
        hidden.count += 1;
        hidden.last_reason = reason;
        hidden.due(status, now)
    }

    /// The reports of refusals that were hidden for long enough.
    pub(super) fn due(&mut self, now: Instant) -> Vec<RefusedRequest> {
        self.by_status.iter_mut().filter_map(|(status, hidden)| hidden.due(*status, now)).collect()
    }
}

impl Hidden {
    fn due(&mut self, status: u16, now: Instant) -> Option<RefusedRequest> {
        if self.count == 0 || now.duration_since(self.reported_at) < REPORT_INTERVAL {
            return None;
        }
        self.reported_at = now;
        let others = std::mem::take(&mut self.count) - 1;
        Some(RefusedRequest { status, reason: self.last_reason.clone(), others })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_one_report() {
        let (mut reports, start) = (RefusalReports::default(), Instant::now());
        let refusal = Refusal::unsigned(&SignatureError::MissingHeader);
        assert_eq!(reports.add(&refusal, start).map(|report| report.others), Some(0));
        for _ in 0..1_000 {
            assert_eq!(reports.add(&refusal, start), None);
        }
        let other = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "x");
        assert!(reports.add(&other, start).is_some(), "another status has a report of its own");
        assert!(reports.due(start).is_empty());
        let later = reports.due(start + REPORT_INTERVAL);
        assert_eq!(
            later.iter().map(|report| (report.status, report.others)).collect::<Vec<_>>(),
            [(401, 999)]
        );
        assert!(reports.due(start + 3 * REPORT_INTERVAL).is_empty());
    }
}
