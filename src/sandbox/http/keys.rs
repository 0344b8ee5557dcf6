//! The API keys of the team. Of a generated key only the hash is stored; the four fixed keys are public anyway.

mod generate;

use std::sync::Mutex;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use self::generate::{random_id, random_tail};
use crate::Secret;
use crate::host::random::NoRandomness;
use crate::sandbox::caller::{Caller, Environment, KeyId, KeyKind, key_prefix};
use crate::sandbox::fixtures::{FIXED_KEYS, FixedKey};
use crate::sandbox::lock::locked;
use crate::sandbox::request_meta::Actor;
use crate::sandbox::store::keys::KeyRow;

/// More than any team needs; stops a client that creates keys in a loop.
pub(crate) const MAX_KEYS: usize = 1_000;
/// How many characters of a key are shown: the documented prefix and four more.
const SHOWN: usize = 12;

pub(crate) type Hash = [u8; 32];

#[derive(Clone, Debug)]
pub(crate) enum StartKeys {
    /// The fixed, public keys: for loopback.
    Public,
    /// Generated at this start, in the order of [`FIXED_KEYS`]: for a sandbox that other machines can reach.
    Generated(Box<[Secret; 4]>),
}

impl StartKeys {
    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        let generate = |fixed: &FixedKey| {
            let prefix = key_prefix(fixed.caller.kind, fixed.caller.environment);
            random_tail().map(|tail| Secret::new(format!("{prefix}{tail}")))
        };
        let [a, b, c, d] = &FIXED_KEYS;
        Ok(Self::Generated(Box::new([generate(a)?, generate(b)?, generate(c)?, generate(d)?])))
    }

    pub(crate) fn is_generated(&self) -> bool {
        matches!(self, Self::Generated(_))
    }

    /// The secret test key, if it is not the public one.
    pub(crate) fn generated_test_key(&self) -> Option<&str> {
        let [key, ..] = self.all();
        self.is_generated().then_some(key)
    }

    /// The keys themselves: secret test, secret live, publishable test, publishable live.
    pub(crate) fn all(&self) -> [&str; 4] {
        match self {
            Self::Public => FIXED_KEYS.map(|fixed| fixed.key),
            Self::Generated(keys) => keys.each_ref().map(Secret::expose),
        }
    }
}

/// What may be shown of a key.
#[derive(Clone, Debug)]
pub(crate) struct ApiKey {
    pub(crate) caller: Caller,
    pub(crate) name: String,
    /// The first characters of the key.
    pub(crate) prefix: String,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
}

/// All keys of the team, oldest first.
#[derive(Debug)]
pub(crate) struct Keys {
    keys: Mutex<Vec<StoredKey>>,
}

#[derive(Debug)]
struct StoredKey {
    hash: Hash,
    key: ApiKey,
    /// Wakes the streams that the key opened.
    revoked: watch::Sender<bool>,
}

impl StoredKey {
    /// `None` for a row that a later version wrote.
    fn from_row(row: &KeyRow) -> Option<Self> {
        let caller = Caller {
            key: KeyId::from_bare(&row.id)?,
            kind: KeyKind::parse(&row.kind)?,
            environment: Environment::parse(&row.environment)?,
        };
        let key = ApiKey {
            caller,
            name: row.name.clone(),
            prefix: row.prefix.clone(),
            created_at: Timestamp::from_millisecond(row.created_at).ok()?,
            last_used_at: None,
        };
        Some(Self { hash: row.hash, key, revoked: watch::Sender::new(false) })
    }

    fn new(key: &str, caller: Caller, name: &str, now: Timestamp) -> Self {
        let shown = ApiKey {
            caller,
            name: name.to_owned(),
            prefix: key.chars().take(SHOWN).collect(),
            created_at: now,
            last_used_at: None,
        };
        Self { hash: hash(key), key: shown, revoked: watch::Sender::new(false) }
    }
}

impl ApiKey {
    /// The row to store; `text` is the key itself.
    pub(crate) fn row(&self, text: &str) -> KeyRow {
        KeyRow {
            id: self.caller.key.bare(),
            hash: hash(text),
            kind: self.caller.kind.as_str().to_owned(),
            environment: self.caller.environment.as_str().to_owned(),
            name: self.name.clone(),
            prefix: self.prefix.clone(),
            created_at: self.created_at.as_millisecond(),
        }
    }
}

impl Keys {
    /// The four keys of the start, and the stored ones.
    pub(crate) fn new(now: Timestamp, stored: &[KeyRow], start: &StartKeys) -> Self {
        let fixed = FIXED_KEYS.iter().zip(start.all());
        let fixed = fixed.map(|(fixed, key)| StoredKey::new(key, fixed.caller, fixed.name, now));
        Self { keys: Mutex::new(fixed.chain(stored.iter().filter_map(StoredKey::from_row)).collect()) }
    }

    pub(crate) fn find(&self, key: &str) -> Option<Caller> {
        let hash = hash(key);
        locked(&self.keys).iter().find(|stored| stored.hash == hash).map(|stored| stored.key.caller)
    }

    /// Who acts with a key, for the audit log.
    pub(crate) fn actor(&self, id: KeyId) -> Actor {
        let keys = locked(&self.keys);
        let found = keys.iter().find(|stored| stored.key.caller.key == id);
        found.map_or_else(Actor::default, |stored| Actor {
            id: id.to_string().into(),
            name: stored.key.name.as_str().into(),
        })
    }

    /// Whether a key with this hash exists.
    pub(crate) fn has(&self, hash: &Hash) -> bool {
        locked(&self.keys).iter().any(|stored| stored.hash == *hash)
    }

    pub(crate) fn find_by_id(&self, id: &str) -> Option<Caller> {
        let keys = locked(&self.keys);
        keys.iter().map(|stored| stored.key.caller).find(|caller| caller.key.to_string() == id)
    }

    /// Records when a key was last used.
    pub(crate) fn touch(&self, id: KeyId, now: Timestamp) {
        if let Some(stored) = locked(&self.keys).iter_mut().find(|stored| stored.key.caller.key == id) {
            stored.key.last_used_at = Some(now);
        }
    }

    /// Becomes true when the key is revoked; `None` if it already is.
    pub(crate) fn watch(&self, id: KeyId) -> Option<watch::Receiver<bool>> {
        locked(&self.keys)
            .iter()
            .find(|stored| stored.key.caller.key == id)
            .map(|stored| stored.revoked.subscribe())
    }

    pub(crate) fn list(&self) -> Vec<ApiKey> {
        locked(&self.keys).iter().map(|stored| stored.key.clone()).collect()
    }

    /// Creates a key and returns its text, which is not stored; `None` if there are [`MAX_KEYS`].
    pub(crate) fn create(
        &self,
        name: &str,
        kind: KeyKind,
        environment: Environment,
        now: Timestamp,
    ) -> Result<Option<(ApiKey, String)>, NoRandomness> {
        let mut keys = locked(&self.keys);
        if keys.len() >= MAX_KEYS {
            return Ok(None);
        }
        let id = loop {
            let id = KeyId(random_id());
            if keys.iter().all(|stored| stored.key.caller.key != id) {
                break id;
            }
        };
        let key = format!("{}{}", key_prefix(kind, environment), random_tail()?);
        let new = StoredKey::new(&key, Caller { key: id, kind, environment }, name, now);
        let object = new.key.clone();
        keys.push(new);
        Ok(Some((object, key)))
    }

    /// Replaces all keys but the four of the start. The streams of the removed keys end; a key that stays keeps its own.
    pub(crate) fn replace(&self, stored: &[KeyRow]) {
        let mut keys = locked(&self.keys);
        let fixed = |caller: Caller| FIXED_KEYS.iter().any(|fixed| fixed.caller == caller);
        let mut former: Vec<StoredKey> = keys.extract_if(.., |stored| !fixed(stored.key.caller)).collect();
        keys.extend(stored.iter().filter_map(|row| {
            let new = StoredKey::from_row(row)?;
            let same = |old: &StoredKey| old.hash == new.hash && old.key.caller == new.key.caller;
            Some(former.iter().position(same).map(|at| former.swap_remove(at)).unwrap_or(new))
        }));
        for gone in former {
            gone.revoked.send_replace(true);
        }
    }

    /// Revokes a key and ends the streams that it opened.
    pub(crate) fn revoke(&self, id: &str) -> Option<Caller> {
        let mut keys = locked(&self.keys);
        let at = keys.iter().position(|stored| stored.key.caller.key.to_string() == id)?;
        let gone = keys.remove(at);
        gone.revoked.send_replace(true);
        Some(gone.key.caller)
    }
}

pub(crate) fn hash(key: &str) -> Hash {
    Sha256::digest(key).into()
}
