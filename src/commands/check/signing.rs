//! Which secret the events are signed with: the one that `listen` would use.

use crate::Secret;
use crate::account::{Account, ResolveError, stored_secret};
use crate::commands::Context;
use crate::host::dirs;
use crate::ops::session_secret::session_secret;
use crate::output::Failure;
use crate::sandbox::Environment;
use crate::sandbox_info;
use crate::secret::prefixes;

/// A shorter secret is not shown at all: its end would be too large a part of it.
const LONG: usize = 24;

#[derive(Clone, Debug)]
pub(super) struct SigningSecret {
    pub(super) secret: Secret,
    /// Such as `from --secret`.
    origin: String,
}

impl SigningSecret {
    /// The secret without its middle, and where it is from.
    pub(super) fn describe(&self) -> String {
        let text = self.secret.expose();
        let prefix = if text.starts_with(prefixes::SIGNING_SECRET) { prefixes::SIGNING_SECRET } else { "" };
        let end: String = match text.chars().count() {
            ..LONG => String::new(),
            count => text.chars().skip(count - 4).filter(char::is_ascii_alphanumeric).collect(),
        };
        format!("{prefix}…{end} {}", self.origin)
    }
}

/// The secret of the flag or the environment, of the sandbox, of the profile, or of this machine.
pub(super) async fn secret(context: &mut Context, flag: Option<&Secret>) -> Result<SigningSecret, Failure> {
    if let Some((secret, origin)) = context.signing_secret(flag)? {
        return Ok(SigningSecret { secret, origin: format!("from {origin}") });
    }
    let options = context.global.account_options();
    let sandbox = Account::sandbox(&options, &context.env)?;
    // The main team's secret is public, so the sandbox need not run.
    let is_public = |account: &Account| sandbox_info::PUBLIC_KEYS.contains(&account.key.secret().expose());
    if let Some(account) = sandbox.filter(is_public) {
        let environment = Environment::parse(account.key.environment()).unwrap_or(Environment::Test);
        let origin = "of the sandbox".to_owned();
        return Ok(SigningSecret { secret: Secret::new(environment.signing_secret()), origin });
    }
    match Account::resolve(&options, &context.env) {
        Ok(account) => {
            context.warn_about(&account)?;
            let profile = account.profile.clone();
            let secret =
                session_secret(&account, &context.env, context.clock.clone()).await.map_err(|failure| {
                    failure.hint("or name the secret that your server verifies with: --secret")
                })?;
            let of_key = || format!("of the key from {}", account.origin);
            let origin = profile.map_or_else(of_key, |name| format!("of profile {name}"));
            Ok(SigningSecret { secret, origin })
        }
        Err(ResolveError::NoKey) => of_this_machine(context),
        Err(error) => Err(error.into()),
    }
}

fn of_this_machine(context: &Context) -> Result<SigningSecret, Failure> {
    let stored = stored_secret(dirs::config(&context.env).as_deref())
        .map_err(|error| Failure::failed(error.to_string()))?;
    match stored {
        Some(secret) => Ok(SigningSecret { secret, origin: "of this machine".to_owned() }),
        None => Err(Failure::usage("no signing secret to sign with").hint(
            "name the one your server verifies with: --secret or CSTAR_WEBHOOK_SECRET; or the sandbox's: --sandbox",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_masked_with_its_origin() {
        let describe = |text: &str| {
            SigningSecret { secret: Secret::new(text), origin: "from --secret".to_owned() }.describe()
        };
        assert_eq!(describe("whsec_abcdefghijklmnopqrstuvwxyz"), "whsec_…wxyz from --secret");
        assert_eq!(describe("whsec_test"), "whsec_… from --secret");
        assert_eq!(describe("hunter2"), "… from --secret");
    }
}
