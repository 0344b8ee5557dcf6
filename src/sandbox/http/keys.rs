//! The keys there are. Of a key made here only its hash is kept; the four fixed ones are public anyway.

use std::sync::Mutex;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::Secret;
use crate::host::random::{self, NoRandomness};
use crate::sandbox::caller::{Caller, Environment, KeyId, KeyKind, key_prefix};
use crate::sandbox::fixtures::{FIXED_KEYS, FixedKey};
use crate::sandbox::lock::locked;
use crate::sandbox::store::keys::KeyRow;

/// More than any team needs, and a bound for a loop that creates.
pub(crate) const MAX_KEYS: usize = 1_000;
/// How many characters of a key are shown to tell it from others: the documented prefix and four more.
const SHOWN: usize = 12;
/// What follows the prefix of a key (documented: 32 characters of base64url).
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

type Hash = [u8; 32];

/// The four keys that a sandbox begins with.
#[derive(Clone, Debug)]
pub(crate) enum StartKeys {
    /// The fixed ones, which everybody knows: for loopback.
    Public,
    /// Made at this start, in the order of [`FIXED_KEYS`]: for a sandbox that other machines reach.
    Made(Box<[Secret; 4]>),
}

impl StartKeys {
    /// New ones.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn make() -> Result<Self, NoRandomness> {
        let make = |fixed: &FixedKey| {
            let prefix = key_prefix(fixed.caller.kind, fixed.caller.environment);
            random_tail().map(|tail| Secret::new(format!("{prefix}{tail}")))
        };
        let [a, b, c, d] = &FIXED_KEYS;
        Ok(Self::Made(Box::new([make(a)?, make(b)?, make(c)?, make(d)?])))
    }

    /// Whether they are no public ones.
    pub(crate) fn is_made(&self) -> bool {
        matches!(self, Self::Made(_))
    }

    /// The keys themselves: secret test, secret live, publishable test, publishable live.
    pub(crate) fn all(&self) -> [&str; 4] {
        match self {
            Self::Public => FIXED_KEYS.map(|fixed| fixed.key),
            Self::Made(keys) => keys.each_ref().map(Secret::expose),
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

/// All keys of the team, in the order of their making.
#[derive(Debug)]
pub(crate) struct Keys {
    held: Mutex<Vec<Held>>,
}

#[derive(Debug)]
struct Held {
    hash: Hash,
    key: ApiKey,
    /// Wakes the streams that the key has opened.
    revoked: watch::Sender<bool>,
}

impl Held {
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
        let key_object = ApiKey {
            caller,
            name: name.to_owned(),
            prefix: key.chars().take(SHOWN).collect(),
            created_at: now,
            last_used_at: None,
        };
        Self { hash: hash(key), key: key_object, revoked: watch::Sender::new(false) }
    }
}

impl ApiKey {
    /// As it is kept; `text` is the key itself.
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
    /// The four keys of the start, and those that are kept from before.
    pub(crate) fn new(now: Timestamp, kept: &[KeyRow], start: &StartKeys) -> Self {
        let fixed = FIXED_KEYS.iter().zip(start.all());
        let fixed = fixed.map(|(fixed, key)| Held::new(key, fixed.caller, fixed.name, now));
        Self { held: Mutex::new(fixed.chain(kept.iter().filter_map(Held::from_row)).collect()) }
    }

    /// Whose key this is.
    pub(crate) fn find(&self, key: &str) -> Option<Caller> {
        let hash = hash(key);
        locked(&self.held).iter().find(|held| held.hash == hash).map(|held| held.key.caller)
    }

    /// Whose key has this id.
    pub(crate) fn find_by_id(&self, id: &str) -> Option<Caller> {
        let held = locked(&self.held);
        held.iter().map(|held| held.key.caller).find(|caller| caller.key.to_string() == id)
    }

    /// Notes that a key was used.
    pub(crate) fn touch(&self, id: KeyId, now: Timestamp) {
        if let Some(held) = locked(&self.held).iter_mut().find(|held| held.key.caller.key == id) {
            held.key.last_used_at = Some(now);
        }
    }

    /// Turns true when the key is revoked; `None` when it has been.
    pub(crate) fn watch(&self, id: KeyId) -> Option<watch::Receiver<bool>> {
        locked(&self.held).iter().find(|held| held.key.caller.key == id).map(|held| held.revoked.subscribe())
    }

    /// Every key, the oldest first.
    pub(crate) fn list(&self) -> Vec<ApiKey> {
        locked(&self.held).iter().map(|held| held.key.clone()).collect()
    }

    /// Makes a key, which is given here and never again; `None` when there are [`MAX_KEYS`].
    ///
    /// # Errors
    /// When the system has no randomness to make one of.
    pub(crate) fn create(
        &self,
        name: &str,
        kind: KeyKind,
        environment: Environment,
        now: Timestamp,
    ) -> Result<Option<(ApiKey, String)>, NoRandomness> {
        let mut held = locked(&self.held);
        if held.len() >= MAX_KEYS {
            return Ok(None);
        }
        let id = loop {
            let id = KeyId(random_id());
            if held.iter().all(|held| held.key.caller.key != id) {
                break id;
            }
        };
        let key = format!("{}{}", key_prefix(kind, environment), random_tail()?);
        let new = Held::new(&key, Caller { key: id, kind, environment }, name, now);
        let object = new.key.clone();
        held.push(new);
        Ok(Some((object, key)))
    }

    /// Keeps the four keys of the start, and of the others these alone. The streams of the rest end.
    pub(crate) fn replace(&self, kept: &[KeyRow]) {
        let mut held = locked(&self.held);
        let fixed = |caller: Caller| FIXED_KEYS.iter().any(|fixed| fixed.caller == caller);
        for gone in held.extract_if(.., |held| !fixed(held.key.caller)) {
            gone.revoked.send_replace(true);
        }
        held.extend(kept.iter().filter_map(Held::from_row));
    }

    /// Ends a key and the streams it has opened; says whose it was.
    pub(crate) fn revoke(&self, id: &str) -> Option<Caller> {
        let mut held = locked(&self.held);
        let at = held.iter().position(|held| held.key.caller.key.to_string() == id)?;
        let gone = held.remove(at);
        gone.revoked.send_replace(true);
        Some(gone.key.caller)
    }
}

fn hash(key: &str) -> Hash {
    Sha256::digest(key).into()
}

fn random_id() -> [u8; 12] {
    let mut id = [0; 12];
    for (slot, byte) in id.iter_mut().zip(random::alphanumeric::<12>().bytes()) {
        *slot = byte;
    }
    id
}

fn random_tail() -> Result<String, NoRandomness> {
    let bytes = random::secret_bytes::<32>()?;
    Ok(bytes.iter().map(|byte| char::from(BASE64URL[usize::from(byte & 63)])).collect())
}
