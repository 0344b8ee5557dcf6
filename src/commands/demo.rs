//! `cstar demo`: sandbox, listener and receiver in one process, over real sockets.

mod receiver;
mod report;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Context;
use crate::Secret;
use crate::account::{Account, AccountOptions};
use crate::event::{self, Category};
use crate::forward::{
    self, Activity, Control, Destination, EngineIo, Plan, ResumeState, RunOutcome, SecretChoice,
    SecretSource, Target, WantedDetails,
};
use crate::host::random;
use crate::host::signals::Interrupts;
use crate::net::SetupError;
use crate::ops::local_sandbox::LocalSandbox;
use crate::ops::session::Session;
use crate::output::{Exit, Failure};
use crate::sandbox::{BindAddress, RateLimit, Settings, StorageLocation};
use crate::sandbox_info;
use crate::stream::subscription::{StreamConfig, subscribe};
use receiver::{Receiver, TIMEOUT, within};
use report::Report;

/// On a terminal the events come slowly enough to be seen.
const PACE: Duration = Duration::from_millis(120);

/// Watch signed events travel from a local cStar to a local server
///
/// A sandbox, a listener and a server that verifies run in one process. One event of each category is delivered, and
/// a forged one is rejected. It needs no account and uses only this machine.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:\n  cstar demo")]
pub(crate) struct Args {}

pub(crate) async fn run(context: &mut Context, _args: Args) -> Result<(), Failure> {
    let settings = Settings { rate_limit: RateLimit::Off, ..Settings::default() };
    let sandbox = LocalSandbox::start(BindAddress::Loopback(0), settings, &StorageLocation::Memory).await?;
    let tail = random::secret::<24>();
    let tail = tail.map_err(|error| Failure::failed(format!("could not make a signing secret: {error}")))?;
    let secret = Secret::new(format!("whsec_demo_{tail}"));
    let receiver = Receiver::start(&secret).await?;
    let mut demo = Demo::open(context, sandbox.base_url(), &receiver, &secret).await?;
    let mut report = Report::begin(context, sandbox.base_url(), &receiver.url)?;
    let outcome = run_all(context, &mut demo, receiver, &mut report).await;
    sandbox.stop().await;
    outcome
}

/// One event of each category, in catalogue order.
fn event_types() -> Vec<&'static str> {
    let first =
        |category| event::catalogue().iter().find(|event| event.category == category).map(|event| event.name);
    Category::ALL.into_iter().filter_map(first).collect()
}

async fn run_all(
    context: &mut Context,
    demo: &mut Demo,
    mut receiver: Receiver,
    report: &mut Report,
) -> Result<(), Failure> {
    demo.connected().await?;
    report.connected(context)?;
    let mut receipts = Vec::new();
    for name in event_types() {
        let fired = demo.session.client.trigger_test(&demo.session.identity, name, None::<&String>).await?;
        let receipt = within(receiver.next(), "the receiver to get the event").await?;
        let activity = demo.outcome().await?;
        report.event(context, fired.event_id(), &receipt, &activity)?;
        receipts.push(receipt);
        if context.output.stdout_is_terminal() && !context.output.is_json() {
            tokio::time::sleep(PACE).await;
        }
    }
    let first = receipts.first().ok_or_else(|| Failure::new(Exit::Bug, "there was nothing to show"))?;
    report.request(context, first)?;
    let refused = receiver.forge(first, context.clock.now()).await?;
    report.forgery(context, &refused)?;
    report.end(context, &receipts, &refused)
}

/// The running engine and the client that fires the events.
struct Demo {
    session: Session,
    activities: mpsc::Receiver<Activity>,
    engine: JoinHandle<Result<RunOutcome, SetupError>>,
}

impl Demo {
    async fn open(
        context: &Context,
        base: &str,
        receiver: &Receiver,
        secret: &Secret,
    ) -> Result<Self, Failure> {
        let options = AccountOptions {
            api_key: Some(Secret::new(sandbox_info::SECRET_TEST_KEY)),
            base_url: Some(base.to_owned()),
            sandbox: true,
            ..AccountOptions::default()
        };
        let account = Account::resolve(&options, &context.env)?;
        let session = context.session_for(account).await?;
        let stream = subscribe(StreamConfig {
            connect_timeout: TIMEOUT,
            ..session.event_stream(context.clock.clone())
        });
        let (sender, activities) = mpsc::channel(64);
        let interrupts = Interrupts::listen()?;
        let plan = plan(receiver, secret);
        let links = EngineIo {
            stream,
            activity: sender,
            interrupts,
            control: Control::none(),
            history: ResumeState::none(),
        };
        let engine = tokio::spawn(forward::run(plan, links, context.clock.clone()));
        Ok(Self { session, activities, engine })
    }

    /// Waits until the stream is open, so that no event is fired before.
    async fn connected(&mut self) -> Result<(), Failure> {
        loop {
            if let Activity::Connected { .. } = self.next("the stream to open").await? {
                return Ok(());
            }
        }
    }

    /// Waits until a delivery has ended.
    async fn outcome(&mut self) -> Result<Activity, Failure> {
        loop {
            let activity = self.next("the delivery to end").await?;
            if matches!(activity, Activity::Delivered { .. } | Activity::Failed { .. }) {
                return Ok(activity);
            }
        }
    }

    async fn next(&mut self, what: &str) -> Result<Activity, Failure> {
        match within(self.activities.recv(), what).await? {
            Some(Activity::Summary { .. }) | None => {
                Err(Failure::new(Exit::Interrupted, "the demo was interrupted"))
            }
            Some(activity) => Ok(activity),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.engine.abort();
    }
}

fn plan(receiver: &Receiver, secret: &Secret) -> Plan {
    Plan {
        targets: vec![Target { to: Destination::Url(receiver.url.clone()), patterns: Vec::new() }],
        body_filters: Vec::new(),
        details: WantedDetails::default(),
        filter: Vec::new(),
        headers: Arc::default(),
        timeout: Some(Duration::from_secs(10)),
        retries: 0,
        concurrency: 1,
        ordered: true,
        insecure: false,
        count: None,
        run_for: None,
        secret: SecretChoice::Given(secret.clone(), SecretSource::Generated),
        chaos: None,
    }
}
