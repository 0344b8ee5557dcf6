//! Sends the request, and the requests for the pages after it.

use std::time::Duration;

use serde_json::Value;

use super::arguments::RequestArgs;
use super::{path, request, response};
use crate::account::Account;
use crate::api::{Client, RawRequest, RawResponse, first_page, next_page};
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::ops::copy_as;
use crate::output::Failure;
use response::Printed;

/// For each page with its retries. It is longer than for one request, because paging waits for the rate limit.
const PAGE_LIMIT: Duration = Duration::from_secs(90);
/// Bytes of all pages together that `--slurp` holds. As values they need many times that.
const MAX_SLURPED: usize = 64 * 1024 * 1024;

pub(super) async fn run(context: &mut Context, args: RequestArgs) -> Result<(), Failure> {
    let account = context.account()?;
    let mut request = request::build(context, &args, &account.base)?;
    if args.paginate && request.is_write() {
        return Err(Failure::usage("--paginate is for GET").hint("leave it out"));
    }
    let client = context.client_for(&account)?;
    if path::needs_team(&request.target) {
        let team = client.whoami().await?.team_id;
        request.target = path::with_team(&request.target, &team);
    }
    if args.dry_run {
        let url = client.url_of(&request.target);
        let line = copy_as::request(&request, &url, client.headers());
        return Ok(context.output.bytes(format!("{line}\n").as_bytes())?);
    }
    if request.is_write() && !args.yes && account.key.environment() == "live" {
        ask(context, &request, &account).await?;
    }
    match args.paginate {
        true => pages(context, &args, &client, request).await,
        false => {
            let answer = client.raw(&request).await?;
            let printed = response::print(&mut context.output, &args, &answer)?;
            finish(answer, printed)
        }
    }
}

async fn ask(context: &Context, request: &RawRequest, account: &Account) -> Result<(), Failure> {
    let path = request.target.split_once('?').map_or(request.target.as_str(), |(path, _)| path);
    let text = format!("Send {} {path} to {} with a live key?", request.method, account.base);
    let question = Question {
        text: &crate::output::sanitize::escape(&text),
        action: "a write with a live key",
        hint: "add --yes, or use a test key",
    };
    confirm(context, &question).await.map(drop)
}

/// The failure for a response without success, after it was printed.
fn finish(answer: RawResponse, printed: Printed) -> Result<(), Failure> {
    let request_id = answer.request_id();
    if let Some(error) = answer.error {
        return Err(Failure::from(error).with_request_id(request_id));
    }
    match printed {
        Printed::Whole => Ok(()),
        Printed::NotJson => Err(Failure::failed("the response is not JSON, which --jq and --slurp need")
            .with_request_id(request_id)),
    }
}

async fn pages(
    context: &mut Context,
    args: &RequestArgs,
    client: &Client,
    mut request: RawRequest,
) -> Result<(), Failure> {
    let (mut all, mut bytes) = (Vec::new(), 0);
    request.target = first_page(&request.target);
    loop {
        let answer = client.with_new_time_limit(PAGE_LIMIT).raw(&request).await?;
        let value = if answer.error.is_none() { response::parse(&answer)? } else { None };
        let next = value.as_ref().and_then(|value| next_page(&request.target, value));
        match value {
            Some(value) if args.slurp => {
                bytes += answer.body.len();
                if bytes > MAX_SLURPED {
                    return Err(Failure::failed("the list has more than 64 MiB, too much for one array")
                        .hint("leave out --slurp: each page is printed as it arrives"));
                }
                all.push(value);
            }
            _ => {
                let printed = response::print_page(&mut context.output, args, &answer)?;
                finish(answer, if args.slurp { Printed::NotJson } else { printed })?;
            }
        }
        match next {
            Some(next) => request.target = next,
            None => break,
        }
    }
    if args.slurp && !args.silent {
        response::print_value(&mut context.output, args, &Value::Array(all))?;
    }
    Ok(())
}
