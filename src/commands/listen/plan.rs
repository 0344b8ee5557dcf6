//! From the flags to what the engine does.

use std::sync::Arc;

use super::args::Args;
use crate::account::{Origin, generated_secret, webhook_secret};
use crate::args::{duration, header};
use crate::commands::Context;
use crate::forward::{Chaos, Destination, Plan, SecretChoice, SecretSource, Target};
use crate::host::dirs;
use crate::host::limits::open_files;

/// What the engine does for these flags, with the targets and the chaos that they name.
pub(super) fn plan(
    context: &Context,
    args: Args,
    (targets, chaos): (Vec<Target>, Option<Arc<Chaos>>),
) -> Plan {
    let env = context.env.clone();
    let secret = match webhook_secret(args.secret.as_ref(), &env) {
        Some((secret, Origin::Environment(_))) => SecretChoice::Given(secret, SecretSource::Environment),
        Some((secret, _)) => SecretChoice::Given(secret, SecretSource::Flag),
        None => SecretChoice::Session(Box::new(move || {
            generated_secret(dirs::config(&env).as_deref()).map_err(|error| error.to_string())
        })),
    };
    let details = args.show.details(&context.output, targets.is_empty() && !args.tui.tui);
    let concurrency = if args.ordered { 1 } else { limit_to_open_files(args.concurrency, &targets) };
    Plan {
        targets,
        filter: args.events,
        body_filters: args.body.filters,
        headers: Arc::new(header::map(&args.header)),
        timeout: duration::limit(args.timeout),
        retries: args.retries,
        concurrency,
        ordered: args.ordered,
        insecure: args.insecure,
        count: args.count,
        run_for: args.run_for.and_then(duration::limit),
        secret,
        chaos,
        details,
    }
}

/// Each delivery in flight needs a connection, or the three pipes of a command and its handle. Above the limit of open
/// files these would fail; below it deliveries wait for each other.
fn limit_to_open_files(wanted: usize, targets: &[Target]) -> usize {
    /// Reserved for streams, the history and the terminal.
    const OTHERS: u64 = 48;
    let Some(limit) = open_files() else { return wanted };
    let files = targets.iter().map(|target| match target.to {
        Destination::Url(_) => 1,
        Destination::Command(_) => 4,
    });
    let each = limit.saturating_sub(OTHERS) / files.sum::<u64>().max(1);
    wanted.min(usize::try_from(each).unwrap_or(wanted)).max(1)
}
