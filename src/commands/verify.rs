//! `cstar verify`: checks a signature against a body, and explains a mismatch. Works offline.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::{Context, input};
use crate::Secret;
use crate::args::{duration, secret};
use crate::output::{Failure, style};
use crate::signature::{self, Scheme, SignatureError, Verified, Verifier};

/// Check a signature against a body, and explain a mismatch
///
/// Needs no key and no network. If the signature does not match, common mistakes are tried, such as a body changed in
/// transit, and the one that explains the mismatch is reported.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar verify --signature 't=…,v1=…' --secret whsec_test body.json",
    "cat body.json | cstar verify --signature \"$HEADER\" --tolerance 1h",
])]
pub(crate) struct Args {
    /// File with the raw body, exactly as received; - for standard input
    #[arg(value_name = "BODY", default_value = "-")]
    body: PathBuf,
    /// Value of the X-Signature (or cstar-signature) header
    #[arg(long, value_name = "HEADER")]
    signature: Option<String>,
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

pub(crate) fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let Some((secret, _)) = context.signing_secret(args.secret.as_ref())? else {
        return Err(Failure::usage("no signing secret to verify with")
            .hint("pass it with --secret or CSTAR_WEBHOOK_SECRET"));
    };
    let body = input::read(&args.body, "the body")?;
    let now = args.at.unwrap_or_else(|| context.clock.now().as_second());
    let verifier = Verifier::new(secret.expose()).tolerance(args.tolerance).strict(args.strict).at(now);
    let header = args.signature.as_deref();
    match verifier.verify(&body, header) {
        Ok(verified) => report(context, verified, now),
        Err(error) => {
            let causes = signature::explain(&body, header, secret.expose(), now, args.tolerance);
            let failure = match error {
                SignatureError::MissingSecret | SignatureError::MissingHeader => {
                    Failure::usage(error.to_string())
                }
                _ => Failure::failed(error.to_string()),
            };
            Err(causes.iter().fold(failure, |failure, cause| failure.hint(cause.to_string())))
        }
    }
}

fn report(context: &mut Context, verified: Verified, now: i64) -> Result<(), Failure> {
    let age = verified.timestamp.map(|at| now - at);
    let value = json!({
        "valid": true,
        "scheme": verified.scheme.name(),
        "timestamp": verified.timestamp,
        "age_seconds": age,
    });
    context.output.show(&value, |out| {
        let when = match age {
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
