//! The data that a sandbox starts with: `--import`, `--seed`.
//!
//! A container starts with the same arguments again and again. So the import happens only while the state is untouched,
//! and a seed only once: a restart loses nothing and adds nothing.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{import, state_dir};
use crate::commands::Context;
use crate::output::format::pluralize;
use crate::output::sanitize::escape;
use crate::output::{Failure, Output, style};
use crate::sandbox::{self, Access, Bound, Counts, Environment, Plan, Store};

/// The sample data is that of `cstar sandbox seed --seed N`.
pub(super) const TICKETS: u32 = 100;
pub(super) const CUSTOMERS: u32 = 30;

#[derive(clap::Args, Clone, Debug)]
pub(super) struct StartData {
    /// Import this exported state first, if there is no state yet; `-` is standard input
    #[arg(long, value_name = "FILE")]
    import: Option<PathBuf>,
    /// Import its API keys, logins and webhooks to other machines too
    #[arg(long, requires = "import")]
    accept_access: bool,
    /// After --import, create the sample data of `cstar sandbox seed --seed N` (only once)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// What was done.
pub(super) struct Loaded {
    file: Option<String>,
    /// `None` if there was a state, which is kept.
    imported: Option<Counts>,
    seed: Option<u64>,
    /// Whether the seed created something.
    is_seeded: bool,
}

impl StartData {
    /// Imports and seeds, while the port answers that the sandbox is starting.
    pub(super) async fn load(
        self,
        context: &Context,
        bound: &Bound,
        store: Store,
    ) -> Result<(Store, Loaded), Failure> {
        if self.import.is_none() && self.seed.is_none() {
            return Ok((store, Loaded { file: None, imported: None, seed: None, is_seeded: false }));
        }
        let progress = context.output.progress_handle().begin("Preparing the state");
        let work = tokio::task::spawn_blocking(move || {
            let mut store = store;
            let loaded = self.load_into(&mut store)?;
            Ok((store, loaded))
        });
        let loaded = sandbox::answer_starting(bound, work).await;
        drop(progress);
        loaded.unwrap_or_else(|_| Err(Failure::failed("could not prepare the sandbox's state")))
    }

    /// Rejects two readers of standard input.
    pub(super) fn check_input(&self, exits_at_its_end: bool) -> Result<(), Failure> {
        match self.import.as_deref() == Some(Path::new("-")) && exits_at_its_end {
            true => Err(Failure::usage("--import - and --exit-on-stdin-eof both read standard input")
                .hint("name a file with --import")),
            false => Ok(()),
        }
    }

    fn load_into(&self, store: &mut Store) -> Result<Loaded, Failure> {
        let file = self.import.as_ref().map(|path| path.display().to_string());
        let imported = self.import_into(store)?;
        let mut is_seeded = false;
        if let Some(seed) = self.seed {
            let plan = Plan {
                environment: Environment::Test,
                customers: CUSTOMERS,
                tickets: TICKETS,
                seed,
                events: false,
            };
            is_seeded = sandbox::seed_store(store, &plan, &mut |_, _| {})
                .map_err(|error| Failure::failed(format!("could not seed the sandbox: {}", error.message)))?;
        }
        Ok(Loaded { file, imported, seed: self.seed, is_seeded })
    }

    fn import_into(&self, store: &mut Store) -> Result<Option<Counts>, Failure> {
        let Some(path) = &self.import else { return Ok(None) };
        let shown = path.display().to_string();
        let failed = |error| import::refused(error, &shown);
        // Also if the state is kept: a mistyped name is an error at every start.
        let mut lines = import::decoded(path)?;
        if !sandbox::is_untouched(store).map_err(failed)? {
            return Ok(None);
        }
        let access = if self.accept_access { Access::Accepted } else { Access::Denied };
        let counts = sandbox::import(store, &mut lines, access).map_err(failed)?;
        store.reload_kept_keys().map_err(|error| failed(error.into()))?;
        Ok(Some(counts))
    }
}

impl Loaded {
    /// Adds to the ready line what was imported and seeded.
    pub(super) fn add_to(&self, ready: &mut Value) {
        if self.file.is_some() {
            ready["imported"] = self.imported.as_ref().map_or(Value::Null, state_dir::counts_json);
        }
        if self.seed.is_some() {
            ready["seed"] = json!(self.seed);
            ready["seeded"] = json!(self.is_seeded);
        }
    }

    /// Prints the same for people.
    pub(super) fn report(&self, out: &mut Output) -> io::Result<()> {
        if let Some(file) = self.file.as_deref().map(escape) {
            let line = match &self.imported {
                Some(counts) => {
                    let counts = state_dir::counts_text(counts.iter().map(|(kind, count)| (*kind, *count)));
                    format!("Imported {counts} from {file}.")
                }
                None => format!("{file} was not imported: there is a state already, which is kept."),
            };
            out.status(&style::dim(&line))?;
        }
        if let Some(seed) = self.seed {
            let what = format!(
                "{} and {} of test data (seed {seed})",
                pluralize(CUSTOMERS.into(), "customer"),
                pluralize(TICKETS.into(), "ticket")
            );
            let line =
                if self.is_seeded { format!("Created {what}.") } else { format!("Already there: {what}.") };
            out.status(&style::dim(&line))?;
        }
        Ok(())
    }
}
