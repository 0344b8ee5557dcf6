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

/// The team every sandbox key belongs to (ours).
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
