//! An account whose key the API has accepted, and the streams of its team.

use reqwest::Url;

use crate::account::Account;
use crate::api::{ApiError, Client, Identity};
use crate::host::clock::Clock;
use crate::stream::backoff;
use crate::stream::subscription::StreamConfig;

/// Account, client and team, which every request to the API needs.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) account: Account,
    pub(crate) client: Client,
    pub(crate) identity: Identity,
}

impl Session {
    /// Asks the API which team `client` belongs to.
    pub(crate) async fn open(account: Account, client: Client) -> Result<Self, ApiError> {
        let identity = client.whoami().await?;
        Ok(Self { account, client, identity })
    }

    /// How to receive the team's events.
    pub(crate) fn event_stream(&self, clock: Clock) -> StreamConfig {
        self.stream(self.client.listen_url(&self.identity), clock)
    }

    pub(crate) fn stream(&self, url: Url, clock: Clock) -> StreamConfig {
        // A sandbox that restarts on this machine is back within a second, and has no other clients to protect.
        let near = self.account.base.is_loopback();
        StreamConfig {
            backoff_ceiling: if near { backoff::LOOPBACK_CEILING } else { backoff::DEFAULT_CEILING },
            ..StreamConfig::new(self.client.http().clone(), url, self.client.headers().clone(), clock)
        }
    }

    /// Whether the session uses the key and the server of `account`.
    pub(crate) fn is_for(&self, account: &Account) -> bool {
        is_same_key(&self.account, account)
    }
}

/// Whether both accounts use the same key at the same server.
pub(crate) fn is_same_key(one: &Account, other: &Account) -> bool {
    one.base.to_string() == other.base.to_string() && one.key.secret().expose() == other.key.secret().expose()
}
