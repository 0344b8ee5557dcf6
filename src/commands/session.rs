//! Who asks the API, and the way to ask.

use super::Context;
use crate::account::Account;
use crate::api::{Client, Identity};
use crate::output::Failure;

/// An account whose key the API has accepted.
pub(super) struct Session {
    pub(super) account: Account,
    pub(super) client: Client,
    pub(super) identity: Identity,
}

impl Session {
    /// The session of the account in force.
    ///
    /// # Errors
    /// When there is no key, the API is not reached, or it refuses the key.
    pub(super) async fn new(context: &mut Context) -> Result<Self, Failure> {
        let account = context.account()?;
        Self::of(context, account).await
    }

    /// The session of this account.
    ///
    /// # Errors
    /// When the API is not reached, or it refuses the key.
    pub(super) async fn of(context: &Context, account: Account) -> Result<Self, Failure> {
        let client = context.client_for(&account)?;
        let identity = client.whoami().await?;
        Ok(Self { account, client, identity })
    }
}
