//! `cstar keys create`: a new key, printed once.

use clap::ValueEnum;

use super::save::ProfileSaver;
use super::summary::summary;
use crate::api::{NewKey, TeamKey};
use crate::commands::Context;
use crate::output::sanitize::escape;
use crate::output::{Failure, style};

/// Create an API key and print it once
///
/// cStar cannot show the key again. `--save` stores it as a profile instead of printing it.
///
/// cStar does not document this request. `cstar doctor` shows whether your server has it.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar keys create --name CI",
    "KEY=$(cstar keys create --name CI --quiet)",
    "cstar keys create --name web --type publishable --environment live",
    "cstar keys create --name laptop --save acme-test",
    "cstar keys create --name CI --json | jq -r .key",
])]
pub(super) struct Args {
    /// What the key is for, in your words
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    name: String,
    /// Secret keys read and write, publishable ones only read [default: secret]
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<Kind>,
    /// Which data it is for [default: that of the key in use]
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Option<Environment>,
    /// Store the key as this profile, in place of the one it has, instead of printing it
    #[arg(long, value_name = "PROFILE")]
    save: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Secret,
    Publishable,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Environment {
    Live,
    Test,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Publishable => "publishable",
        }
    }
}

impl Environment {
    fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

fn parse_name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("a key needs a name"),
        name => Ok(name.to_owned()),
    }
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    // Problems with the profile are reported before a key is created.
    let saver = args.save.as_deref().map(|name| ProfileSaver::open(context, name)).transpose()?;
    let session = context.session().await?;
    let environment = args.environment.map(Environment::name).or(session.identity.environment.as_deref());
    let new = NewKey { name: &args.name, kind: args.kind.map(Kind::name), environment };
    let created = session.client.create_key(&session.identity, new).await?;
    let Some(key) = created.key() else { return Err(keyless(&created)) };
    match saver {
        None => show(context, &created, key),
        Some(saver) => saver.save_or_revoke(context, &session, &created, key).await,
    }
}

fn keyless(created: &TeamKey) -> Failure {
    let id = created.id();
    Failure::failed(format!("the key {id} was created, but the response does not contain it"))
        .hint(format!("revoke it: cstar keys revoke {id}"))
}

/// Only the key goes to standard output, so that it can be assigned to a variable.
fn show(context: &mut Context, created: &TeamKey, key: &str) -> Result<(), Failure> {
    context.output.show(&created.raw, |out| {
        out.status(&format!("{}  {}", style::good("Created"), summary(created)))?;
        out.data(&escape(key))?;
        out.status(&style::dim("Save it now: it is not shown again."))
    })
}
