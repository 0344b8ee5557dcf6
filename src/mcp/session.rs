//! A client whose key was accepted, with its account and team.

use crate::account::Account;
use crate::api::{Client, Identity};
use crate::host::clock::Clock;
use crate::stream::subscription::StreamConfig;

/// A client whose key was accepted.
#[derive(Clone)]
pub(super) struct ApiSession {
    pub(super) account: Account,
    pub(super) client: Client,
    pub(super) identity: Identity,
}

impl ApiSession {
    pub(super) fn is_for(&self, account: &Account) -> bool {
        is_same_key(&self.account, account)
    }

    /// Whether both stand for the same key and server.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.is_for(&other.account)
    }

    /// The event stream, from now on.
    pub(super) fn stream(&self, clock: Clock) -> StreamConfig {
        let (http, headers) = (self.client.http().clone(), self.client.headers().clone());
        StreamConfig::new(http, self.client.listen_url(&self.identity), headers, clock)
    }
}

/// Whether both stand for the same key at the same server.
pub(super) fn is_same_key(one: &Account, other: &Account) -> bool {
    one.base.to_string() == other.base.to_string() && one.key.secret().expose() == other.key.secret().expose()
}
