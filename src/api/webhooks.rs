//! `/webhooks` of a team: firing test events, and where the listen stream is.

use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::{ApiError, Client, Identity};

/// The answer to `trigger-test`. Pages disagree about its members, so all but the object are optional.
#[derive(Clone, Debug)]
pub(crate) struct Triggered {
    /// The answer's `data` as it came, for `--json`.
    pub(crate) raw: Value,
}

impl Triggered {
    /// The id of the event that was fired (documented: `eventId`).
    pub(crate) fn event_id(&self) -> Option<&str> {
        self.raw.get("eventId").and_then(Value::as_str)
    }

    /// How many endpoints and listeners it went to (documented, by another page: `deliveredTo`).
    pub(crate) fn delivered_to(&self) -> Option<u64> {
        self.raw.get("deliveredTo").and_then(Value::as_u64)
    }
}

impl Client {
    /// `POST /webhooks/trigger-test` (documented): fires `event` at every active webhook and listener.
    /// `data` (ours) is laid over the payload template.
    pub(crate) async fn trigger_test(
        &self,
        identity: &Identity,
        event: &str,
        data: Option<&Value>,
    ) -> Result<Triggered, ApiError> {
        let mut body = json!({ "event": event });
        if let (Some(data), Some(body)) = (data, body.as_object_mut()) {
            body.insert("data".to_owned(), data.clone());
        }
        let path = format!("/api/v1/teams/{}/webhooks/trigger-test", identity.team_id);
        let raw = self.send(Method::POST, &path, Some(&body)).await?;
        Ok(Triggered { raw })
    }

    /// The address of `GET /webhooks/listen` (path documented, protocol ours).
    pub(crate) fn listen_url(&self, identity: &Identity) -> Url {
        self.url(&format!("/api/v1/teams/{}/webhooks/listen", identity.team_id))
    }
}
