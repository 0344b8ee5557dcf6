//! Which state is meant, and opening it while no sandbox runs on it.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::commands::Context;
use crate::commands::confirm::{self, Question};
use crate::host::env::Env;
use crate::ops::local_sandbox;
use crate::output::Failure;
use crate::output::clean::safe;
use crate::sandbox::{self, Counts, Place, Settings, Store, StoreError};

/// `--data-dir`.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct DataDir {
    /// Where the state is kept [default: `sandbox` in the configuration directory]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl DataDir {
    /// The directory that was named, or the usual one.
    pub(super) fn resolve(&self, env: &Env) -> Result<PathBuf, Failure> {
        match &self.data_dir {
            Some(directory) if directory.as_os_str().is_empty() => {
                Err(Failure::usage("`--data-dir` is empty").hint("leave it out for the usual directory"))
            }
            Some(directory) => Ok(directory.clone()),
            None => local_sandbox::directory(env),
        }
    }
}

/// Opens the state in `directory` to work on it.
pub(super) fn open(directory: &Path) -> Result<Store, Failure> {
    let place = Place::Directory(directory.to_owned());
    sandbox::open(&place, Settings::default().history).map_err(|error| unusable(&error))
}

/// The failure for a state that cannot be worked on.
pub(super) fn unusable(error: &StoreError) -> Failure {
    match error {
        StoreError::InUse(_) => Failure::failed(format!("could not use the sandbox's state: {error}"))
            .hint("this needs a sandbox that does not run: stop it first, and start it again afterwards"),
        other => local_sandbox::unusable(other),
    }
}

/// Asks before something is lost, unless `yes` was said beforehand.
pub(super) async fn confirm(context: &Context, yes: bool, text: &str, deed: &str) -> Result<(), Failure> {
    if !yes {
        let question = Question { text: &safe(text), deed, instead: "add --yes to go ahead" };
        confirm::confirm(context, &question).await?;
    }
    Ok(())
}

/// `{"ticket": 100, …}`.
pub(super) fn counts_json(counts: &Counts) -> Value {
    let members: Map<String, Value> =
        counts.iter().map(|(kind, count)| ((*kind).to_owned(), (*count).into())).collect();
    Value::Object(members)
}

/// `100 tickets, 30 customers`.
pub(super) fn counts_text(counts: &Counts) -> String {
    let one = |(kind, count): (&&str, &u64)| {
        let name = kind.replace('_', " ");
        let stem = name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
        let plural = match stem {
            _ if *count == 1 || name.ends_with('s') => name.clone(),
            Some(stem) => format!("{stem}ies"),
            None => format!("{name}s"),
        };
        format!("{count} {plural}")
    };
    counts.iter().map(one).collect::<Vec<_>>().join(", ")
}
