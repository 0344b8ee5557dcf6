//! The secret that `listen` signs with unless one is given: that of the session, which only the server has, or
//! else the one generated on this machine.

use std::time::Duration;

use super::session::Session;
use super::stream_errors::refused;
use crate::Secret;
use crate::account::{Account, generated_secret};
use crate::api::Client;
use crate::host::clock::Clock;
use crate::host::dirs;
use crate::host::env::Env;
use crate::output::{Exit, Failure};
use crate::stream::response::StreamRefusal;
use crate::stream::subscription::{StreamItem, subscribe};

const TIMEOUT: Duration = Duration::from_secs(10);

/// A secret to sign with.
#[derive(Clone, Debug)]
pub(crate) struct SessionSecret {
    pub(crate) secret: Secret,
    /// Whether it is the one generated on this machine.
    pub(crate) is_generated: bool,
}

/// What the server said about the secret.
enum Said {
    Session(Option<Secret>),
    Refused(StreamRefusal),
}

/// The secret for `account`, of which a session is opened for a moment.
pub(crate) async fn session_secret(account: &Account, env: &Env, clock: Clock) -> Result<Secret, Failure> {
    let session = Session::open(account.clone(), Client::new(account)?).await?;
    Ok(secret_of(&session, env, clock).await?.secret)
}

/// The same for a team that is known. At a server without the stream, events came through `--public-url`, which signs
/// with the secret of this machine.
pub(crate) async fn secret_of(session: &Session, env: &Env, clock: Clock) -> Result<SessionSecret, Failure> {
    let mut stream = subscribe(session.event_stream(clock));
    let said = async {
        while let Some(item) = stream.recv().await {
            match item {
                StreamItem::Connected(session) => return Some(Said::Session(session.secret)),
                StreamItem::Refused(refusal) => return Some(Said::Refused(refusal)),
                _ => {}
            }
        }
        None
    };
    match tokio::time::timeout(TIMEOUT, said).await.ok().flatten() {
        Some(Said::Session(Some(secret))) => return Ok(SessionSecret { secret, is_generated: false }),
        Some(Said::Session(None)) => {}
        Some(Said::Refused(refusal)) if refusal.is_missing_stream() => {}
        Some(Said::Refused(refusal)) => return Err(refused(refusal, &session.account)),
        None => return Err(Failure::new(Exit::Unreachable, "could not open the event stream")),
    }
    let secret = generated_secret(dirs::config(env).as_deref());
    let secret = secret.map_err(|error| Failure::failed(error.to_string()))?;
    Ok(SessionSecret { secret, is_generated: true })
}
