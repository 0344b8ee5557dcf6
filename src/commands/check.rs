//! `cstar check`: a conformance test of a webhook endpoint. Needs no key, and sends its events directly.

mod acceptance;
mod args;
mod catalogue;
mod diagnosis;
mod extra;
mod forgery;
mod framework;
mod leaks;
mod repeat;
mod report;
mod result;
mod run;
mod sample;
mod sender;
mod signing;
mod subject;
mod view;

use std::time::Instant;

use reqwest::Url;

pub(crate) use self::args::Args;
use self::args::{types, wanted};
use self::report::Report;
use self::result::Status;
use self::run::{Outcome, Plan};
use self::sender::Sender;
use super::Context;
use super::confirm::{Question, confirm};
use crate::args::header;
use crate::net::{self, TargetClient, TargetOptions};
use crate::output::sanitize::escape;
use crate::output::{Exit, Failure, junit, style};

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let wanted = wanted(&args)?;
    let Some(url) = args.url.as_ref().filter(|_| !args.list) else {
        return view::list(context, &wanted);
    };
    let types = types(&args.events)?;
    let signing = signing::secret(context, args.secret.as_ref()).await?;
    if !args.yes && !net::is_loopback(url) {
        ask(context, url).await?;
    }
    let (started_at, started) = (context.clock.now(), Instant::now());
    let options = TargetOptions { insecure: args.insecure, https: url.scheme() == "https" };
    let sender = Sender::new(&TargetClient::new(options)?, url, &signing, header::map(&args.header));
    let (url, secret) = (net::without_credentials(url.as_str()), signing.describe());
    let line = format!("Checking {}, signed with {secret}", escape(&url));
    context.output.status(&style::dim(&line))?;
    let plan = Plan { wanted: &wanted, types: types.as_deref(), url: &url };
    let progress = context.output.progress("Checking the endpoint");
    let Outcome { results, framework } =
        run::run(&sender, &plan, &mut |result| view::show(&mut context.output, result)).await?;
    drop(progress);
    let report = Report { url, secret, started_at, took: started.elapsed(), framework, results };
    if let Some(path) = &args.junit {
        junit::write_report(path, &report.to_junit())?;
    }
    view::conclude(context, &report)?;
    if report.count(Status::Fail) == 0 { Ok(()) } else { Err(Failure::reported(Exit::Failed)) }
}

/// Asks before events go to another machine, which may be in use.
async fn ask(context: &mut Context, url: &Url) -> Result<(), Failure> {
    let host = escape(url.host_str().unwrap_or_default());
    let question = Question {
        text: &format!("{host} is not this machine. Send it about 100 test events, which it may act on?"),
        action: &format!("checking {host}, which is not this machine,"),
        hint: "add --yes if the endpoint may act on test events",
    };
    confirm(context, &question).await.map(|_| ())
}
