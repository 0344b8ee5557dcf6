//! What the client may know about a local sandbox without its server: the default port, the sample team and
//! keys, and which sandbox is running.
//!
//! The constants are fixed, so that scripts can name them, and obviously fake, so that a leaked sandbox key is
//! not mistaken for a real one.

pub(crate) mod running;

use jiff::Timestamp;

use crate::event::{self, Event, EventType, Json, SampleSeed};
use crate::host::random;

pub(crate) const DEFAULT_PORT: u16 = 4747;

/// The main team, which the public keys belong to (ours).
pub(crate) const TEAM_ID: &str = "550e8400-e29b-41d4-a716-446655440000";
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

/// All of them. They are printed in the documentation, so they may be sent to any server.
pub(crate) const PUBLIC_KEYS: [&str; 4] =
    [SECRET_TEST_KEY, SECRET_LIVE_KEY, PUBLISHABLE_TEST_KEY, PUBLISHABLE_LIVE_KEY];

/// What follows the prefix of a key: 32 characters (documented).
pub(crate) const KEY_LENGTH: usize = 32;
/// Marks the keys that a sandbox generates (ours), so that no command mistakes a key of cStar for one of them. It follows
/// [`KEY_MARK_AT`] random characters, because the first and the last few are what is shown of a key.
pub(crate) const KEY_MARK: &str = "sandbox";
pub(crate) const KEY_MARK_AT: usize = 12;

/// Whether a sandbox made this key: a public one, or a generated one of any team.
pub(crate) fn is_sandbox_key(key: &str) -> bool {
    let tail = key.splitn(3, '_').nth(2).filter(|tail| tail.len() == KEY_LENGTH);
    let is_marked =
        tail.and_then(|tail| tail.get(KEY_MARK_AT..)).is_some_and(|rest| rest.starts_with(KEY_MARK));
    is_marked || PUBLIC_KEYS.contains(&key)
}

/// The values of a sample event of the sandbox's team.
pub(crate) fn sample_seed(now: Timestamp, unique: &str) -> SampleSeed<'_> {
    SampleSeed { now, unique, team_id: TEAM_ID, team_slug: TEAM_SLUG }
}

/// A sample event of the sandbox's team, with a random id.
pub(crate) fn sample(event_type: &EventType, now: Timestamp) -> Event {
    let unique = random::alphanumeric::<24>();
    event::sample(event_type, &sample_seed(now, &unique))
}

/// The `data` of a sample with `overrides` laid over it.
pub(crate) fn sample_data(
    event_type: &EventType,
    now: Timestamp,
    unique: &str,
    overrides: Option<&Json>,
) -> Json {
    let mut data = Json::from(&event::sample_data(event_type, &sample_seed(now, unique)));
    if let Some(overrides) = overrides {
        data.overlay(overrides.clone());
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_sandboxes_are_marked() {
        for key in PUBLIC_KEYS.into_iter().chain(["sk_test_AbCdEfGh_-12sandboxAbCdEfGh12345"]) {
            assert!(is_sandbox_key(key), "{key}");
        }
        for other in [
            "",
            "sk_test_sandbox",
            "sk_test_AbCdEfGh_-123sandboxAbCdEfGh1234",
            "sk_test_AbCdEfGh_-12sandboxAbCdEfGh123456",
            "sk_live_AbCdEfGh_-12SANDBOXAbCdEfGh12345",
            "sk_live_ééééééandboxAbCdEfGh12345",
        ] {
            assert!(!is_sandbox_key(other), "{other}");
        }
    }
}
