//! Sends the events of a schedule over a bounded number of connections, and measures how each one ends.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use http::HeaderMap;

use super::measurement::{Ended, Measurement};
use super::pace::{self, DueEvent, Schedule};
use crate::event::EventType;
use crate::forward::{self, AttemptOutcome, DeliverOptions, Endpoint};
use crate::host::clock::Clock;
use crate::host::signals::Interrupts;
use crate::signature::Signer;

/// Between two looks at the measurement.
const REDRAW: Duration = Duration::from_millis(200);
/// If this many of the first events do not reach the server, the others will not either.
const ENOUGH_UNREACHED: u64 = 20;
/// Events that wait for a connection, which bounds the memory for them to about 100 MiB.
const MOST_WAITING: usize = 100_000;

/// What is sent, where to, and how.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) endpoint: Endpoint,
    pub(crate) signer: Signer,
    /// Headers of the user.
    pub(crate) extra: HeaderMap,
    /// For each request, and for the wait for a connection.
    pub(crate) limit: Duration,
    /// Most requests at the same time.
    pub(crate) connections: usize,
    pub(crate) types: Vec<&'static EventType>,
    pub(crate) clock: Clock,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) measurement: Measurement,
    /// The last of the first events, if none of them reached the server.
    pub(crate) unreachable: Option<AttemptOutcome>,
}

/// Runs the schedule, then waits until every event has ended. `watch` sees the measurement several times a second.
pub(crate) async fn run(
    load: &Load,
    schedule: Schedule,
    interrupts: &mut Interrupts,
    mut watch: impl FnMut(&Measurement),
) -> std::io::Result<Run> {
    let mut due = pace::start(schedule, load.types.clone(), load.clock.clone())?;
    let mut measured = Measurement::new(schedule);
    let mut redraw = tokio::time::interval(REDRAW);
    let mut waiting: VecDeque<DueEvent> = VecDeque::new();
    let mut in_flight = FuturesUnordered::new();
    let mut is_complete = false;
    let mut unreachable = None;
    let all = schedule.events();
    loop {
        drop_overdue(&mut waiting, load.limit, &mut measured);
        while in_flight.len() < load.connections
            && let Some(event) = waiting.pop_front()
        {
            let now = Instant::now();
            measured.sending(now);
            in_flight.push(send(load, event, now));
        }
        if is_complete && in_flight.is_empty() {
            break;
        }
        tokio::select! {
            biased;
            () = interrupts.next() => {
                measured.interrupt();
                break;
            }
            Some(end) = in_flight.next() => {
                measured.ended(&end);
                if measured.is_unreachable(all.min(ENOUGH_UNREACHED)) {
                    unreachable = Some(end.outcome);
                    break;
                }
            }
            next = due.recv(), if !is_complete => match next {
                Some(event) => {
                    measured.came_due(event.due.elapsed());
                    waiting.push_back(event);
                }
                None => is_complete = true,
            },
            _ = redraw.tick() => watch(&measured),
        }
    }
    watch(&measured);
    Ok(Run { measurement: measured, unreachable })
}

/// Gives up events that waited for longer than a request may take: cStar would not wait that long either.
fn drop_overdue(waiting: &mut VecDeque<DueEvent>, limit: Duration, measured: &mut Measurement) {
    while waiting.len() > MOST_WAITING || waiting.front().is_some_and(|event| event.due.elapsed() >= limit) {
        waiting.pop_front();
        measured.not_sent(limit);
    }
}

async fn send(load: &Load, event: DueEvent, sent: Instant) -> Ended {
    let DueEvent { event, due } = event;
    let (signer, extra, limit) = (&load.signer, &load.extra, load.limit);
    let options = DeliverOptions { signer, now: load.clock.now(), attempt: 1, extra, timeout: Some(limit) };
    // The limit of the client does not count the time in which a server with one thread works on other requests of
    // ours. cStar does count it.
    let attempt = tokio::time::timeout(limit, forward::deliver(&load.endpoint, &event, options)).await;
    let outcome = attempt.map_or(AttemptOutcome::TimedOut { after: limit }, |(result, _)| result.outcome);
    Ended { due, sent, at: Instant::now(), outcome }
}
