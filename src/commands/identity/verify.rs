//! `cstar identity verify`: checks the signature of a customer, and explains a mismatch.

use std::path::PathBuf;

use serde_json::json;

use super::customer::CustomerArgs;
use super::key::{KeyArgs, from_file};
use crate::Secret;
use crate::commands::Context;
use crate::identity::{self, Cause, IdentityError, SentIdentity};
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};

/// Check an identity signature, and explain a mismatch
///
/// Give the customer as the widget sends it: with flags, or as JSON in a file, which may hold the signature too. If the
/// signature does not match, common mistakes are tried, and those that explain it are reported: unsorted members, spaces
/// in the JSON, base64, a time in milliseconds, the key of the other environment, and more. cStar documents no limit for
/// the age of a signature, so it is printed and not checked.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar identity verify --signature 3f9a… customer.json",
    "cstar identity verify --signature 3f9a… --external-id user_42 --email ada@example.com --at 1774583010",
    "cstar identity verify --signature 3f9a… --other-key-file live.key --explain customer.json";
    "Exit codes: 0 if it is valid, 1 if it does not match, 2 for wrong input.",
])]
pub(crate) struct Args {
    #[command(flatten)]
    customer: CustomerArgs,
    /// The signature to check; otherwise the member `signature` of the JSON
    #[arg(long, value_name = "HEX")]
    signature: Option<String>,
    #[command(flatten)]
    key: KeyArgs,
    /// File with another key that may have signed it, such as that of the other environment
    #[arg(long, value_name = "FILE")]
    other_key_file: Vec<PathBuf>,
    /// Show what is signed and compared, step by step
    #[arg(long)]
    explain: bool,
}

pub(super) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let (key, origin) = args.key.read(context, args.customer.uses_stdin()).await?;
    let others: Vec<Secret> =
        args.other_key_file.iter().map(|path| from_file(path)).collect::<Result<_, _>>()?;
    let sent = args.customer.read(None)?;
    let Some(signature) = args.signature.or_else(|| sent.signature.clone()) else {
        return Err(Failure::usage("there is no signature to check").hint("pass it with --signature"));
    };
    let check = Check::new(&sent, &signature, &key, &others);
    if args.explain {
        steps(context, &check, &origin)?;
    }
    match check.error {
        None if args.explain => Ok(()),
        None => report(context, &check),
        Some(ref error) => {
            let failure = match check.is_usage {
                true => Failure::usage(error.clone()),
                false => Failure::failed(error.clone()),
            };
            // With --explain they are there already.
            let causes = check.causes.iter().filter(|_| !args.explain);
            Err(causes.fold(failure, |failure, cause| failure.hint(cause.to_string())))
        }
    }
}

struct Check<'a> {
    sent: &'a SentIdentity,
    signature: &'a str,
    computed: String,
    error: Option<String>,
    is_usage: bool,
    causes: Vec<Cause>,
}

impl<'a> Check<'a> {
    fn new(sent: &'a SentIdentity, signature: &'a str, key: &Secret, others: &[Secret]) -> Self {
        let result = identity::verify(&sent.customer, signature, key.expose());
        let other_keys: Vec<&str> = others.iter().map(Secret::expose).collect();
        let mut causes: Vec<Cause> = sent.problems.iter().map(|(cause, _)| *cause).collect();
        let found = identity::explain(&sent.customer, signature, key.expose(), &other_keys);
        causes
            .extend(found.into_iter().filter(|cause| !sent.problems.iter().any(|(known, _)| known == cause)));
        let problem = sent.problems.first().map(|(_, detail)| detail.clone());
        Self {
            sent,
            signature,
            computed: identity::sign(&sent.customer, key.expose()),
            is_usage: matches!(result, Err(IdentityError::MissingKey | IdentityError::MissingSignature)),
            error: result.err().map(|error| error.to_string()).or(problem),
            causes,
        }
    }
}

fn report(context: &mut Context, check: &Check<'_>) -> Result<(), Failure> {
    let timestamp = check.sent.customer.timestamp();
    let age = context.clock.now().as_second().saturating_sub(timestamp);
    let value = json!({ "valid": true, "timestamp": timestamp, "age_seconds": age });
    context.output.show(&value, |out| {
        let when = if age < 0 { format!("{} s ahead of this clock", -age) } else { format!("{age} s ago") };
        out.data(&format!("{}, signed {when}", style::good("The signature is valid")))
    })
}

fn steps(context: &mut Context, check: &Check<'_>, origin: &str) -> Result<(), Failure> {
    let payload = check.sent.customer.to_json();
    let equal = check.computed == check.signature;
    let causes = &check.causes;
    let value = json!({
        "valid": check.error.is_none(),
        "payload": payload,
        "key": origin,
        "computed": check.computed,
        "sent": check.signature,
        "equal": equal,
        "error": check.error,
        "causes": causes.iter().map(|cause| json!({ "code": cause.code(), "text": cause.to_string() })).collect::<Vec<_>>(),
    });
    context.output.show(&value, |out| {
        let step = |name: &str, text: &str| format!("  {}  {text}", style::dim(&format!("{name:8}")));
        out.text("Identity signature")?;
        out.text(&step("signed", &sanitize(&payload)))?;
        out.text(&step("key", &sanitize(origin)))?;
        out.text(&step("HMAC", &format!("SHA-256: {}", check.computed)))?;
        let verdict = if equal { style::good("equal") } else { style::bad("different") };
        out.text(&step("sent", &format!("{}  {verdict}", sanitize(check.signature))))?;
        match check.error {
            None => out.text(&step("verdict", &style::good("valid")))?,
            Some(_) => out.text(&step("verdict", &style::bad("not valid")))?,
        }
        causes.iter().try_for_each(|cause| out.text(&step("cause", &cause.to_string())))
    })
}
