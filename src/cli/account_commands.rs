//! The commands about an account of cStar: keys, profiles, request log, webhooks.

use clap::{Args, Subcommand};

use super::one_command::CommandArgs;
use crate::commands::runtime::block_on;
use crate::commands::{Context, api, keys, login, logout, logs, profiles, status, webhooks};
use crate::output::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    Login(login::Args),
    Logout(logout::Args),
    Status(status::Args),
    Profiles(profiles::Args),
    Keys(keys::Args),
    Logs(logs::Args),
    Webhooks(webhooks::Args),
    Api(Box<api::Args>),
}

impl AccountCommand {
    pub(super) const ARGS: [CommandArgs; 8] = [
        ("login", login::Args::augment_args),
        ("logout", logout::Args::augment_args),
        ("status", status::Args::augment_args),
        ("profiles", profiles::Args::augment_args),
        ("keys", keys::Args::augment_args),
        ("logs", logs::Args::augment_args),
        ("webhooks", webhooks::Args::augment_args),
        ("api", api::Args::augment_args),
    ];

    pub(crate) fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self {
            Self::Login(args) => block_on(login::run(context, args)),
            Self::Logout(args) => block_on(logout::run(context, args)),
            Self::Status(args) => block_on(status::run(context, args)),
            Self::Profiles(args) => block_on(profiles::run(context, args)),
            Self::Keys(args) => block_on(keys::run(context, args)),
            Self::Logs(args) => block_on(logs::run(context, args)),
            Self::Webhooks(args) => block_on(webhooks::run(context, args)),
            Self::Api(args) => block_on(api::run(context, *args)),
        }
    }
}
