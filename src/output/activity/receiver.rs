//! The lines of `listen --public-url` about its webhook and the requests that it refused.

use jiff::Timestamp;

use super::super::format::count;
use super::super::sanitize::escape;
use super::super::style;
use crate::forward::Activity;

/// The line for `activity`, with times as `clock` shows them.
pub(super) fn line(activity: &Activity, clock: impl Fn(Timestamp) -> String) -> Option<String> {
    let line = match activity {
        Activity::Receiver { address, public_url, webhook_id, taken_over, .. } => {
            let what = if *taken_over { "Took over" } else { "Registered" };
            let webhook = format!("{what} the webhook {}", escape(webhook_id));
            let leads = format!(
                "{} has to lead to {}",
                escape(public_url),
                style::strong(&format!("http://{address}"))
            );
            format!("{}; {leads}", style::good(&webhook))
        }
        Activity::WebhookDeleted { webhook_id, .. } => {
            style::dim(&format!("Deleted the webhook {} that an earlier run left.", escape(webhook_id)))
        }
        Activity::RequestRefused { at, status, reason, others } => {
            let others = match others {
                0 => String::new(),
                others => format!(", and {} more with {status}", count(*others)),
            };
            let what = format!("Refused a request with {status}: {reason}{others}.");
            format!("{}  {}", clock(*at), style::warn(&escape(&what)))
        }
        _ => return None,
    };
    Some(line)
}
