//! `cstar identity sign`: prints the signature of a customer.

use serde_json::json;

use super::customer::CustomerArgs;
use super::key::KeyArgs;
use crate::commands::Context;
use crate::identity;
use crate::output::{Failure, style};

/// Print the identity signature of a customer
///
/// Give the customer with flags, or as JSON in a file. Without a time, the current one is signed and printed on standard
/// error: the widget must send the same. Members that are not signed are refused, and so is what the widget would not
/// accept, such as a number as externalId.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar identity sign --external-id user_42 --email ada@example.com --name Ada",
    "cstar identity sign customer.json --key-file widget.key --json";
    "With --json, `customer` is what to send to the widget, and `payload` is the text that was signed.",
])]
pub(crate) struct Args {
    #[command(flatten)]
    customer: CustomerArgs,
    #[command(flatten)]
    key: KeyArgs,
}

pub(super) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let (key, _) = args.key.read(context, args.customer.uses_stdin()).await?;
    let sent = args.customer.read(Some(context.clock.now().as_second()))?;
    if let Some((cause, problem)) = sent.problems.first() {
        return Err(Failure::usage(problem.clone()).hint(cause.to_string()));
    }
    let customer = sent.customer;
    let signature = identity::sign(&customer, key.expose());
    let payload = customer.to_json();
    let members: serde_json::Value = serde_json::from_str(&payload).unwrap_or_default();
    let value = json!({
        "signature": signature,
        "timestamp": customer.timestamp(),
        "customer": members,
        "payload": payload,
    });
    context.output.show(&value, |out| {
        out.data(&signature)?;
        out.status(&style::dim(&format!(
            "Signed with the timestamp {}: send the same.",
            customer.timestamp()
        )))
    })
}
