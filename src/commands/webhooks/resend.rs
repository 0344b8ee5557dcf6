//! `cstar webhooks resend`: makes another attempt of a delivery and prints the result.

use super::attempt;
use super::resolve::{self, find};
use crate::api::DeliveryFilter;
use crate::commands::Context;
use crate::output::Failure;

/// Send a delivery again, now; exits 1 if its endpoint does not accept it
///
/// The event is the same, with the same id, so that receivers can detect duplicates. The
/// signature is new.
///
/// cStar does not document this request. `cstar doctor` shows whether your server has it.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks resend whk_a1b2c3d4e5f6 dlv_x9y8z7w6v5u4",
    "for id in $(cstar webhooks deliveries whk_a1b2 --status failed | cut -f 1); do cstar webhooks resend whk_a1b2 $id; done",
])]
pub(super) struct Args {
    /// Id of the webhook, or its beginning
    #[arg(value_name = "ID")]
    webhook: String,
    /// Id of the delivery, or its beginning
    #[arg(value_name = "DELIVERY", value_parser = parse_id)]
    delivery: String,
}

/// How far back a shortened id is looked for.
const NEWEST: u32 = 100;

/// An id that is safe in a URL path.
pub(super) fn parse_id(text: &str) -> Result<String, &'static str> {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    match plain && !matches!(text, "" | "dlv" | "dlv_") {
        true => Ok(text.to_owned()),
        false => Err("ids of deliveries look like dlv_x9y8z7w6v5u4"),
    }
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let session = context.session().await?;
    let webhook = find(&session, &args.webhook).await?;
    let filter = DeliveryFilter { status: None, limit: NEWEST, after: None };
    let newest = session.client.deliveries(&session.identity, webhook.id(), filter).await?;
    let delivery = resolve::delivery(&newest, &args.delivery)?;
    let tested = session.client.resend(&session.identity, webhook.id(), delivery).await?;
    attempt::show(context, &session, &webhook, &tested).await
}
