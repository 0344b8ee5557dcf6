//! `cstar keys create --save`: stores the new key as a profile, or revokes it if that fails.

use serde_json::Value;

use super::summary::summary;
use crate::Secret;
use crate::account::{ApiKey, NewCredential, ProfileStore, SavedProfile, StorageChoice};
use crate::api::TeamKey;
use crate::commands::Context;
use crate::ops::session::Session;
use crate::output::profiles;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};

/// Where to save the new key.
pub(super) struct ProfileSaver {
    store: ProfileStore,
    name: String,
}

impl ProfileSaver {
    pub(super) fn open(context: &Context, name: &str) -> Result<Self, Failure> {
        ProfileStore::check_name(name)?;
        Ok(Self { store: ProfileStore::open(&context.env)?, name: name.to_owned() })
    }

    /// Stores the key and prints where. A key that cannot be stored is revoked, because it would be lost.
    pub(super) async fn save_or_revoke(
        mut self,
        context: &mut Context,
        session: &Session,
        created: &TeamKey,
        key: &str,
    ) -> Result<(), Failure> {
        match self.save(context, session, created, key) {
            Ok(saved) => self.show(context, created, &saved),
            Err(failure) => Err(failure.hint(revoke_unsaved(session, created).await)),
        }
    }

    fn save(
        &mut self,
        context: &Context,
        session: &Session,
        created: &TeamKey,
        key: &str,
    ) -> Result<SavedProfile, Failure> {
        let key = ApiKey::parse(Secret::new(key))
            .map_err(|error| Failure::failed(format!("the response contains no usable key: {error}")))?;
        let identity = &session.identity;
        let new = NewCredential {
            key,
            base: session.account.base.clone(),
            team_id: identity.team_id.clone(),
            team_name: identity.team_name.clone(),
            team_slug: identity.team_slug.clone(),
            key_type: created.text("type").map(str::to_owned),
            environment: created.text("environment").map(str::to_owned),
            saved_at: context.clock.now(),
        };
        Ok(self.store.save(&self.name, &new, StorageChoice::Auto)?)
    }

    fn show(self, context: &mut Context, created: &TeamKey, saved: &SavedProfile) -> Result<(), Failure> {
        let mut value = created.raw.clone();
        if let Value::Object(members) = &mut value {
            members.shift_remove("key");
            let profile = profiles::to_json(&saved.profile, self.store.active_name());
            members.insert("profile".to_owned(), profile);
        }
        context.output.show(&value, |out| {
            out.text(&format!("{}  {}", style::good("Created"), summary(created)))?;
            let place = saved.backend.describe();
            let line = format!("The key is in {place}; use it with --profile {}.", saved.profile.name);
            out.status(&style::dim(&line))?;
            for note in &saved.notes {
                out.status(&style::warn(&sanitize(note)))?;
            }
            if let Some(old) = &saved.replaced {
                out.status(&style::dim(&format!("It replaces {}.", profiles::in_words(old))))?;
            }
            Ok(())
        })
    }
}

/// Revokes the key; returns a hint about the result.
async fn revoke_unsaved(session: &Session, created: &TeamKey) -> String {
    let id = created.id();
    match session.client.revoke_key(&session.identity, id).await {
        Ok(_) => format!("the new key {id} could not be saved, so it was revoked"),
        Err(_) => {
            format!("the new key {id} could not be saved and is still valid; run: cstar keys revoke {id}")
        }
    }
}
