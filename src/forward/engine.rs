//! The loop: one task that takes items from the stream, starts attempts, and accounts for their ends.
//!
//! Reading, watching for a dead peer and forwarding do not wait for each other: the stream is read by
//! its own task, each attempt runs in its own, and this one only ever waits for whichever comes first.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};

use super::activity::{Activity, SecretSource, Tally};
use super::attempt::{Attempted, attempt};
use super::plan::{Plan, SecretChoice};
use super::policy::{Verdict, judge};
use super::queue::{Key, Queue};
use super::request::{self, Signing};
use crate::Secret;
use crate::event::resource_key;
use crate::host::clock::Clock;
use crate::host::signals::Interrupts;
use crate::net::{LocalClient, LocalOptions, SetupError};
use crate::signature::Signer;
use crate::stream::answer::Refused;
use crate::stream::frame::{Session, StreamError};
use crate::stream::subscription::{GapReason, Received, StreamItem};

/// Events that may wait in memory before the stream is left unread.
const MAX_QUEUED: usize = 1_000;
/// Bytes of event bodies that may wait in memory. One event may be larger: it then waits alone.
const MAX_QUEUED_BYTES: usize = 16 * 1024 * 1024;
/// How long the first interrupt waits for what was accepted.
const DRAIN: Duration = Duration::from_secs(5);
/// Ids named in the last activity.
const MAX_UNDELIVERED: usize = 100;

/// Why a run ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The user said so.
    Interrupted,
    /// The user said so twice.
    Aborted,
    /// `--count` events have been dealt with.
    CountReached,
    /// `--for` is over.
    TimeUp,
    /// cStar refused the stream for good.
    Refused(Refused),
    /// cStar ended the stream with an error for good.
    StreamError(StreamError),
    /// The subscription ended without a reason, which is a defect of ours.
    StreamGone,
    /// Nobody reads the activities any more.
    OutputClosed,
    /// There is no secret to sign with.
    NoSecret(String),
}

/// The end of a run and what became of everything.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) end: End,
    pub(crate) tally: Tally,
}

/// Forwards until something ends the run.
///
/// # Errors
/// When the client for local targets cannot be set up.
pub(crate) async fn run(
    plan: Plan,
    stream: mpsc::Receiver<StreamItem>,
    activity: mpsc::Sender<Activity>,
    interrupts: Interrupts,
    clock: Clock,
) -> Result<Ended, SetupError> {
    let https = plan.targets.iter().any(|target| target.url.scheme() == "https");
    let client = LocalClient::new(LocalOptions { insecure: plan.insecure, https })?;
    let mut engine = Engine::new(plan, client, activity, clock);
    let end = engine.forward(stream, interrupts).await;
    let tally = engine.stopped(&end).await;
    Ok(Ended { end, tally })
}

/// An accepted event.
#[derive(Debug)]
struct Accepted {
    received: Received,
    webhook_id: Option<Arc<str>>,
    /// Deliveries that have not ended.
    open: std::sync::atomic::AtomicUsize,
}

/// One event on its way to one target.
#[derive(Clone, Debug)]
struct Job {
    event: Arc<Accepted>,
    attempt: u32,
}

/// A job whose attempt is running.
struct InFlight {
    target: usize,
    key: Key,
    job: Job,
}

enum Phase {
    /// Taking events.
    Open,
    /// Taking no more; ends when everything has ended, or at the time given.
    Closing { end: End, until: Option<Instant> },
}

struct Engine {
    plan: Plan,
    queues: Vec<Queue<Job>>,
    attempts: JoinSet<(Attempted, Duration)>,
    in_flight: HashMap<Id, InFlight>,
    client: Arc<LocalClient>,
    signer: Option<Arc<Signer>>,
    webhook_id: Option<Arc<str>>,
    activity: mpsc::Sender<Activity>,
    clock: Clock,
    phase: Phase,
    tally: Tally,
    wanted: u64,
    queued: usize,
    queued_bytes: usize,
    paused: bool,
}

impl Engine {
    fn new(plan: Plan, client: LocalClient, activity: mpsc::Sender<Activity>, clock: Clock) -> Self {
        let concurrency = plan.concurrency;
        Self {
            queues: plan.targets.iter().map(|_| Queue::new(concurrency)).collect(),
            plan,
            attempts: JoinSet::new(),
            in_flight: HashMap::new(),
            client: Arc::new(client),
            signer: None,
            webhook_id: None,
            activity,
            clock,
            phase: Phase::Open,
            tally: Tally::default(),
            wanted: 0,
            queued: 0,
            queued_bytes: 0,
            paused: false,
        }
    }

    async fn forward(&mut self, mut stream: mpsc::Receiver<StreamItem>, mut interrupts: Interrupts) -> End {
        let deadline = self.plan.run_for.map(|time| Instant::now() + time);
        let closed = self.activity.clone();
        loop {
            self.dispatch().await;
            if let Some(end) = self.ended() {
                return end;
            }
            let wake = self.wake_at();
            let reading = matches!(self.phase, Phase::Open);
            let room = self.has_room().await;
            tokio::select! {
                biased;
                () = interrupts.next() => {
                    if let Some(end) = self.interrupted() { return end }
                }
                Some(done) = self.attempts.join_next_with_id() => self.settle(done).await,
                () = closed.closed() => return End::OutputClosed,
                () = until(deadline), if reading => self.close(End::TimeUp, Some(DRAIN)),
                () = until(wake) => {}
                item = stream.recv(), if reading && room => match item {
                    Some(item) => self.take_in(item).await,
                    // The subscription ends only after it has said why.
                    None => self.close(End::StreamGone, Some(DRAIN)),
                },
            }
        }
    }

    /// Starts every attempt that may start now.
    async fn dispatch(&mut self) {
        let now = Instant::now();
        for target in 0..self.queues.len() {
            while let Some((key, job)) = self.queues.get_mut(target).and_then(|queue| queue.take(now)) {
                self.start(InFlight { target, key, job });
            }
        }
    }

    fn start(&mut self, flight: InFlight) {
        let (Some(target), Some(signer)) = (self.plan.targets.get(flight.target), &self.signer) else {
            return;
        };
        let event = &flight.job.event;
        let identity = request::Identity {
            id: &event.received.id,
            event_type: &event.received.event_type,
            webhook_id: event.webhook_id.as_deref(),
            request_id: event.received.request_id.as_deref(),
            attempt: flight.job.attempt,
        };
        let signing = Signing { signer, now: self.clock.now() };
        let headers = request::headers(identity, signing, &event.received.body, &self.plan.headers);
        let (client, url, body) = (Arc::clone(&self.client), target.url.clone(), event.received.body.clone());
        let timeout = self.plan.timeout;
        let handle = self.attempts.spawn(async move { attempt(&client, &url, headers, body, timeout).await });
        self.in_flight.insert(handle.id(), flight);
    }

    /// Accounts for an attempt that has ended.
    async fn settle(&mut self, done: Result<(Id, (Attempted, Duration)), JoinError>) {
        let (id, outcome, took) = match done {
            Ok((id, (outcome, took))) => (id, outcome, took),
            // A defect of ours must not lose the event: it is told as a failed delivery.
            Err(error) => (
                error.id(),
                Attempted::Impossible { reason: format!("internal error: {error}") },
                Duration::ZERO,
            ),
        };
        let Some(InFlight { target, key, job }) = self.in_flight.remove(&id) else { return };
        let verdict = judge(&outcome, job.attempt, self.plan.retries);
        if verdict != Verdict::Hold {
            self.reopen(target).await;
        }
        let line = Line::new(self, target, &job, took);
        match verdict {
            Verdict::Hold => self.hold(target, &key, job).await,
            Verdict::Retry { after } => {
                self.say(line.retrying(&outcome, after)).await;
                let job = Job { attempt: job.attempt + 1, ..job };
                self.with_queue(target, |queue| queue.retry(&key, job, Instant::now() + after));
            }
            Verdict::Delivered { status } => {
                self.tally.delivered += 1;
                self.say(line.delivered(status)).await;
                self.finish(target, &key, &job);
            }
            Verdict::Failed => {
                self.tally.failed += 1;
                self.say(line.failed(&outcome)).await;
                self.finish(target, &key, &job);
            }
        }
    }

    async fn hold(&mut self, target: usize, key: &Key, job: Job) {
        let Some(queue) = self.queues.get_mut(target) else { return };
        if queue.hold(key, job, Instant::now()) {
            let waiting = queue.len();
            let at = self.clock.now();
            let target = self.shown(target);
            self.say(Activity::Waiting { at, target, waiting }).await;
        }
    }

    async fn reopen(&mut self, target: usize) {
        let Some(queue) = self.queues.get_mut(target) else { return };
        if queue.open() {
            let waiting = queue.len();
            let at = self.clock.now();
            let target = self.shown(target);
            self.say(Activity::Resumed { at, target, waiting }).await;
        }
    }

    fn finish(&mut self, target: usize, key: &Key, job: &Job) {
        self.with_queue(target, |queue| queue.done(key));
        let open = job.event.open.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
        if open == 1 {
            self.queued -= 1;
            self.queued_bytes -= job.event.received.body.len();
        }
    }

    fn with_queue(&mut self, target: usize, act: impl FnOnce(&mut Queue<Job>)) {
        if let Some(queue) = self.queues.get_mut(target) {
            act(queue);
        }
    }

    async fn take_in(&mut self, item: StreamItem) {
        let at = self.clock.now();
        match item {
            StreamItem::Connecting { attempt } => self.say(Activity::Connecting { attempt }).await,
            StreamItem::Connected(session) => self.connected(session).await,
            StreamItem::Gap(gap) => {
                let (after, since, reason) =
                    (gap.after, gap.disconnected_at, gap_reason(gap.reason).to_owned());
                self.say(Activity::Gap { at, after, since, reason }).await;
            }
            StreamItem::Disconnected { reason, retry_in } => {
                let (reason, retry_in_ms) = (reason.to_string(), millis(retry_in));
                self.say(Activity::Disconnected { at, reason, retry_in_ms }).await;
            }
            StreamItem::Event(event) => self.accept(event).await,
            StreamItem::Duplicate { id, event_type } => {
                self.skip(Some(id), Some(event_type), "received before in this run".to_owned()).await;
            }
            StreamItem::Rejected { id, event_type, reason } => {
                self.skip(id, event_type, reason.to_string()).await
            }
            // A passing one is followed by a disconnection, which says what it was.
            StreamItem::ErrorFrame(error) if !error.is_fatal() => {}
            StreamItem::ErrorFrame(error) => self.close(End::StreamError(error), Some(DRAIN)),
            StreamItem::Refused(refusal) => self.close(End::Refused(refusal), Some(DRAIN)),
        }
    }

    async fn connected(&mut self, session: Session) {
        self.webhook_id = session.webhook_id.as_deref().map(Arc::from);
        let (secret, secret_source) = match self.secret(session.secret) {
            Ok(secret) => secret,
            Err(reason) => return self.close(End::NoSecret(reason), None),
        };
        self.signer = Some(Arc::new(Signer::new(secret.expose())));
        let activity = Activity::Connected {
            at: self.clock.now(),
            session_id: session.session_id,
            webhook_id: session.webhook_id,
            targets: self.plan.targets.iter().map(super::Target::line).collect(),
            reconnected: session.reconnected,
            secret_source,
            secret,
        };
        self.say(activity).await;
    }

    fn secret(&self, of_session: Option<Secret>) -> Result<(Secret, SecretSource), String> {
        match (&self.plan.secret, of_session) {
            (SecretChoice::Given(secret, source), _) => Ok((secret.clone(), *source)),
            (SecretChoice::Session(_), Some(secret)) => Ok((secret, SecretSource::Session)),
            (SecretChoice::Session(generate), None) => Ok((generate()?, SecretSource::Generated)),
        }
    }

    async fn accept(&mut self, event: Received) {
        let wanted = self.plan.wants(&event.event_type);
        let targets: Vec<usize> = (0..self.plan.targets.len())
            .filter(|index| {
                self.plan.targets.get(*index).is_some_and(|target| target.wants(&event.event_type))
            })
            .collect();
        if !wanted || targets.is_empty() {
            let reason = if wanted { "no route wants it" } else { "not among --events" };
            return self.skip(Some(event.id), Some(event.event_type), reason.to_owned()).await;
        }
        self.say(Activity::Received {
            at: event.received_at,
            id: event.id.clone(),
            event: event.event_type.clone(),
            request_id: event.request_id.clone(),
            bytes: event.body.len(),
        })
        .await;
        self.tally.received += targets.len() as u64;
        self.queued += 1;
        self.queued_bytes += event.body.len();
        let key: Key =
            if self.plan.ordered { "".into() } else { resource_key(&event.event_type, &event.body).into() };
        let event = Arc::new(Accepted {
            received: event,
            webhook_id: self.webhook_id.clone(),
            open: std::sync::atomic::AtomicUsize::new(targets.len()),
        });
        for target in targets {
            let job = Job { event: Arc::clone(&event), attempt: 1 };
            self.with_queue(target, |queue| queue.push(&key, job));
        }
        self.count_one();
    }

    fn count_one(&mut self) {
        self.wanted += 1;
        if self.plan.count == Some(self.wanted) {
            self.close(End::CountReached, None);
        }
    }

    async fn skip(&mut self, id: Option<String>, event: Option<String>, reason: String) {
        self.tally.received += 1;
        self.tally.skipped += 1;
        let at = self.clock.now();
        self.say(Activity::Skipped { at, id, event, reason }).await;
    }

    /// Takes no more events. The first reason to close counts.
    fn close(&mut self, end: End, within: Option<Duration>) {
        if matches!(self.phase, Phase::Open) {
            self.phase = Phase::Closing { end, until: within.map(|time| Instant::now() + time) };
        }
    }

    fn interrupted(&mut self) -> Option<End> {
        match self.phase {
            Phase::Open => {
                self.close(End::Interrupted, Some(DRAIN));
                None
            }
            // While `--count` waits for its deliveries, an interrupt starts the bounded drain.
            Phase::Closing { until: None, .. } => {
                self.phase = Phase::Closing { end: End::Interrupted, until: Some(Instant::now() + DRAIN) };
                None
            }
            Phase::Closing { .. } => Some(End::Aborted),
        }
    }

    /// The reason to end, once there is nothing left to wait for.
    fn ended(&mut self) -> Option<End> {
        let Phase::Closing { until, .. } = &self.phase else { return None };
        let over = until.is_some_and(|until| until <= Instant::now());
        let idle = self.queues.iter().all(|queue| queue.len() == 0);
        if !over && !idle {
            return None;
        }
        match std::mem::replace(&mut self.phase, Phase::Open) {
            Phase::Closing { end, .. } => Some(end),
            Phase::Open => None,
        }
    }

    fn wake_at(&self) -> Option<Instant> {
        let until = match &self.phase {
            Phase::Closing { until, .. } => *until,
            Phase::Open => None,
        };
        self.queues.iter().filter_map(Queue::wake_at).chain(until).min()
    }

    /// Whether another event may be taken in; says so once when it may not.
    async fn has_room(&mut self) -> bool {
        let room = self.queued < MAX_QUEUED && self.queued_bytes < MAX_QUEUED_BYTES;
        if !room && !self.paused {
            let (at, queued) = (self.clock.now(), self.queued);
            self.say(Activity::Paused { at, queued }).await;
        }
        self.paused = !room && (self.paused || self.queued > 0);
        room
    }

    async fn stopped(&mut self, end: &End) -> Tally {
        self.attempts.abort_all();
        self.tally.waiting = self.queues.iter().map(|queue| queue.len() as u64).sum();
        let waiting = self.queues.iter().flat_map(Queue::untaken).map(|job| job.event.received.id.clone());
        let flying = self.in_flight.values().map(|flight| flight.job.event.received.id.clone());
        let undelivered = flying.chain(waiting).take(MAX_UNDELIVERED).collect();
        let (at, tally) = (self.clock.now(), self.tally);
        self.say(Activity::Stopped { at, reason: end.name(), tally, undelivered }).await;
        tally
    }

    fn shown(&self, target: usize) -> String {
        self.plan.targets.get(target).map(super::Target::shown).unwrap_or_default()
    }

    /// Hands an activity on. When nobody listens, the loop notices by itself.
    async fn say(&self, activity: Activity) {
        let _ = self.activity.send(activity).await;
    }
}

impl End {
    /// As it stands in the last activity.
    fn name(&self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::Aborted => "aborted",
            Self::CountReached => "count reached",
            Self::TimeUp => "time up",
            Self::Refused(_) | Self::StreamError(_) => "refused",
            Self::StreamGone => "stream gone",
            Self::OutputClosed => "output closed",
            Self::NoSecret(_) => "no signing secret",
        }
    }
}

/// What the activities about one attempt have in common.
struct Line {
    at: jiff::Timestamp,
    id: String,
    event: String,
    target: String,
    attempt: u32,
    duration_ms: f64,
}

impl Line {
    fn new(engine: &Engine, target: usize, job: &Job, took: Duration) -> Self {
        Self {
            at: engine.clock.now(),
            id: job.event.received.id.clone(),
            event: job.event.received.event_type.clone(),
            target: engine.shown(target),
            attempt: job.attempt,
            duration_ms: fraction(took),
        }
    }

    fn delivered(self, status: u16) -> Activity {
        let Self { at, id, event, target, attempt, duration_ms } = self;
        Activity::Delivered { at, id, event, target, attempt, status, duration_ms }
    }

    fn retrying(self, outcome: &Attempted, after: Duration) -> Activity {
        let Self { at, id, event, target, attempt, .. } = self;
        let (status, reason, retry_in_ms) = (outcome.status(), outcome.reason(), millis(after));
        Activity::Retrying { at, id, event, target, attempt, status, reason, retry_in_ms }
    }

    fn failed(self, outcome: &Attempted) -> Activity {
        let Self { at, id, event, target, attempt, duration_ms } = self;
        let (status, reason) = (outcome.status(), outcome.reason());
        Activity::Failed { at, id, event, target, attempt, status, reason, duration_ms }
    }
}

fn gap_reason(reason: GapReason) -> &'static str {
    match reason {
        GapReason::NotResumed => "the server no longer knows the last event",
        GapReason::Unconfirmed => "the server did not say whether it went on where it was cut",
        GapReason::NoCursor => "there was no event yet to go on after",
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Milliseconds with two decimals.
fn fraction(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
