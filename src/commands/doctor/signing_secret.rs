//! Which secret `cstar doctor` signs its event with, and whether a given one looks mistyped.

use tokio::sync::oneshot;

use super::check::Check;
use super::target::SigningSecret;
use crate::Secret;
use crate::account::{Origin, generated_secret, webhook_secret};
use crate::host::dirs;
use crate::host::env::Env;
use crate::secret::oddity;

/// Where the signing secret may come from.
pub(super) struct SecretSources {
    pub(super) given: Option<Secret>,
    pub(super) env: Env,
    pub(super) stream: oneshot::Receiver<Option<Secret>>,
}

impl SecretSources {
    /// The secret that `listen` would use, but without generating one.
    pub(super) async fn secret(self) -> Option<SigningSecret> {
        if let Some((secret, origin)) = webhook_secret(self.given.as_ref(), &self.env) {
            let odd = odd_secret(&secret, &origin);
            return Some(SigningSecret { secret, from: format!("the secret of {origin}"), odd });
        }
        if let Ok(Some(secret)) = self.stream.await {
            let from = "the secret of the event stream".to_owned();
            return Some(SigningSecret { secret, from, odd: None });
        }
        let directory = dirs::config(&self.env)?;
        if !directory.join("signing-secret").exists() {
            return None;
        }
        let secret = generated_secret(Some(&directory)).ok()?;
        Some(SigningSecret { secret, from: "the secret kept on this machine".to_owned(), odd: None })
    }
}

/// What looks mistyped about a given secret.
fn odd_secret(secret: &Secret, origin: &Origin) -> Option<String> {
    oddity(secret.expose()).map(|odd| format!("the signing secret from {origin} {odd}"))
}

/// A check of the given secret, if it looks mistyped.
pub(super) fn mistyped(given: Option<&Secret>, env: &Env) -> Option<Check> {
    let (secret, origin) = webhook_secret(given, env)?;
    let fix = "set it again without that character, unless your server has it too";
    odd_secret(&secret, &origin).map(|odd| Check::warn("secret", odd, fix))
}
