//! Finds the state that a command works on, and opens it if no sandbox is using it.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Secret;
use crate::account::{self, Account, AccountOptions, Origin, given_sandbox_key};
use crate::commands::Context;
use crate::commands::confirm::{self, Question};
use crate::host::env::Env;
use crate::ops::local_sandbox;
use crate::output::format::pluralize;
use crate::output::sanitize::{escape, sanitize};
use crate::output::{Exit, Failure};
use crate::sandbox::{self, Counts, Settings, StorageLocation, Store, StoreError};
use crate::sandbox_info::{
    self,
    running::{self, Running},
};

/// `--data-dir`.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct DataDir {
    /// Where the state is kept [default: `sandbox` in the configuration directory]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl DataDir {
    pub(super) fn is_given(&self) -> bool {
        self.data_dir.is_some()
    }

    /// The given directory, or the default one.
    pub(super) fn resolve(&self, env: &Env) -> Result<PathBuf, Failure> {
        match &self.data_dir {
            Some(directory) if directory.as_os_str().is_empty() => {
                Err(Failure::usage("`--data-dir` is empty").hint("leave it out for the usual directory"))
            }
            Some(directory) => Ok(directory.clone()),
            None => local_sandbox::directory(env)
                .map_err(|failure| failure.hint("or name a directory with --data-dir")),
        }
    }

    /// The running sandbox of [`Self::state`].
    pub(super) async fn running(&self, context: &Context) -> Result<Running, Failure> {
        match self.state(context).await? {
            State::Running(running) => Ok(running),
            State::Kept(directory) => {
                let shown = escape(&directory.display().to_string());
                let failure = Failure::new(Exit::Unreachable, format!("no sandbox is running for `{shown}`"));
                Err(failure.hint("start it with: cstar sandbox"))
            }
        }
    }

    /// The state of the sandbox at `--base-url` or the address in `CSTAR_SANDBOX`, otherwise that of the directory. A
    /// given key chooses the team of a running sandbox.
    pub(super) async fn state(&self, context: &Context) -> Result<State, Failure> {
        let state = self.found(context).await?;
        match given_sandbox_key(&context.global.account_options(), &context.env) {
            Some((key, origin)) => of_team(state, key, origin).await,
            None => Ok(state),
        }
    }

    async fn found(&self, context: &Context) -> Result<State, Failure> {
        if !self.is_given() && account::sandbox_address(&context.env)?.is_some() {
            return named(context).await.map(State::Running);
        }
        if context.global.base_url.is_some() {
            if self.is_given() {
                return Err(
                    Failure::usage("--base-url and --data-dir both name a state").hint("leave one out")
                );
            }
            return named(context).await.map(State::Running);
        }
        let directory = self.resolve(&context.env)?;
        Ok(match running::find(&directory) {
            Some(running) => State::Running(running),
            None => State::Kept(directory),
        })
    }
}

/// The sandbox at `--base-url`. Its key is needed beyond loopback, and is only sent to a sandbox.
async fn named(context: &Context) -> Result<Running, Failure> {
    let options = AccountOptions { sandbox: true, ..context.global.account_options() };
    let Some(account) = Account::sandbox(&options, &context.env)? else {
        return Err(Failure::usage("no sandbox is named"));
    };
    let base = account.base;
    let waiting = context.output.progress_handle().begin(format!("Waiting for {base}"));
    let running = local_sandbox::probe(&base).await;
    drop(waiting);
    if !running? {
        let line = format!("could not reach a sandbox at {base}: nothing listens there");
        return Err(Failure::new(Exit::Unreachable, line).hint("start it with: cstar sandbox"));
    }
    let key = Some(account.key.secret().clone());
    Ok(Running { base_url: base.to_string(), data_dir: None, key, team: None })
}

/// The part of a state that a key is for.
async fn of_team(state: State, key: Secret, origin: Origin) -> Result<State, Failure> {
    let running = match state {
        State::Running(running) => Running { key: Some(key), ..running },
        State::Kept(_) if sandbox_info::PUBLIC_KEYS.contains(&key.expose()) => return Ok(state),
        State::Kept(directory) => {
            let shown = escape(&directory.display().to_string());
            let line =
                format!("the key from {origin} is for a running sandbox, and none is running for `{shown}`");
            return Err(Failure::new(Exit::Unreachable, line).hint("start it with: cstar sandbox"));
        }
    };
    let team = local_sandbox::team_of(&running, origin).await?;
    Ok(State::Running(Running { team: Some(team), ..running }))
}

pub(super) enum State {
    /// Of a running sandbox, through its API.
    Running(Running),
    /// In a directory, which is opened.
    Kept(PathBuf),
}

impl State {
    /// The directory of the state; `None` when it is in memory, or not known.
    pub(super) fn data_dir(&self) -> Option<String> {
        match self {
            Self::Running(running) => running.data_dir.as_ref().map(|path| path.display().to_string()),
            Self::Kept(directory) => Some(directory.display().to_string()),
        }
    }

    /// Where it is, for messages.
    pub(super) fn describe(&self) -> String {
        let data_dir = self.data_dir();
        escape(&match self {
            Self::Running(running) => {
                let team = running.team.as_ref().map(|team| format!("team {team} of ")).unwrap_or_default();
                let data_dir = data_dir.map(|path| format!(" ({path})")).unwrap_or_default();
                format!("{team}the sandbox at {}{data_dir}", running.base_url)
            }
            Self::Kept(_) => data_dir.unwrap_or_default(),
        })
    }

    /// The address of the running sandbox.
    pub(super) fn base_url(&self) -> Option<&str> {
        match self {
            Self::Running(running) => Some(&running.base_url),
            Self::Kept(_) => None,
        }
    }
}

pub(super) fn open(directory: &Path) -> Result<Store, Failure> {
    let place = StorageLocation::Directory(directory.to_owned());
    sandbox::open(&place, Settings::default().history).map_err(|error| unusable(&error))
}

/// The failure for a state that cannot be worked on.
pub(super) fn unusable(error: &StoreError) -> Failure {
    match error {
        StoreError::InUse(_) => Failure::failed(format!("could not use the sandbox's state: {error}"))
            .hint("stop that sandbox first, and start it again afterwards"),
        other => damaged(other)
            .unwrap_or_else(|| local_sandbox::unusable(other, "name another directory with --data-dir")),
    }
}

/// The failure for a corrupt state. The hint names its directory, which may not be the default.
fn damaged(error: &StoreError) -> Option<Failure> {
    let StoreError::Corrupt { path, .. } = error else { return None };
    let directory = path.parent().unwrap_or(path).display();
    let failure = Failure::failed(format!("could not use the sandbox's state: {error}"));
    Some(failure.hint(format!("delete it with: cstar sandbox reset --data-dir '{directory}'")))
}

/// The same for the sandbox itself.
pub(super) fn unusable_at_start(error: &StoreError) -> Failure {
    let instead = "use another directory with --data-dir, or none with --ephemeral";
    damaged(error).unwrap_or_else(|| local_sandbox::unusable(error, instead))
}

/// Asks for confirmation unless `yes` is set.
pub(super) async fn confirm(context: &Context, yes: bool, text: &str, action: &str) -> Result<(), Failure> {
    if !yes {
        let question = Question { text: &sanitize(text), action, hint: "add --yes to go ahead" };
        confirm::confirm(context, &question).await?;
    }
    Ok(())
}

/// Opens the state in `directory`, which must exist.
pub(super) fn open_existing(directory: &Path) -> Result<Store, Failure> {
    require_state(directory)?;
    open(directory)
}

/// Rejects a directory without a state, which is probably mistyped.
pub(super) fn require_state(directory: &Path) -> Result<(), Failure> {
    if StorageLocation::Directory(directory.to_owned()).has_state() {
        return Ok(());
    }
    let shown = sanitize(&directory.display().to_string());
    Err(Failure::usage(format!("there is no sandbox state in `{shown}`"))
        .hint("a sandbox makes one at its first start: cstar sandbox; --data-dir names where"))
}

/// `{"ticket": 100, …}`.
pub(super) fn counts_json(counts: &Counts) -> Value {
    let members: Map<String, Value> =
        counts.iter().map(|(kind, count)| ((*kind).to_owned(), (*count).into())).collect();
    Value::Object(members)
}

/// `100 tickets, 30 customers`.
pub(super) fn counts_text<'k>(counts: impl IntoIterator<Item = (&'k str, u64)>) -> String {
    let counts: Vec<_> = counts.into_iter().map(|(kind, count)| count_text(kind, count)).collect();
    if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") }
}

/// `1 ticket`, `2 tickets`.
fn count_text(kind: &str, count: u64) -> String {
    match kind {
        // A plural already, for one object.
        "settings" => pluralize(count, "settings object"),
        _ => pluralize(count, &kind.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_right_plural() {
        let kinds =
            ["ticket", "category", "settings", "webhook", "event", "message", "api_key", "community_post"];
        let counts = |number: u64| kinds.iter().map(move |kind| (*kind, number));
        for said in counts_text(counts(1)).split(", ") {
            assert!(said.starts_with("1 ") && !said.ends_with('s'), "{said}");
        }
        for said in counts_text(counts(2)).split(", ") {
            assert!(said.starts_with("2 ") && said.ends_with('s'), "{said}");
        }
        assert_eq!(
            counts_text(counts(2)).split(", ").find(|said| said.contains("categ")),
            Some("2 categories")
        );
    }
}
