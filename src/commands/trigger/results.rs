//! The results of a run as JSON.

use serde_json::Value;

use super::args::Args;
use crate::commands::Context;
use crate::output::Failure;

/// Prints `results` with `--json`: of a single event its result, otherwise an array.
pub(super) fn print_json(context: &mut Context, args: &Args, results: &[Value]) -> Result<(), Failure> {
    if !context.output.is_json() {
        return Ok(());
    }
    match results {
        [one] if args.is_single() => context.output.json(one)?,
        [] => {}
        many => context.output.json(&many)?,
    }
    Ok(())
}
