//! Files that remember temporary webhooks, so that the next start finds one whose process was killed.
//!
//! A file is written before its webhook exists, and its lock is held while the process runs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::Secret;
use crate::history::RunScope;
use crate::host::draft::Draft;
use crate::host::file_lock::FileLock;
use crate::host::{permissions, private_fs, random};

const DIRECTORY: &str = "webhooks";
const EXTENSION: &str = "json";
/// No file of ours gets this large.
const LARGEST: u64 = 64 * 1024;

/// A temporary webhook, locked by this process.
#[derive(Debug)]
pub(super) struct WebhookRecord {
    path: PathBuf,
    lock: FileLock,
    /// The name of the webhook, which no other one has.
    pub(super) name: String,
    pub(super) scope: RunScope,
    /// Unknown until it was created.
    pub(super) id: Option<String>,
    /// Stored, because the API shows it only once, and taking over the webhook needs it.
    pub(super) secret: Option<Secret>,
}

impl WebhookRecord {
    /// A record of a webhook that is about to be created. `config` is the directory of the configuration.
    pub(super) fn create(config: &Path, scope: RunScope) -> io::Result<Self> {
        let directory = config.join(DIRECTORY);
        private_fs::create_directory(&directory)?;
        let token = random::alphanumeric::<12>().to_lowercase();
        let path = directory.join(&token).with_extension(EXTENSION);
        let lock = FileLock::acquire(&lock_path(&path), Duration::ZERO)?;
        let name = format!("cstar listen (temporary {token})");
        let record = Self { path, lock, name, scope, id: None, secret: None };
        record.save()?;
        Ok(record)
    }

    pub(super) fn save(&self) -> io::Result<()> {
        let Self { name, scope, id, secret, .. } = self;
        let RunScope { base_url, team_id, environment } = scope;
        let text = json!({ "name": name, "base_url": base_url, "team_id": team_id, "environment": environment,
            "webhook_id": id, "secret": secret.as_ref().map(Secret::expose) });
        let mut draft = Draft::create(&self.path)?;
        draft.write_all(text.to_string().as_bytes())?;
        draft.finish()
    }

    /// The webhook is gone.
    pub(super) fn remove(self) {
        // What remains is found at the next start.
        let _ = std::fs::remove_file(&self.path);
        let lock = lock_path(&self.path);
        // Windows does not remove an open file.
        drop(self.lock);
        let _ = std::fs::remove_file(lock);
    }

    /// The records in `scope` whose processes have ended.
    pub(super) fn abandoned(config: &Path, scope: &RunScope) -> Vec<Self> {
        let Ok(entries) = std::fs::read_dir(config.join(DIRECTORY)) else { return Vec::new() };
        let paths = entries.flatten().map(|entry| entry.path());
        let records = paths.filter(|path| path.extension().is_some_and(|end| end == EXTENSION));
        records.filter_map(|path| Self::open(path).filter(|record| record.scope == *scope)).collect()
    }

    /// `None` if another process holds it, or it cannot be read.
    fn open(path: PathBuf) -> Option<Self> {
        let lock = FileLock::acquire(&lock_path(&path), Duration::ZERO).ok()?;
        let (file, access) = permissions::open_followed(&path).ok()?;
        if !access.is_regular_file || !access.is_trusted_owner || access.is_writable_by_others() {
            return None;
        }
        let value: Value = serde_json::from_str(&private_fs::read_text(file, LARGEST).ok()?).ok()?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let scope = RunScope {
            base_url: text("base_url")?,
            team_id: text("team_id"),
            environment: text("environment"),
        };
        let (name, id) = (text("name")?, text("webhook_id"));
        Some(Self { path, lock, name, scope, id, secret: text("secret").map(Secret::new) })
    }
}

fn lock_path(path: &Path) -> PathBuf {
    path.with_extension("lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_ended_processes_are_found() {
        let home = tempfile::tempdir().unwrap();
        let scope = |team: &str| RunScope {
            base_url: "https://api.test/".to_owned(),
            team_id: Some(team.to_owned()),
            environment: None,
        };
        let found = |team| WebhookRecord::abandoned(home.path(), &scope(team));
        assert!(found("a").is_empty());
        let mut record = WebhookRecord::create(home.path(), scope("a")).unwrap();
        record.id = Some("whk_1".to_owned());
        record.secret = Some(Secret::new("whsec_1".to_owned()));
        record.save().unwrap();
        let name = record.name.clone();
        assert!(found("a").is_empty(), "it is held");
        drop(record);
        assert!(found("b").is_empty(), "another team");
        let [again] = <[_; 1]>::try_from(found("a")).unwrap();
        assert_eq!((again.name.as_str(), again.id.as_deref()), (name.as_str(), Some("whk_1")));
        assert_eq!(again.secret.as_ref().map(Secret::expose), Some("whsec_1"));
        again.remove();
        assert_eq!(std::fs::read_dir(home.path().join(DIRECTORY)).unwrap().count(), 0);
    }
}
