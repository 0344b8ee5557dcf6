//! `cstar sign`: prints the signature header for a body. Works offline.

use std::path::PathBuf;

use serde_json::json;

use super::{Context, input};
use crate::Secret;
use crate::args::secret;
use crate::output::Failure;
use crate::signature;

/// Print the signature header for a body
///
/// For requests made by hand or in tests. The body is signed byte for byte.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar sign --secret whsec_test body.json",
    "curl -H \"X-Signature: $(cstar sign body.json)\" --data-binary @body.json localhost:3000",
])]
pub(crate) struct Args {
    /// File with the raw body; - for standard input
    #[arg(value_name = "BODY", default_value = "-")]
    body: PathBuf,
    /// Signing secret [env: CSTAR_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse)]
    secret: Option<Secret>,
    /// Timestamp to sign with, in Unix seconds, instead of now
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    at: Option<i64>,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let Some((secret, _)) = context.signing_secret(args.secret.as_ref())? else {
        return Err(Failure::usage("no signing secret to sign with").hint(
            "pass it with --secret or CSTAR_WEBHOOK_SECRET; `cstar listen --print-secret` prints yours",
        ));
    };
    let body = input::read(&args.body, "the body")?;
    let timestamp = args.at.unwrap_or_else(|| context.clock.now().as_second());
    let header = signature::sign(&body, secret.expose(), timestamp);
    context.output.show(&json!({ "signature": header, "timestamp": timestamp }), |out| out.data(&header))
}
