//! `cstar keys revoke`: revokes a key after confirmation.

use super::summary::{is_in_use, summary};
use crate::account::Account;
use crate::api::TeamKey;
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::ops::session::Session;
use crate::output::error_hints::find_by_id;
use crate::output::{Failure, style};
use crate::secret::prefixes;

/// Revoke an API key and close its open streams
///
/// This cannot be undone; on a terminal you are asked to confirm. Name the key by its id, or by the beginning
/// of its id or of the key if that is unique.
///
/// cStar does not document this request. `cstar doctor` shows whether your server has it.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar keys revoke key_a1B2c3D4e5F6",
    "cstar keys revoke sk_test_AbCd --yes",
])]
pub(super) struct Args {
    /// Id of the key, or the beginning of the id or of the key, if that is unique
    #[arg(value_name = "ID|PREFIX")]
    key: String,
    /// Do not ask; also needed to revoke the key in use
    #[arg(short, long)]
    yes: bool,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let session = context.session().await?;
    let keys = session.client.keys(&session.identity).await?;
    let key = resolve(&keys, &args.key)?;
    if args.yes {
        return revoke(context, &session, key).await;
    }
    if is_in_use(&session, key) {
        return Err(refuse_own(key, &session.account));
    }
    let question = Question {
        text: &format!("Revoke {}? It is refused from then on.", summary(key)),
        action: &format!("revoking {}", key.id()),
        hint: &format!("add --yes: cstar keys revoke {} --yes", key.id()),
    };
    let mut prompt = confirm(context, &question).await?;
    prompt.unless_interrupted(revoke(context, &session, key)).await
}

async fn revoke(context: &mut Context, session: &Session, key: &TeamKey) -> Result<(), Failure> {
    let answer = session.client.revoke_key(&session.identity, key.id()).await?;
    context.output.show(&answer, |out| {
        out.text(&format!("{}  {}", style::good("Revoked"), summary(key)))?;
        if is_in_use(session, key) {
            let line = format!(
                "This was the key in use (from {}): it is refused from now on. Log in with another: cstar login",
                session.account.origin
            );
            out.status(&style::warn(&line))?;
        }
        Ok(())
    })
}

/// The key with this id, or the only one whose id or key begins with `wanted`.
fn resolve<'k>(keys: &'k [TeamKey], wanted: &str) -> Result<&'k TeamKey, Failure> {
    const LIST: &str = "list keys: cstar keys list";
    // Every key begins like this.
    let text = wanted.trim();
    if matches!(text, "" | "key_") || prefixes::API_KEY.contains(&text) {
        return Err(Failure::usage(format!("`{wanted}` names no key in particular")).hint(LIST));
    }
    find_by_id("API keys", keys, wanted, TeamKey::id, |key| key.begins_with(wanted))?
        .ok_or_else(|| Failure::failed(format!("there is no API key `{wanted}`")).hint(LIST))
}

fn refuse_own(key: &TeamKey, account: &Account) -> Failure {
    let id = key.id();
    Failure::usage(format!(
        "{id} is the key in use (from {}): once it is revoked, it is refused everywhere",
        account.origin
    ))
    .hint(format!("to revoke it all the same: cstar keys revoke {id} --yes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn keys() -> Vec<TeamKey> {
        let pairs = [("key_abc1", "sk_test_AAAA"), ("key_abc12", "sk_test_AAAB"), ("key_b", "pk_live_AAAA")];
        pairs.into_iter().map(|(id, prefix)| TeamKey { raw: json!({ "id": id, "prefix": prefix }) }).collect()
    }

    fn resolved(wanted: &str) -> Result<String, String> {
        let keys = keys();
        resolve(&keys, wanted).map(|key| key.id().to_owned()).map_err(|failure| failure.plain_text())
    }

    #[test]
    fn keys_resolve_by_id_or_prefix() {
        for (wanted, id) in [
            ("key_abc1", "key_abc1"),
            ("key_b", "key_b"),
            ("pk_l", "key_b"),
            ("sk_test_AAAB_and_the_rest", "key_abc12"),
        ] {
            assert_eq!(resolved(wanted).as_deref(), Ok(id));
        }
    }

    #[test]
    fn ambiguous_names_are_rejected() {
        assert!(resolved("key_a").unwrap_err().contains("name one of them: key_abc1, key_abc12"));
        assert!(resolved("sk_test_AAA").unwrap_err().contains("several API keys begin with `sk_test_…`"));
        for none in ["key_x", "AAAA", "sk_test_AAACrest", "SK_TEST_AAAA"] {
            assert!(resolved(none).unwrap_err().contains("there is no API key"), "{none}");
        }
        for all in ["", " ", "key_", "pk_live_"] {
            assert!(resolved(all).unwrap_err().contains("names no key in particular"), "{all}");
        }
    }
}
