//! The sandbox's fixed identities: one team, four keys, one listener per environment.
//!
//! Everything here is a constant, so that scripts and tests can name it, and obviously fake, so that
//! nobody mistakes a leaked sandbox key for a real one.

/// The team every sandbox key belongs to (ours).
pub(crate) const TEAM_ID: &str = "550e8400-e29b-41d4-a716-446655440000";
/// Its display name (as in the documented `whoami` sample).
pub(crate) const TEAM_NAME: &str = "Acme Corp";
/// Its slug (as in the documented `whoami` sample).
pub(crate) const TEAM_SLUG: &str = "acme";

/// Full access to test data. Prefix and 32 characters, as documented.
pub(crate) const SECRET_TEST_KEY: &str = "sk_test_sandbox0000000000000000000000000";
/// Full access to live data.
pub(crate) const SECRET_LIVE_KEY: &str = "sk_live_sandbox0000000000000000000000000";
/// Reads test data.
pub(crate) const PUBLISHABLE_TEST_KEY: &str = "pk_test_sandbox0000000000000000000000000";
/// Reads live data.
pub(crate) const PUBLISHABLE_LIVE_KEY: &str = "pk_live_sandbox0000000000000000000000000";

/// The key prefixes cStar documents.
pub(crate) const KEY_PREFIXES: [&str; 4] = ["sk_live_", "sk_test_", "pk_live_", "pk_test_"];

/// Test and live data never meet: a key sees one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Environment {
    /// Keys with `_test_`.
    Test,
    /// Keys with `_live_`.
    Live,
}

impl Environment {
    /// The documented spelling, as in `whoami` and in key prefixes.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// The secret that signs what a listener of this environment forwards. The same on every start,
    /// so that a receiver configured once keeps verifying.
    pub(crate) fn signing_secret(self) -> &'static str {
        match self {
            Self::Test => "whsec_sandboxtest000000000000000000000",
            Self::Live => "whsec_sandboxlive000000000000000000000",
        }
    }

    /// The webhook id listeners of this environment deliver under.
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
    /// The documented spelling, as in `whoami`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Publishable => "publishable",
        }
    }
}

/// Who made a request: the key's identity without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Caller {
    /// What the key may do.
    pub(crate) kind: KeyKind,
    /// Which data it sees.
    pub(crate) environment: Environment,
}

impl Caller {
    /// The caller a key stands for, if the key is one of the four.
    pub(crate) fn of(key: &str) -> Option<Self> {
        let (kind, environment) = match key {
            SECRET_TEST_KEY => (KeyKind::Secret, Environment::Test),
            SECRET_LIVE_KEY => (KeyKind::Secret, Environment::Live),
            PUBLISHABLE_TEST_KEY => (KeyKind::Publishable, Environment::Test),
            PUBLISHABLE_LIVE_KEY => (KeyKind::Publishable, Environment::Live),
            _ => return None,
        };
        Some(Self { kind, environment })
    }
}
