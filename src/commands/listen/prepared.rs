//! What happens before anything connects: checks, and what `dev` finds out.

use super::args::Args;
use super::ready_file;
use crate::commands::Context;
use crate::forward::Target;
use crate::host::dirs;
use crate::host::signals::Interrupts;
use crate::output::{Failure, style};

/// Checks flags and files before anything connects.
pub(super) fn check(context: &mut Context, args: &Args) -> Result<(), Failure> {
    if dirs::is_outside_profile(&context.env) {
        let line = "CSTAR_HOME is outside of your user profile: other users may be able to read the history and the signing secret in it.";
        context.output.warning(&style::warn(line))?;
    }
    let named = [
        ("--forward-to", !args.forward_to.is_empty()),
        ("--route", !args.route.is_empty()),
        ("--exec", !args.exec.is_empty()),
    ];
    args.show.check(named, context.output.is_json())?;
    context.remark_on(&args.body.filters)?;
    if let Some(path) = &args.ready_file {
        ready_file::remove_stale(path)?;
    }
    Ok(())
}

/// What `dev` has found out already: the targets, and what interrupts the run.
pub(super) struct Prepared {
    pub(super) targets: Vec<Target>,
    pub(super) interrupts: Interrupts,
}
