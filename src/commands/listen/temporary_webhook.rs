//! The webhook of `listen --public-url`: created or taken over at the start, deleted at the end.

use std::path::Path;
use std::time::Duration;

use reqwest::Url;

use super::webhook_record::WebhookRecord;
use crate::Secret;
use crate::api::{ApiError, Webhook, WebhookFields};
use crate::history::RunScope;
use crate::host::io_error::io_message;
use crate::ops::session::Session;
use crate::output::Failure;

/// How long deleting may take when the process ends.
const DELETE_TIMEOUT: Duration = Duration::from_secs(5);

/// What the webhook has to be.
#[derive(Clone, Debug)]
pub(super) struct WantedWebhook {
    pub(super) url: Url,
    /// Types and patterns.
    pub(super) events: Vec<String>,
}

/// A webhook that exists as long as this run.
#[derive(Debug)]
pub(super) struct TemporaryWebhook {
    record: WebhookRecord,
    pub(super) id: String,
    pub(super) secret: Secret,
    /// Whether an earlier run created it.
    pub(super) is_taken_over: bool,
}

impl TemporaryWebhook {
    /// Takes over one of the webhooks in `abandoned` that still exists; the others stay in it.
    pub(super) async fn take_over(
        session: &Session,
        abandoned: &mut Vec<WebhookRecord>,
        wanted: &WantedWebhook,
    ) -> Result<Option<Self>, ApiError> {
        let usable = |record: &WebhookRecord| record.id.is_some() && record.secret.is_some();
        while let Some(place) = abandoned.iter().position(usable) {
            let record = abandoned.swap_remove(place);
            let (Some(id), Some(secret)) = (record.id.clone(), record.secret.clone()) else { continue };
            match update(session, &id, wanted).await {
                Err(error) if is_not_found(&error) => record.remove(),
                Err(error) => return Err(error),
                Ok(()) => return Ok(Some(Self { record, id, secret, is_taken_over: true })),
            }
        }
        Ok(None)
    }

    /// Registers a new one. `config` is the directory of the configuration.
    pub(super) async fn create(
        session: &Session,
        config: &Path,
        scope: RunScope,
        wanted: WantedWebhook,
    ) -> Result<Self, Failure> {
        let recorded = |error| {
            Failure::failed(format!(
                "could not write to {}, which remembers the webhook: {}",
                config.display(),
                io_message(&error)
            ))
        };
        let mut record = WebhookRecord::create(config, scope).map_err(recorded)?;
        let fields = WebhookFields {
            name: Some(record.name.clone()),
            url: Some(wanted.url.into()),
            events: Some(wanted.events),
            ..WebhookFields::default()
        };
        let created = match session.client.create_webhook(&session.identity, &fields).await {
            Ok(created) => created,
            Err(error) => {
                // It may exist nevertheless, if only the response was lost. Then the next start deletes it.
                if matches!(error, ApiError::Refused { .. } | ApiError::RateLimited { .. }) {
                    record.remove();
                }
                return Err(error.into());
            }
        };
        let id = created.id().to_owned();
        let Some(secret) = created.secret().map(|secret| Secret::new(secret.to_owned())) else {
            record.id = Some(id).filter(|id| !id.is_empty());
            let _ = delete(session, record).await;
            return Err(Failure::failed(
                "cStar created the webhook without a secret, so it was deleted again",
            ));
        };
        (record.id, record.secret) = (Some(id.clone()), Some(secret.clone()));
        let webhook = Self { record, id, secret, is_taken_over: false };
        if let Err(error) = webhook.record.save() {
            let _ = webhook.delete(session).await;
            return Err(recorded(error));
        }
        Ok(webhook)
    }

    /// Deletes it. If that fails, the next start tries again.
    pub(super) async fn delete(self, session: &Session) -> Result<(), String> {
        match tokio::time::timeout(DELETE_TIMEOUT, delete(session, self.record)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("cStar did not answer within {} s", DELETE_TIMEOUT.as_secs())),
        }
    }
}

/// Deletes a webhook that an earlier run left. Returns its id, if it still existed.
pub(super) async fn delete(session: &Session, record: WebhookRecord) -> Result<Option<String>, ApiError> {
    let id = match &record.id {
        Some(id) => Some(id.clone()),
        // The process was killed before it knew the id.
        None => named(session, &record.name).await?.map(|webhook| webhook.id().to_owned()),
    };
    let deleted = match &id {
        Some(id) => session.client.delete_webhook(&session.identity, id).await.map(drop),
        None => Ok(()),
    };
    match deleted {
        Err(error) if !is_not_found(&error) => Err(error),
        outcome => {
            record.remove();
            Ok(id.filter(|_| outcome.is_ok()))
        }
    }
}

async fn named(session: &Session, name: &str) -> Result<Option<Webhook>, ApiError> {
    let webhooks = session.client.webhooks(&session.identity, false).await?;
    Ok(webhooks.into_iter().find(|webhook| webhook.text("name") == Some(name)))
}

/// Changes address, events and state to what is wanted, if they differ.
async fn update(session: &Session, id: &str, wanted: &WantedWebhook) -> Result<(), ApiError> {
    let webhook = session.client.webhook(&session.identity, id).await?;
    let events: Vec<&str> = wanted.events.iter().map(String::as_str).collect();
    let change = WebhookFields {
        url: Some(wanted.url.to_string()).filter(|url| webhook.text("url") != Some(url)),
        events: Some(wanted.events.clone()).filter(|_| webhook.events() != events),
        // cStar may have turned it off after many failures.
        is_active: (webhook.is_active() == Some(false)).then_some(true),
        ..WebhookFields::default()
    };
    if !change.is_empty() {
        session.client.update_webhook(&session.identity, id, &change).await?;
    }
    Ok(())
}

fn is_not_found(error: &ApiError) -> bool {
    matches!(error, ApiError::Refused { status: 404 | 410, .. })
}
