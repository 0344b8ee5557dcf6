//! `/webhooks` of a team: endpoints, their deliveries, test events, and the URL of the listen stream.

use std::fmt::Display;

use reqwest::{Method, Url};
use serde_json::{Map, Value, json};

use super::limits::is_valid_id;
use super::{ApiError, Client, Identity};

/// The response to `trigger-test`. The documentation is inconsistent, so all members are optional.
#[derive(Clone, Debug)]
pub(crate) struct TriggerOutcome {
    /// The `data` of the response, for `--json`.
    pub(crate) raw: Value,
}

impl TriggerOutcome {
    /// The id of the event (documented: `eventId`).
    pub(crate) fn event_id(&self) -> Option<&str> {
        self.raw.get("eventId").and_then(Value::as_str)
    }

    /// The number of endpoints and listeners that got the event (documented on another page: `deliveredTo`).
    pub(crate) fn delivered_to(&self) -> Option<u64> {
        self.raw.get("deliveredTo").and_then(Value::as_u64)
    }

    /// The number of listen sessions among them (ours).
    pub(crate) fn listeners(&self) -> Option<u64> {
        self.raw.get("listeners").and_then(Value::as_u64)
    }

    /// The URLs of failed deliveries and the reasons (documented: `deliveries`; the elements only for the SDK).
    pub(crate) fn refused(&self) -> impl Iterator<Item = (&str, &str)> {
        let tried = self.raw.get("deliveries").and_then(Value::as_array).map(Vec::as_slice);
        let failed =
            tried.unwrap_or_default().iter().filter(|one| one.get("success") == Some(&Value::Bool(false)));
        failed.map(|one| {
            let text = |name: &str| one.get(name).and_then(Value::as_str);
            (text("url").unwrap_or("an endpoint"), text("error").unwrap_or("no reason was given"))
        })
    }
}

/// A webhook of the team. All members are optional.
#[derive(Clone)]
pub(crate) struct Webhook {
    /// The object from the API, for `--json`. That of a new webhook contains its secret.
    pub(crate) raw: Value,
}

// Does not print `raw`, which may contain a signing secret.
impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl Webhook {
    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.raw.get(member).and_then(Value::as_str)
    }

    /// `whk_…`; empty if missing.
    pub(crate) fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// The subscribed types and patterns. Documented as an array in responses and as a comma-separated string in
    /// requests; both are accepted.
    pub(crate) fn events(&self) -> Vec<&str> {
        match self.raw.get("events") {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => {
                text.split(',').map(str::trim).filter(|one| !one.is_empty()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether events are delivered to it (older pages: `is_active`).
    pub(crate) fn is_active(&self) -> Option<bool> {
        self.raw.get("isActive").or_else(|| self.raw.get("is_active")).and_then(Value::as_bool)
    }

    /// The number of consecutive failed attempts (documented; ours: the name).
    pub(crate) fn consecutive_failures(&self) -> Option<u64> {
        self.raw.get("consecutiveFailures").and_then(Value::as_u64)
    }

    /// The signing secret, in responses that contain it. Pages call it `secret` and `signingSecret`.
    pub(crate) fn secret(&self) -> Option<&str> {
        self.text("secret").or_else(|| self.text("signingSecret")).filter(|secret| !secret.is_empty())
    }
}

/// The fields of a new webhook, or of a change. Missing fields have the default of the API, or stay unchanged.
#[derive(Clone, Debug, Default)]
pub(crate) struct WebhookFields {
    pub(crate) name: Option<String>,
    pub(crate) url: Option<String>,
    /// Types and patterns; sent as a comma-separated string (documented).
    pub(crate) events: Option<Vec<String>>,
    pub(crate) is_active: Option<bool>,
    /// Repeats key members at the root of each body (documented as an option; ours: the name).
    pub(crate) flat_payload: Option<bool>,
}

impl WebhookFields {
    pub(crate) fn is_empty(&self) -> bool {
        self.to_body().is_empty()
    }

    fn to_body(&self) -> Map<String, Value> {
        let members = [
            ("name", self.name.clone().map(Value::from)),
            ("url", self.url.clone().map(Value::from)),
            ("events", self.events.as_ref().map(|events| events.join(",").into())),
            ("isActive", self.is_active.map(Value::from)),
            ("flatPayload", self.flat_payload.map(Value::from)),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// The result of an attempt: `{deliveryId, event, url, success, status, responseTimeMs, error}` (documented for the
/// SDK's `webhooks.test`).
#[derive(Clone, Debug)]
pub(crate) struct TestDelivery {
    /// The `data` of the response, for `--json`.
    pub(crate) raw: Value,
}

impl TestDelivery {
    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.raw.get(member).and_then(Value::as_str)
    }

    /// From `success`, or else from the status.
    pub(crate) fn succeeded(&self) -> bool {
        let said = self.raw.get("success").and_then(Value::as_bool);
        said.unwrap_or_else(|| self.status().is_some_and(|status| (200..300).contains(&status)))
    }

    /// The HTTP status of the response, if there was one.
    pub(crate) fn status(&self) -> Option<u16> {
        self.raw.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok())
    }

    pub(crate) fn milliseconds(&self) -> Option<u64> {
        self.raw.get("responseTimeMs").and_then(Value::as_u64)
    }
}

/// Which deliveries to list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeliveryFilter<'a> {
    /// `pending`, `succeeded` or `failed`.
    pub(crate) status: Option<&'a str>,
    pub(crate) limit: u32,
    /// The id of a delivery; lists the older ones.
    pub(crate) after: Option<&'a str>,
}

impl Client {
    /// `POST /webhooks/trigger-test` (documented): sends `event` to every active webhook and listener. `data` (ours),
    /// which `Display`s as a JSON object, is merged into the payload template.
    pub(crate) async fn trigger_test(
        &self,
        identity: &Identity,
        event: &str,
        data: Option<&(impl Display + Sync)>,
    ) -> Result<TriggerOutcome, ApiError> {
        // Formatted as text, so that `data` is sent unchanged.
        let event = Value::from(event);
        let body = match data {
            Some(data) => format!(r#"{{"event":{event},"data":{data}}}"#),
            None => format!(r#"{{"event":{event}}}"#),
        };
        let raw = self.send(Method::POST, &format!("{}/trigger-test", path(identity)), Some(&body)).await?;
        Ok(TriggerOutcome { raw })
    }

    /// The URL of `GET /webhooks/listen` (documented: the path; ours: the protocol).
    pub(crate) fn listen_url(&self, identity: &Identity) -> Url {
        self.url(&format!("{}/listen", path(identity)))
    }

    /// `GET /webhooks` (documented): all webhooks, or the active ones.
    pub(crate) async fn webhooks(&self, identity: &Identity, active: bool) -> Result<Vec<Webhook>, ApiError> {
        // The query is documented only for the SDK, so the result is also filtered here in case the API ignores it.
        let query = if active { "?active=true" } else { "" };
        let found: Vec<Value> = self.send(Method::GET, &format!("{}{query}", path(identity)), None).await?;
        let webhooks = found.into_iter().map(|raw| Webhook { raw });
        Ok(webhooks.filter(|webhook| !active || webhook.is_active() != Some(false)).collect())
    }

    /// `GET /webhooks/{id}` (documented).
    pub(crate) async fn webhook(&self, identity: &Identity, id: &str) -> Result<Webhook, ApiError> {
        Ok(Webhook { raw: self.send(Method::GET, &one(identity, id)?, None).await? })
    }

    /// `POST /webhooks` (documented): only this response contains the signing secret.
    pub(crate) async fn create_webhook(
        &self,
        identity: &Identity,
        new: &WebhookFields,
    ) -> Result<Webhook, ApiError> {
        let body = Value::from(new.to_body());
        Ok(Webhook { raw: self.send(Method::POST, &path(identity), Some(&body)).await? })
    }

    /// `PATCH /webhooks/{id}` (documented).
    pub(crate) async fn update_webhook(
        &self,
        identity: &Identity,
        id: &str,
        change: &WebhookFields,
    ) -> Result<Webhook, ApiError> {
        let body = Value::from(change.to_body());
        Ok(Webhook { raw: self.send(Method::PATCH, &one(identity, id)?, Some(&body)).await? })
    }

    /// `DELETE /webhooks/{id}` (documented); returns the `data` of the response.
    pub(crate) async fn delete_webhook(&self, identity: &Identity, id: &str) -> Result<Value, ApiError> {
        self.send(Method::DELETE, &one(identity, id)?, None).await
    }

    /// `POST /webhooks/{id}/test` (documented: the result; ours: the path): sends one event to this endpoint.
    pub(crate) async fn test_webhook(
        &self,
        identity: &Identity,
        id: &str,
        event: &str,
    ) -> Result<TestDelivery, ApiError> {
        let body = json!({ "event": event });
        let raw = self.send(Method::POST, &format!("{}/test", one(identity, id)?), Some(&body)).await?;
        Ok(TestDelivery { raw })
    }

    /// `POST /webhooks/{id}/rotate-secret` (ours): only this response contains the new secret.
    pub(crate) async fn rotate_secret(&self, identity: &Identity, id: &str) -> Result<Webhook, ApiError> {
        let path = format!("{}/rotate-secret", one(identity, id)?);
        Ok(Webhook { raw: self.send(Method::POST, &path, Some(&json!({}))).await? })
    }

    /// `GET /webhooks/{id}/deliveries` (ours): the newest first, with their attempts.
    pub(crate) async fn deliveries(
        &self,
        identity: &Identity,
        id: &str,
        filter: DeliveryFilter<'_>,
    ) -> Result<Vec<Value>, ApiError> {
        let mut query = format!("limit={}", filter.limit);
        for (name, value) in [("status", filter.status), ("after", filter.after)] {
            if let Some(value) = value {
                if !is_valid_id(value) {
                    return Err(ApiError::InvalidWebhookId);
                }
                query = format!("{query}&{name}={value}");
            }
        }
        self.send(Method::GET, &format!("{}/deliveries?{query}", one(identity, id)?), None).await
    }

    /// `POST /webhooks/{id}/deliveries/{deliveryId}/resend` (ours): makes another attempt immediately.
    pub(crate) async fn resend(
        &self,
        identity: &Identity,
        id: &str,
        delivery: &str,
    ) -> Result<TestDelivery, ApiError> {
        if !is_valid_id(delivery) {
            return Err(ApiError::InvalidWebhookId);
        }
        let path = format!("{}/deliveries/{delivery}/resend", one(identity, id)?);
        Ok(TestDelivery { raw: self.send(Method::POST, &path, Some(&json!({}))).await? })
    }
}

fn path(identity: &Identity) -> String {
    format!("/api/v1/teams/{}/webhooks", identity.team_id)
}

fn one(identity: &Identity, id: &str) -> Result<String, ApiError> {
    if !is_valid_id(id) {
        return Err(ApiError::InvalidWebhookId);
    }
    Ok(format!("{}/{id}", path(identity)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_events_and_secret_are_read() {
        let webhook = |raw| Webhook { raw };
        assert_eq!(webhook(json!({"events": ["a.b", "c.*"]})).events(), ["a.b", "c.*"]);
        assert_eq!(webhook(json!({"events": "a.b, c.*,"})).events(), ["a.b", "c.*"]);
        assert!(webhook(json!({"events": 1})).events().is_empty());
        assert_eq!(webhook(json!({"secret": "whsec_1"})).secret(), Some("whsec_1"));
        assert_eq!(webhook(json!({"signingSecret": "whsec_2"})).secret(), Some("whsec_2"));
        assert_eq!(webhook(json!({"secret": ""})).secret(), None);
        assert_eq!(webhook(json!({"is_active": false})).is_active(), Some(false));
        assert!(!format!("{:?}", webhook(json!({"id": "whk_1", "secret": "whsec_1"}))).contains("whsec"));
    }

    #[test]
    fn only_given_fields_are_sent() {
        let wanted = WebhookFields {
            events: Some(vec!["ticket.created".to_owned(), "customer.*".to_owned()]),
            is_active: Some(false),
            ..WebhookFields::default()
        };
        let expected = json!({"events": "ticket.created,customer.*", "isActive": false});
        assert_eq!(Value::from(wanted.to_body()), expected);
        assert!(WebhookFields::default().is_empty() && !wanted.is_empty());
    }

    #[test]
    fn success_falls_back_to_the_status() {
        let tested = |raw| TestDelivery { raw }.succeeded();
        assert!(tested(json!({"success": true, "status": 500})));
        assert!(tested(json!({"status": 204})) && !tested(json!({"status": 301})));
        assert!(!tested(json!({})) && !tested(json!({"success": false, "status": 200})));
    }

    #[test]
    fn ids_that_change_the_path_are_rejected() {
        let identity: Identity = serde_json::from_value(json!({"teamId": "t"})).unwrap();
        for odd in ["", "a/b", "../x", "a?b", "a%2f"] {
            assert!(matches!(one(&identity, odd), Err(ApiError::InvalidWebhookId)), "{odd}");
        }
        assert!(one(&identity, &"a".repeat(256)).is_ok() && one(&identity, &"a".repeat(257)).is_err());
        assert_eq!(one(&identity, "whk_a-1").unwrap(), "/api/v1/teams/t/webhooks/whk_a-1");
    }
}
