//! Who makes a request: the environment, the kind and the id of an API key.

use std::fmt;

/// The key prefixes cStar documents.
pub(crate) const KEY_PREFIXES: [&str; 4] = ["sk_live_", "sk_test_", "pk_live_", "pk_test_"];

/// Test and live data are separate: a key sees one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Environment {
    /// Keys with `_test_`.
    Test,
    /// Keys with `_live_`.
    Live,
}

impl Environment {
    pub(crate) const ALL: [Self; 2] = [Self::Test, Self::Live];

    /// The documented spelling, as in `whoami` and in key prefixes.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.as_str() == name)
    }

    /// The secret with which a listener of this environment signs what it forwards. The same on every start,
    /// so that a receiver has to be configured only once.
    pub(crate) fn signing_secret(self) -> &'static str {
        match self {
            Self::Test => "whsec_sandboxtest000000000000000000000",
            Self::Live => "whsec_sandboxlive000000000000000000000",
        }
    }

    pub(crate) fn listener_webhook_id(self) -> &'static str {
        match self {
            Self::Test => "whk_000000007e57",
            Self::Live => "whk_00000000c0de",
        }
    }
}

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum KeyKind {
    /// Reads and writes.
    Secret,
    /// Reads only.
    Publishable,
}

impl KeyKind {
    pub(crate) const ALL: [Self; 2] = [Self::Secret, Self::Publishable];

    /// Parses the documented spelling.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The documented spelling, as in `whoami`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Publishable => "publishable",
        }
    }
}

pub(crate) fn key_prefix(kind: KeyKind, environment: Environment) -> &'static str {
    match (kind, environment) {
        (KeyKind::Secret, Environment::Test) => "sk_test_",
        (KeyKind::Secret, Environment::Live) => "sk_live_",
        (KeyKind::Publishable, Environment::Test) => "pk_test_",
        (KeyKind::Publishable, Environment::Live) => "pk_live_",
    }
}

/// The id of a key: `key_` and 12 letters or digits (ours).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeyId(pub(crate) [u8; 12]);

impl KeyId {
    /// Without its prefix.
    pub(crate) fn bare(self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// The reverse of [`KeyId::bare`].
    pub(crate) fn from_bare(text: &str) -> Option<Self> {
        text.as_bytes().try_into().ok().map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key_{}", self.bare())
    }
}

/// The key of a request, without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Caller {
    pub(crate) key: KeyId,
    pub(crate) kind: KeyKind,
    pub(crate) environment: Environment,
}
