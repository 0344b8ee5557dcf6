//! The lines of webhooks with their signing secrets, `{"environment": …, "webhook": {…}}`, and of API keys,
//! `{"environment": …, "apiKey": {…}}`. A key is exported as its SHA-256: it still works after an import, but cannot be
//! read from the file.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::lines::Writer;
use super::outcome::{Counts, Refused, TransferError};
use crate::sandbox::caller::{KeyId, KeyKind};
use crate::sandbox::delivery::webhooks::input::{PlainHttp, creation, is_on_this_machine};
use crate::sandbox::model::registry;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::keys::KeyRow;
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::webhooks::{Webhook, WebhookSecret};

const WEBHOOK: &str = "webhook";
const API_KEY: &str = "api_key";
const KEY_MEMBER: &str = "apiKey";

/// Writes the webhooks and keys of the environment.
pub(crate) fn export(
    tables: &Tables<'_>,
    counts: &mut Counts,
    out: &mut Writer<'_>,
) -> Result<(), TransferError> {
    let environment = tables.environment.as_str();
    for webhook in tables.webhooks(None)? {
        let secrets = tables.webhook_secrets(webhook.seq)?;
        let line = json!({ "environment": environment, WEBHOOK: webhook_json(&webhook, &secrets) });
        out.line(&line)?;
        *counts.entry(WEBHOOK).or_default() += 1;
    }
    for key in tables.keys()? {
        out.line(&json!({ "environment": environment, KEY_MEMBER: key_json(&key) }))?;
        *counts.entry(API_KEY).or_default() += 1;
    }
    Ok(())
}

fn webhook_json(webhook: &Webhook, secrets: &[WebhookSecret]) -> Value {
    let secret = |one: &WebhookSecret| json!({ "secret": one.secret, "expiresAt": one.expires_at });
    json!({
        "id": webhook.id,
        "name": webhook.spec.name,
        "url": webhook.spec.url,
        "events": webhook.spec.events,
        "isActive": webhook.spec.is_active,
        "flatPayload": webhook.spec.is_flat,
        "consecutiveFailures": webhook.failures,
        "createdAt": webhook.created_at,
        "updatedAt": webhook.updated_at,
        "secrets": secrets.iter().map(secret).collect::<Vec<_>>(),
    })
}

fn key_json(key: &KeyRow) -> Value {
    json!({
        "id": key.id,
        "type": key.kind,
        "name": key.name,
        "prefix": key.prefix,
        "createdAt": Timestamp::from_millisecond(key.created_at).ok(),
        "sha256": hex::encode(key.hash),
    })
}

/// Describes a line that gives others access: a webhook to another machine, an API key, or the account or a session of a
/// customer.
pub(crate) fn foreign(line: &Map<String, Value>) -> Option<String> {
    let member = |of: &str, name: &str| line.get(of)?.get(name)?.as_str().map(str::to_owned);
    if let Some(url) = member(WEBHOOK, "url") {
        return (!is_on_this_machine(&url)).then(|| format!("a webhook to {url:.200}"));
    }
    let environment = line.get("environment").and_then(Value::as_str).unwrap_or_default();
    if let (Some(Value::String(kind)), Some(Value::Object(body))) = (line.get("kind"), line.get("body")) {
        let grant = registry::find(kind)?.rules.grant(body)?;
        return Some(format!("the {environment:.10} {grant}"));
    }
    line.get(KEY_MEMBER)?;
    let name = member(KEY_MEMBER, "name").unwrap_or_default();
    Some(format!("the {environment:.10} API key \"{name:.100}\""))
}

/// Stores the webhook or the key of a line and returns its kind; `None` for other lines.
pub(crate) fn import_line(
    change: &mut Change<'_>,
    line: &mut Map<String, Value>,
) -> Result<Option<&'static str>, Refused> {
    if let Some(members) = line.remove(WEBHOOK) {
        let (webhook, secrets) = read_webhook(object(members, WEBHOOK)?)?;
        if change.webhook(&webhook.id)?.is_some() {
            return Err(bad("this `id` is in an earlier line"));
        }
        change.restore_webhook(&webhook, &secrets)?;
        return Ok(Some(WEBHOOK));
    }
    let Some(members) = line.remove(KEY_MEMBER) else { return Ok(None) };
    let key = read_key(&object(members, KEY_MEMBER)?, change.environment.as_str())?;
    if change.keys()?.iter().any(|existing| existing.id == key.id) {
        return Err(bad("this `id` is in an earlier line"));
    }
    change.insert_key(&key)?;
    Ok(Some(API_KEY))
}

fn read_webhook(members: Map<String, Value>) -> Result<(Webhook, Vec<WebhookSecret>), Refused> {
    let id = text(&members, "id")?.to_owned();
    let well_formed = id
        .strip_prefix("whk_")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if !well_formed {
        return Err(bad("`id` is not that of a webhook"));
    }
    let secrets = members.get("secrets").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let secrets = secrets.iter().map(read_secret).collect::<Result<Vec<_>, _>>()?;
    if secrets.is_empty() {
        return Err(bad("the webhook has no `secrets`"));
    }
    let (created_at, updated_at) = (time(&members, "createdAt")?, time(&members, "updatedAt")?);
    let failures = members.get("consecutiveFailures").and_then(Value::as_u64).unwrap_or_default();
    let spec = creation(members, PlainHttp::Any)?;
    Ok((Webhook { seq: 0, id, spec, failures, created_at, updated_at }, secrets))
}

fn read_secret(value: &Value) -> Result<WebhookSecret, Refused> {
    let members = value.as_object().ok_or_else(|| bad("a secret is not an object"))?;
    let secret = text(members, "secret")?;
    if !secret.starts_with("whsec_") {
        return Err(bad("`secret` is not a signing secret"));
    }
    let ends = members.get("expiresAt").is_some_and(|at| !at.is_null());
    let expires_at = ends.then(|| time(members, "expiresAt")).transpose()?;
    Ok(WebhookSecret { secret: secret.to_owned(), expires_at })
}

fn read_key(members: &Map<String, Value>, environment: &str) -> Result<KeyRow, Refused> {
    let (id, kind) = (text(members, "id")?, text(members, "type")?);
    if KeyId::from_bare(id).is_none() || KeyKind::parse(kind).is_none() {
        return Err(bad("`id` and `type` are not those of an API key"));
    }
    let mut hash = [0; 32];
    hex::decode_to_slice(text(members, "sha256")?, &mut hash)
        .map_err(|_| bad("`sha256` is not 64 hexadecimal digits"))?;
    Ok(KeyRow {
        id: id.to_owned(),
        hash,
        kind: kind.to_owned(),
        environment: environment.to_owned(),
        name: text(members, "name")?.to_owned(),
        prefix: text(members, "prefix")?.to_owned(),
        created_at: time(members, "createdAt")?.as_millisecond(),
    })
}

fn bad(what: &str) -> Refused {
    Refused::Bad(what.to_owned())
}

fn object(value: Value, name: &str) -> Result<Map<String, Value>, Refused> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(bad(&format!("`{name}` is not an object"))),
    }
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Result<&'m str, Refused> {
    members.get(name).and_then(Value::as_str).ok_or_else(|| bad(&format!("`{name}` is not a text")))
}

fn time(members: &Map<String, Value>, name: &str) -> Result<Timestamp, Refused> {
    text(members, name)?.parse().map_err(|_| bad(&format!("`{name}` is not a time")))
}
