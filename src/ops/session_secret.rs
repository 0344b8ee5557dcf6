//! The secret that `listen` signs with unless one is given: that of the session, which only the server has, or
//! else the one generated on this machine.

use std::time::Duration;

use super::session::Session;
use crate::Secret;
use crate::account::{Account, generated_secret};
use crate::api::Client;
use crate::host::clock::Clock;
use crate::host::dirs;
use crate::host::env::Env;
use crate::output::{Exit, Failure};
use crate::stream::subscription::{StreamItem, subscribe};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a session of `account` for a moment and returns its secret.
pub(crate) async fn session_secret(account: &Account, env: &Env, clock: Clock) -> Result<Secret, Failure> {
    let session = Session::open(account.clone(), Client::new(account)?).await?;
    let mut stream = subscribe(session.event_stream(clock));
    let secret = async {
        while let Some(item) = stream.recv().await {
            match item {
                StreamItem::Connected(session) => return Some(session.secret),
                StreamItem::Refused(_) => return None,
                _ => {}
            }
        }
        None
    };
    match tokio::time::timeout(TIMEOUT, secret).await.ok().flatten() {
        Some(Some(secret)) => Ok(secret),
        Some(None) => {
            generated_secret(dirs::config(env).as_deref()).map_err(|error| Failure::failed(error.to_string()))
        }
        None => Err(Failure::new(Exit::Unreachable, "could not open the event stream")),
    }
}
