//! The results of a run as JSON.

use serde_json::Value;

use super::args::Args;
use crate::commands::Context;
use crate::output::Failure;

/// Prints `results` with `--json`: of a single event its result, otherwise an array. People have
/// already seen each of them.
pub(super) fn print_json(context: &mut Context, args: &Args, results: &[Value]) -> Result<(), Failure> {
    match results {
        [one] if args.is_single() => context.output.show(one, |_| Ok(())),
        [] => Ok(()),
        many => context.output.show(&many, |_| Ok(())),
    }
}
