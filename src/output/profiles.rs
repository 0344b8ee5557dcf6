//! Profiles as JSON and as text.

use serde_json::{Value, json};

use super::history_json::time;
use super::sanitize::{redact, sanitize};
use crate::account::{Profile, ProfileStore};
use crate::host::env::{Env, names};

/// A profile as JSON (ours). There is no key in it.
pub(crate) fn to_json(profile: &Profile, active: &str) -> Value {
    // Users may have pasted a key into a name.
    let text = |text: &Option<String>| text.as_deref().map(redact);
    json!({
        "name": profile.name,
        "active": profile.name == active,
        "team": {
            "id": profile.team.id,
            "name": text(&profile.team.name),
            "slug": text(&profile.team.slug),
        },
        "environment": redact(&profile.environment),
        "key_type": redact(&profile.key_type),
        "key": profile.masked_key,
        "base_url": profile.base.to_string(),
        "store": profile.backend.name(),
        "saved_at": profile.saved_at.map(time),
    })
}

/// The key and its team, sanitized: `sk_test_…ab12 of Acme Corp (test data, https://www.cstar.help)`.
pub(crate) fn in_words(profile: &Profile) -> String {
    let Profile { masked_key, environment, base, .. } = profile;
    sanitize(&format!("{masked_key} of {} ({environment} data, {base})", profile.team_label()))
}

/// Sentences about keys that commands still find.
pub(crate) fn remains(store: &ProfileStore, env: &Env) -> Vec<String> {
    let mut lines = Vec::new();
    if env.secret(names::API_KEY).is_some() {
        lines.push(format!("{} is still set, and commands use it.", names::API_KEY));
    }
    let names: Vec<String> = store.profiles().into_iter().map(|profile| profile.name).collect();
    if store.profile(store.active_name()).is_none()
        && let Some(first) = names.first()
    {
        lines.push(format!(
            "Still logged in: {}. To use one of them: cstar profiles use {first}",
            names.join(", ")
        ));
    }
    lines
}
