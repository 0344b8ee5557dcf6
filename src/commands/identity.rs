//! `cstar identity`: signs and verifies the identity of a customer for the chat widget. Works offline.

mod customer;
mod key;
mod sign;
mod verify;

use super::Context;
use crate::output::Failure;

/// Sign and verify the identity of a chat customer
///
/// Your server signs who a customer is, so that no other visitor can open their chats. The signature is the hex HMAC-SHA256
/// of the compact JSON of email, externalId, name and timestamp, sorted, without members that are undefined. The key is
/// the Production or Test key of the chat widget (Settings > Team > Chat Widget). cStar's page on chat in the JavaScript
/// SDK shows another payload (id, email, name); this follows the support page on customer identity verification, which
/// is complete and in real use. `cstar help identity` has code for six languages.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar identity sign --external-id user_42 --email ada@example.com --name Ada",
    "cstar identity verify --signature 3f9a… customer.json";
    "Exit codes: 0 if it is signed or valid, 1 if the signature does not match, 2 for wrong input.\n",
    "The key comes from CSTAR_IDENTITY_KEY, --key-file or a prompt. It is not sent anywhere.",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Subcommand,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    Sign(sign::Args),
    Verify(verify::Args),
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        Subcommand::Sign(args) => sign::run(context, args).await,
        Subcommand::Verify(args) => verify::run(context, args).await,
    }
}
