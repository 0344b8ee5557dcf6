//! `cstar trigger`: fires test events through cStar, sends them directly to an endpoint, or runs a scenario.

mod args;
mod data;
mod direct;
mod play;
mod results;
mod scenario;
mod through_api;
mod wait;

use super::Context;
use crate::args::pattern;
use crate::event;
use crate::output::error_hints::find_event_type;
use crate::output::{Failure, style};
pub(crate) use args::Args;

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    if args.scenario.list {
        return scenario::list(context);
    }
    if let Some(name) = &args.scenario.scenario {
        return scenario::run(context, &args.scenario, name).await;
    }
    if let Some(path) = args.play.play.clone() {
        return play::run(context, &args, &path).await;
    }
    let events = events(&args)?;
    context.remark_on(&args.filters)?;
    let overlays = data::overlays(args.data.as_deref(), &args.set, &events)?;
    for remark in overlays.remarks() {
        context.output.status(&style::warn(remark))?;
    }
    if args.to.is_some() {
        return direct::run(context, &args, &events, &overlays).await;
    }
    let client = context.client()?;
    let identity = client.whoami().await?;
    through_api::run(context, &args, (&client, &identity), &events, &overlays).await
}

/// The event types to fire, each as often as `--count` says.
fn events(args: &Args) -> Result<Vec<&'static str>, Failure> {
    let mut types: Vec<&'static str> = Vec::new();
    if args.all {
        types.extend(event::catalogue().iter().map(|event| event.name));
    }
    for name in &args.event {
        if name.contains('*') {
            let pattern = pattern::parse(name).map_err(Failure::usage)?;
            types.extend(
                event::catalogue().iter().map(|event| event.name).filter(|name| pattern.matches(name)),
            );
        } else {
            types.push(find_event_type(name)?.name);
        }
    }
    Ok(types.into_iter().flat_map(|name| std::iter::repeat_n(name, args.count as usize)).collect())
}
