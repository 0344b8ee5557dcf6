//! `cstar verify`: checks the signature of a request, wherever it was kept, and explains a mismatch. Works offline.

mod captured;
mod curl;
mod forms;
mod har;
mod raw_request;
mod saved;
mod steps;
mod stored;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use self::captured::{Captured, Choice};
use self::forms::Form;
use self::steps::{Check, Steps};
use super::{Context, input};
use crate::Secret;
use crate::args::{duration, secret};
use crate::host::dirs;
use crate::output::sanitize::{escape, sanitize};
use crate::output::{Failure, style};
use crate::signature::{self, Scheme, SignatureError, Verified, Verifier};

/// Check the signature of a request, and explain a mismatch
///
/// Needs no key and no network. Takes a body with --signature, the id of an event in the history, or a request that was
/// kept: raw HTTP, a curl command, a HAR, or lines of `listen --json --include body,headers`, `history export --jsonl` or
/// `history show --json`. If the signature does not match, common mistakes are tried, and the one that explains the
/// mismatch is reported. A kept request is checked as of the time it was sent, if that is known.
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("kept").args(["request", "curl", "har"])), after_help = examples![
    "cstar verify --signature 't=…,v1=…' --secret whsec_test body.json",
    "cat body.json | cstar verify --signature \"$HEADER\" --tolerance 1h",
    "cstar verify evt_ticket_created_1774583010044 --explain",
    "cstar verify --request request.txt --secret whsec_test",
    "cstar verify --curl \"curl -H 'X-Signature: t=…,v1=…' --data-raw '{}' http://localhost:3000\"",
    "cstar history export --jsonl --status failed | cstar verify --entry evt_1 --secret whsec_test",
])]
pub(crate) struct Args {
    /// File with the raw body, exactly as received, or with a kept request; - for standard input; or the id of an event
    #[arg(value_name = "BODY|ID", default_value = "-", conflicts_with = "kept", hide_default_value = true)]
    body: PathBuf,
    /// Value of the X-Signature (or cstar-signature) header
    #[arg(long, value_name = "HEADER", conflicts_with = "kept")]
    signature: Option<String>,
    /// File with a raw HTTP request, as proxies show it; - for standard input
    #[arg(long, value_name = "FILE|-")]
    request: Option<PathBuf>,
    /// A curl command, as browsers copy it for bash; - for standard input
    #[arg(long, value_name = "COMMAND|-")]
    curl: Option<String>,
    /// HTTP archive of a browser, a proxy or `cstar history export`; - for standard input
    #[arg(long, value_name = "FILE|-")]
    har: Option<PathBuf>,
    /// Which of several requests: the id of its event, or its number from 1
    #[arg(long, value_name = "ID|N")]
    entry: Option<String>,
    /// Which attempt of the event; otherwise the last with a signature
    #[arg(long, value_name = "N")]
    attempt: Option<u32>,
    /// Only attempts whose URL contains this text
    #[arg(long, value_name = "TEXT")]
    target: Option<String>,
    /// Show how the signature is computed, step by step
    #[arg(long)]
    explain: bool,
    /// Signing secret [env: CSTAR_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse)]
    secret: Option<Secret>,
    /// How old, or how far ahead, a signature may be
    #[arg(long, value_name = "DURATION", default_value = "300s", value_parser = duration::parse)]
    tolerance: Duration,
    /// Refuse legacy sha256= signatures, which can be replayed forever
    #[arg(long)]
    strict: bool,
    /// Check as of this time, in Unix seconds, instead of now
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    at: Option<i64>,
}

pub(crate) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let given = context.signing_secret(args.secret.as_ref())?;
    let mut secrets: Vec<(Secret, String)> =
        given.into_iter().map(|(secret, origin)| (secret, format!("from {origin}"))).collect();
    let mut others = Vec::new();
    let request = if is_stored(context, args) {
        let id = args.body.to_string_lossy();
        let event = stored::event(context, &id)?;
        let known = stored::secrets(context, &event).await?;
        let known = known.into_iter().map(|(secret, origin)| (secret, origin.to_owned()));
        match secrets.is_empty() {
            true => secrets = known.collect(),
            false => others = known.collect(),
        }
        need_secret(&secrets, true)?;
        stored::request(&event, &choice(args), args.signature.as_deref())?
    } else {
        need_secret(&secrets, false)?;
        kept(context, args)?
    };
    for remark in &request.remarks {
        context.output.status(&style::warn(remark))?;
    }
    let now = args.at.or(request.sent_at).unwrap_or_else(|| context.clock.now().as_second());
    check(context, args, &request, Secrets { to_try: secrets, others }, now)
}

fn is_stored(context: &Context, args: &Args) -> bool {
    args.request.is_none() && args.curl.is_none() && args.har.is_none() && stored::is_id(context, &args.body)
}

fn need_secret(secrets: &[(Secret, String)], is_stored: bool) -> Result<(), Failure> {
    if !secrets.is_empty() {
        return Ok(());
    }
    let failure = Failure::usage("no signing secret to verify with")
        .hint("pass it with --secret or CSTAR_WEBHOOK_SECRET");
    Err(if is_stored {
        failure.hint("that of a session of listen: cstar listen --print-secret")
    } else {
        failure
    })
}

fn choice(args: &Args) -> Choice {
    Choice { entry: args.entry.clone(), attempt: args.attempt, target: args.target.clone() }
}

/// The request of a file, of standard input or of the command line.
fn kept(context: &mut Context, args: &Args) -> Result<Captured, Failure> {
    let (choice, here) = (choice(args), dirs::current(&context.env).map(Path::to_owned).unwrap_or_default());
    let read = |form: Form, bytes: &[u8], directory: &Path| forms::read(form, bytes, &choice, directory);
    let directory = |path: &Path| path.parent().map_or_else(|| here.clone(), |parent| here.join(parent));
    if let Some(path) = &args.request {
        return read(Form::Request, &input::read(path, "the request")?, &directory(path));
    }
    if let Some(path) = &args.har {
        return read(Form::Har, &input::read(path, "the HAR")?, &directory(path));
    }
    match args.curl.as_deref() {
        Some("-") => return read(Form::Curl, &input::read(Path::new("-"), "the curl command")?, &here),
        Some(command) => return read(Form::Curl, command.as_bytes(), &here),
        None => {}
    }
    let body = input::read(&args.body, "the body")?;
    if args.body.to_str().is_some_and(|name| name.starts_with("evt_")) {
        let line = format!(
            "Reading the file `{}`, which comes before an event of that id.",
            escape(&args.body.to_string_lossy())
        );
        context.output.status(&style::dim(&line))?;
    }
    match forms::recognize(&body).filter(|_| args.signature.is_none()) {
        Some(form) => read(form, &body, &directory(&args.body)),
        None => Ok(Captured {
            origin: "the body".to_owned(),
            body,
            signature: args.signature.clone(),
            ..Captured::default()
        }),
    }
}

/// Signing secrets, each with its origin.
struct Secrets {
    /// Those to verify with.
    to_try: Vec<(Secret, String)>,
    /// Those that may have signed the request instead.
    others: Vec<(Secret, String)>,
}

fn check(
    context: &mut Context,
    args: &Args,
    request: &Captured,
    Secrets { to_try: secrets, others }: Secrets,
    now: i64,
) -> Result<(), Failure> {
    let header = request.signature.as_deref();
    let verify = |secret: &Secret| {
        let verifier = Verifier::new(secret.expose()).tolerance(args.tolerance).strict(args.strict).at(now);
        verifier.verify(&request.body, header)
    };
    // The one that signed it, or else the first.
    let found = secrets.iter().find(|(secret, _)| verify(secret).is_ok()).or(secrets.first());
    let Some((secret, secret_from)) = found else { return need_secret(&[], false) };
    let result = verify(secret);
    if args.explain {
        let (secret, error) = (secret.expose(), result.as_ref().err());
        let steps =
            Steps::new(request, &Check { secret, secret_from, tolerance: args.tolerance, now, error });
        context
            .output
            .show_with(|| steps.to_json(), |out| steps.lines().iter().try_for_each(|line| out.text(line)))?;
    }
    match result {
        Ok(_) if args.explain => Ok(()),
        Ok(verified) => report(context, verified, now, request),
        Err(error) => {
            let causes = signature::explain(&request.body, header, secret.expose(), now, args.tolerance);
            let failure = match error {
                SignatureError::MissingSecret | SignatureError::MissingHeader => {
                    Failure::usage(error.to_string())
                }
                _ => Failure::failed(error.to_string()),
            };
            let signer = others.iter().find(|(secret, _)| verify(secret).is_ok());
            let failure = match signer {
                Some((_, origin)) => failure.hint(format!(
                    "the secret is another one: the request was signed with the secret {origin}"
                )),
                None => failure,
            };
            // With --explain they are there already.
            let causes = causes.iter().filter(|_| !args.explain);
            Err(causes.fold(failure, |failure, cause| failure.hint(cause.to_string())))
        }
    }
}

fn report(context: &mut Context, verified: Verified, now: i64, request: &Captured) -> Result<(), Failure> {
    let age = verified.timestamp.map(|at| now - at);
    let value = json!({
        "valid": true,
        "scheme": verified.scheme.name(),
        "timestamp": verified.timestamp,
        "age_seconds": age,
    });
    context.output.show(&value, |out| {
        let when = match age {
            _ if request.sent_at.is_some() => format!(": {}", sanitize(&request.origin)),
            Some(age) if age < 0 => format!(", signed {} s ahead of this clock", -age),
            Some(age) => format!(", signed {age} s ago"),
            None => String::new(),
        };
        out.data(&format!("{}{when}", style::good("The signature is valid")))?;
        if verified.scheme == Scheme::Legacy {
            out.status("It has the legacy sha256= form without a timestamp, so it can be replayed forever.")?;
            out.status("cStar no longer sends it; refuse it with --strict.")?;
        }
        Ok(())
    })
}
