//! The secret that `listen` signs with when none is named: that of the session, which only the server knows,
//! or else the one made on this machine.

use std::time::Duration;

use crate::Secret;
use crate::account::{Account, generated_secret};
use crate::api::Client;
use crate::host::clock::Clock;
use crate::host::dirs;
use crate::host::env::Env;
use crate::output::{Exit, Failure};
use crate::stream::subscription::{StreamConfig, StreamItem, subscribe};

/// How long the session is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens a session of `account` for a moment and takes its secret.
///
/// # Errors
/// When there is no session to be had, or the secret of this machine cannot be read or made.
pub(crate) async fn session_secret(account: &Account, env: &Env, clock: Clock) -> Result<Secret, Failure> {
    let client = Client::new(account)?;
    let identity = client.whoami().await?;
    let (http, headers) = (client.http().clone(), client.headers().clone());
    let mut stream = subscribe(StreamConfig::new(http, client.listen_url(&identity), headers, clock));
    let session = async {
        while let Some(item) = stream.recv().await {
            match item {
                StreamItem::Connected(session) => return Some(session.secret),
                StreamItem::Refused(_) => return None,
                _ => {}
            }
        }
        None
    };
    match tokio::time::timeout(PATIENCE, session).await.ok().flatten() {
        Some(Some(secret)) => Ok(secret),
        Some(None) => {
            generated_secret(dirs::config(env).as_deref()).map_err(|error| Failure::failed(error.to_string()))
        }
        None => Err(Failure::new(Exit::Unreachable, "could not open the event stream")),
    }
}
