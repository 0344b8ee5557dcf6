//! The name of the team and the four keys that every sandbox starts with.
//!
//! Values that the client needs too are in `sandbox_info`. Keys that are created later are in `http/keys.rs`.

use crate::sandbox::caller::{Caller, Environment, KeyId, KeyKind};
use crate::sandbox_info::{PUBLISHABLE_LIVE_KEY, PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY};

/// Its display name (as in the documented `whoami` sample).
pub(crate) const TEAM_NAME: &str = "Acme Corp";

/// A key that every sandbox starts with.
#[derive(Debug)]
pub(crate) struct FixedKey {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) caller: Caller,
}

/// The four keys, in the order in which they are shown (names and ids ours).
pub(crate) const FIXED_KEYS: [FixedKey; 4] = [
    fixed(SECRET_TEST_KEY, "Sandbox secret test key", *b"secrettest00", KeyKind::Secret, Environment::Test),
    fixed(SECRET_LIVE_KEY, "Sandbox secret live key", *b"secretlive00", KeyKind::Secret, Environment::Live),
    fixed(
        PUBLISHABLE_TEST_KEY,
        "Sandbox publishable test key",
        *b"publictest00",
        KeyKind::Publishable,
        Environment::Test,
    ),
    fixed(
        PUBLISHABLE_LIVE_KEY,
        "Sandbox publishable live key",
        *b"publiclive00",
        KeyKind::Publishable,
        Environment::Live,
    ),
];

const fn fixed(
    key: &'static str,
    name: &'static str,
    id: [u8; 12],
    kind: KeyKind,
    environment: Environment,
) -> FixedKey {
    FixedKey { key, name, caller: Caller { key: KeyId(id), kind, environment } }
}

#[cfg(test)]
impl Caller {
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        FIXED_KEYS.iter().find(|fixed| fixed.key == key).map(|fixed| fixed.caller)
    }
}
