//! `cstar sandbox seed`: fills a sandbox with realistic data.

use std::path::Path;

use serde_json::json;

use super::start_data::{CUSTOMERS, TICKETS};
use super::state_dir::{self, DataDir, State};
use crate::commands::Context;
use crate::ops::local_sandbox;
use crate::output::format::pluralize;
use crate::output::{Failure, style};
use crate::sandbox::{self, Environment, Plan};

/// Fill a sandbox with realistic customers, tickets and articles
///
/// The same seed gives the same data byte for byte, ids and times included: three months that end on 1 March 2026.
/// Running the command again changes nothing; another seed or other numbers add data. A running sandbox is seeded too.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar sandbox seed",
    "cstar sandbox seed --tickets 10000 --customers 2000 --seed 7",
    "cstar sandbox seed --live --data-dir ./sandbox-data",
])]
pub(super) struct Args {
    #[command(flatten)]
    directory: DataDir,
    /// How many tickets
    #[arg(long, value_name = "N", default_value_t = TICKETS, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    tickets: u32,
    /// How many customers
    #[arg(long, value_name = "N", default_value_t = CUSTOMERS, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    customers: u32,
    /// Seed of the data, any number
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Live instead of test data; the public library shows live articles only
    #[arg(long)]
    live: bool,
    /// Emit the resulting events, for listeners that resume
    #[arg(long)]
    events: bool,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let state = args.directory.state(context).await?;
    let plan = Plan {
        environment: if args.live { Environment::Live } else { Environment::Test },
        customers: args.customers,
        tickets: args.tickets,
        seed: args.seed,
        events: args.events,
    };
    let is_new = match &state {
        State::Running(running) => {
            let wish = json!({
                "environment": plan.environment.as_str(),
                "customers": plan.customers,
                "tickets": plan.tickets,
                "seed": plan.seed,
                "events": plan.events,
            });
            local_sandbox::control(running, "seed", &wish).await?["seeded"] == json!(true)
        }
        State::Kept(directory) => plant(context, directory, &plan)?,
    };
    let environment = plan.environment.as_str();
    let (customers, tickets) = (plan.customers, plan.tickets);
    let result = json!({
        "data_dir": state.data_dir(),
        "base_url": state.base_url(),
        "environment": environment,
        "seed": plan.seed,
        "customers": customers,
        "tickets": tickets,
        "seeded": is_new,
    });
    context.output.show(&result, |out| {
        let (customers, tickets) =
            (pluralize(customers.into(), "customer"), pluralize(tickets.into(), "ticket"));
        let word = style::good(if is_new { "Created" } else { "Already there:" });
        let place = state.describe();
        out.text(&format!("{word} {customers} and {tickets} of {environment} data in {place}"))
    })
}

fn plant(context: &mut Context, directory: &Path, plan: &Plan) -> Result<bool, Failure> {
    let store = state_dir::open(directory)?;
    let progress = context.output.progress("Seeding");
    let seeded = sandbox::seed_store(&store, plan, &mut |done, total| progress.at(done, Some(total)));
    // at the next start, searches need not wait for it
    let _ = store.finish_letters();
    drop(progress);
    seeded.map_err(|error| Failure::failed(format!("could not seed the sandbox: {}", error.message)))
}
