//! `cstar trigger` without `--to`: the events are fired by cStar or the sandbox.

use serde_json::Value;

use super::args::Args;
use super::data::Overlays;
use super::results::print_json;
use super::wait;
use crate::api::{Client, Identity, TriggerOutcome};
use crate::commands::Context;
use crate::output::format::{count, pluralize};
use crate::output::sanitize::escape;
use crate::output::width::{pad, short_id, truncate};
use crate::output::{Failure, style};

/// Fires events one by one, to keep their order. The results include those before a failure.
pub(super) async fn run(
    context: &mut Context,
    args: &Args,
    (client, identity): (&Client, &Identity),
    events: &[&str],
    overlays: &Overlays,
) -> Result<(), Failure> {
    let mut fired = Vec::new();
    let view = View::of(context, events);
    let mut outcome = Ok(());
    for event in events {
        match client.trigger_test(identity, event, overlays.of(event)).await {
            Ok(triggered) => {
                context.output.live(|out| out.text(&view.line(event, &triggered)))?;
                for (url, why) in triggered.refused() {
                    let line = format!("Not delivered to {}: {}", escape(url), escape(why));
                    context.output.status(&style::warn(&line))?;
                }
                fired.push(triggered);
            }
            Err(error) => {
                outcome = Err(error.into());
                break;
            }
        }
    }
    let unheard = fired.iter().filter(|one| one.delivered_to() == Some(0)).count();
    if events.len() > 1 {
        let total =
            format!("Fired {} of {}.", count(fired.len() as u64), pluralize(events.len() as u64, "event"));
        context.output.status(&style::dim(&total))?;
    }
    if unheard > 0 {
        context.output.status(&style::warn(&not_received(unheard, events.len())))?;
    }
    if outcome.is_ok() && args.require_receiver && unheard > 0 {
        outcome = Err(Failure::failed(format!(
            "{unheard} of {} had no receiver",
            pluralize(fired.len() as u64, "event")
        ))
        .hint("start `cstar listen` first, and wait until it is connected"));
    }
    let mut results: Vec<Value> = fired.iter().map(|one| one.raw.clone()).collect();
    if outcome.is_ok() && args.wait {
        outcome = wait::run(context, args, (client, identity), &fired, &mut results).await;
    }
    print_json(context, args, &results)?;
    outcome
}

/// Mentions reconnecting listeners, which still get the event later.
fn not_received(unheard: usize, all: usize) -> String {
    let what = match (unheard, all) {
        (1, 1) => "It was not received yet".to_owned(),
        (1, _) => format!("1 of {all} events was not received yet"),
        _ => format!("{unheard} of {all} events were not received yet"),
    };
    format!(
        "{what}: no active webhook matches, and no listen session is connected. A `cstar listen` that is reconnecting still gets it."
    )
}

struct View {
    /// The width of the terminal; `None` for a pipe.
    columns: Option<usize>,
    /// The width of the longest event type.
    longest: usize,
    full_ids: bool,
}

impl View {
    fn of(context: &Context, events: &[&str]) -> Self {
        let longest = events.iter().map(|event| event.len()).max().unwrap_or_default();
        Self { columns: context.output.columns(), longest, full_ids: context.global.verbose > 0 }
    }

    fn line(&self, event: &str, triggered: &TriggerOutcome) -> String {
        /// The width of the other columns.
        const OTHERS: usize = 5 + 2 + 2 + 19 + 2 + 9;
        let id = escape(triggered.event_id().unwrap_or("(no id)"));
        let reached = reached(triggered).map(|text| format!("sent to {text}"));
        let reached = reached.unwrap_or_default();
        let fired = style::good("Fired");
        let Some(columns) = self.columns else {
            let reached = if reached.is_empty() { reached } else { format!("  {reached}") };
            return format!("{fired}  {}  {id}{}", style::name(event), style::dim(&reached));
        };
        let wide = self.longest.min(columns.saturating_sub(OTHERS));
        let event = style::name(&pad(&truncate(event, wide), wide));
        let id = if self.full_ids { id } else { short_id(&id) };
        format!("{fired}  {event}  {}  {}", pad(&reached, 18), style::dim(&id))
    }
}

/// A listen session counts as one receiver, however many targets it has.
fn reached(triggered: &TriggerOutcome) -> Option<String> {
    let all = triggered.delivered_to()?;
    let Some(sessions) = triggered.listeners() else { return Some(pluralize(all, "receiver")) };
    Some(match (sessions, all.saturating_sub(sessions)) {
        (0, 0) => pluralize(0, "receiver"),
        (sessions, 0) => pluralize(sessions, "listen session"),
        (0, webhooks) => pluralize(webhooks, "webhook"),
        (sessions, webhooks) => {
            format!("{} and {}", pluralize(sessions, "listen session"), pluralize(webhooks, "webhook"))
        }
    })
}
