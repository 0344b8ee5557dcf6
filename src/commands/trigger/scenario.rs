//! `cstar trigger --scenario`: runs a list of API calls, and with `--check` waits for the events that they must cause.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::args::duration;
use crate::commands::confirm::{Question, confirm};
use crate::commands::{Context, input};
use crate::host::text;
use crate::ops::scenario::{self, BUILT_IN, EventWatch, Runner, Scenario, Step, StepResult};
use crate::output::format::{count, pluralize};
use crate::output::sanitize::{escape, sanitize};
use crate::output::width::short_id;
use crate::output::{Failure, style, table};

/// The flags of scenarios.
#[derive(clap::Args, Debug)]
pub(crate) struct ScenarioArgs {
    /// Make the API calls of a built-in scenario, or of a JSON file: `cstar help testing`
    #[arg(long, value_name = "NAME|FILE", conflicts_with_all = ["event", "all", "data", "set", "count", "require_receiver", "wait", "to"])]
    pub(super) scenario: Option<String>,
    /// List the built-in scenarios
    #[arg(long, conflicts_with_all = ["event", "all", "scenario", "data", "set", "count", "require_receiver", "wait", "to"])]
    pub(super) list: bool,
    /// Wait for the events that each call of the scenario must cause, and exit 1 if one is missing
    #[arg(long, requires = "scenario")]
    check: bool,
    /// How long --check waits for the events of a call
    #[arg(long, value_name = "DURATION", default_value = "10s", requires = "check", value_parser = duration::parse)]
    within: Duration,
    /// Print the calls of the scenario and make none; with --json as a file to edit
    #[arg(long, requires = "scenario", conflicts_with = "check")]
    dry_run: bool,
    /// Do not ask before the scenario writes with a live key
    #[arg(short, long, requires = "scenario")]
    yes: bool,
}

/// Prints the built-in scenarios.
pub(super) fn list(context: &mut Context) -> Result<(), Failure> {
    let mut scenarios = Vec::new();
    for (name, _) in BUILT_IN {
        if let Some(Ok(scenario)) = scenario::find(name) {
            scenarios.push((name, scenario));
        }
    }
    let json: Vec<Value> = scenarios
        .iter()
        .map(|(name, one)| json!({ "name": name, "description": one.description, "steps": one.steps.len() }))
        .collect();
    let aligned = context.output.columns().is_some();
    context.output.show(&json, |out| {
        let row = |(name, one): &(&str, Scenario)| {
            vec![style::name(name), count(one.steps.len() as u64), one.description.clone()]
        };
        let rows: Vec<Vec<String>> = scenarios.iter().map(row).collect();
        table::lines(&["NAME", "CALLS", "WHAT HAPPENS"], &rows, aligned)
            .iter()
            .try_for_each(|line| out.data(line))
    })
}

/// Runs the scenario that `name` names.
pub(super) async fn run(context: &mut Context, args: &ScenarioArgs, name: &str) -> Result<(), Failure> {
    let scenario = load(name)?;
    if args.dry_run {
        return context.output.show(&scenario, |out| {
            scenario.steps.iter().flat_map(calls).try_for_each(|line| out.data(&line))
        });
    }
    let account = context.account()?;
    if !args.yes && account.key.environment() == "live" && scenario.steps.iter().any(Step::is_write) {
        let text = format!(
            "Make {} of `{name}` at {} with a live key?",
            pluralize(scenario.steps.len() as u64, "call"),
            account.base
        );
        let hint = "add --yes, or use a test key";
        let question = Question { text: &escape(&text), action: "a write with a live key", hint };
        confirm(context, &question).await?;
    }
    let session = context.session_for(account).await?;
    let watch = match args.check {
        true => Some(EventWatch::open(&session, context.clock.clone()).await?),
        false => None,
    };
    let runner = Runner::new(&session, watch, args.within);
    run_steps(context, &scenario, runner, name).await
}

async fn run_steps(
    context: &mut Context,
    scenario: &Scenario,
    mut runner: Runner<'_>,
    name: &str,
) -> Result<(), Failure> {
    let (mut results, mut outcome) = (Vec::new(), Ok(()));
    let full_ids = context.output.columns().is_none() || context.global.verbose > 0;
    let longest = scenario.steps.iter().map(|step| step.id.len()).max().unwrap_or_default();
    for step in &scenario.steps {
        let (result, ended) = runner.step(step).await;
        context.output.live(|out| out.data(&line(&result, longest, full_ids)))?;
        results.push(result);
        outcome = ended;
        if outcome.is_err() {
            break;
        }
    }
    let is_checked = results.iter().any(|result| result.events.is_some());
    let json =
        json!({ "scenario": name, "passed": outcome.is_ok(), "checked": is_checked, "steps": results });
    let seen: usize = results.iter().filter_map(|result| result.events.as_ref()).map(Vec::len).sum();
    let calls = pluralize(results.len() as u64, "call");
    context.output.show(&json, |out| match (outcome.is_ok(), is_checked) {
        (true, true) => out.status(&style::dim(&format!(
            "{calls} made, {} arrived.",
            pluralize(seen as u64, "expected event")
        ))),
        (true, false) => {
            out.status(&style::dim(&format!("{calls} made. --check also waits for the events.")))
        }
        (false, _) => Ok(()),
    })?;
    outcome
}

fn load(name: &str) -> Result<Scenario, Failure> {
    if let Some(built_in) = scenario::find(name) {
        return built_in.map_err(Failure::failed);
    }
    let path = Path::new(name);
    let is_name = name != "-" && !path.exists() && !name.contains(['/', '\\', '.']);
    if is_name {
        let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        return Err(Failure::usage(format!("`{name}` is neither a built-in scenario nor a file"))
            .hint(format!("the built-in ones are {}", known.join(", "))));
    }
    let bytes = input::read(path, "the scenario")?;
    let wrong = |why: String| Failure::usage(format!("the scenario in `{}` is wrong: {why}", path.display()));
    let text = text::decode(&bytes).map_err(|why| wrong(why.to_string()))?;
    Scenario::parse(&text).map_err(wrong)
}

/// A step of `--dry-run`.
fn calls(step: &Step) -> Vec<String> {
    let mut lines = vec![format!("{}  {}", style::name(&escape(&step.id)), escape(&step.call))];
    lines.extend(step.body.as_ref().map(|body| format!("  {}", style::dim(&escape(&body.to_string())))));
    for expected in &step.expect {
        let filters =
            expected.filters.iter().map(|filter| format!("  {}", escape(filter))).collect::<String>();
        lines.push(format!("  → {}{}", expected.event, style::dim(&filters)));
    }
    lines
}

/// A step that was made.
fn line(result: &StepResult, longest: usize, full_ids: bool) -> String {
    let id = format!("{:<longest$}", result.id);
    // Names of resources have no digits.
    let is_id = |segment: &str| segment.contains('_') && segment.contains(|c: char| c.is_ascii_digit());
    let shown = |segment: &str| match !full_ids && is_id(segment) {
        true => short_id(segment),
        false => segment.to_owned(),
    };
    let path = result.path.split('/').map(shown).collect::<Vec<_>>().join("/");
    let call = escape(&format!("{} {path}", result.method));
    let events = result.events.iter().flatten().map(|event| sanitize(&event.event_type)).collect::<Vec<_>>();
    let events = match events.is_empty() {
        true => String::new(),
        false => format!("  → {}", style::good(&events.join(", "))),
    };
    format!("{}  {}  {call}{events}", style::attempt_status(result.status), style::name(&id))
}
