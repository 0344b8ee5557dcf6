//! Prints one attempt of a webhook, with advice if it failed.

use serde_json::Value;

use super::view;
use crate::api::{DeliveryFilter, TestDelivery, Webhook};
use crate::commands::Context;
use crate::forward::advice::{FailedAttempt, Remedy, advice_for};
use crate::forward::excerpt;
use crate::ops::session::Session;
use crate::output::{Failure, style};

/// Prints the attempt. A failed one is exit code 1.
pub(super) async fn show(
    context: &mut Context,
    session: &Session,
    webhook: &Webhook,
    tested: &TestDelivery,
) -> Result<(), Failure> {
    context.output.show(&tested.raw, |out| out.text(&line(tested)))?;
    match tested.succeeded() {
        true => Ok(()),
        false => Err(failure(webhook, &in_full(session, webhook, tested).await)),
    }
}

/// Adds headers and body of the response, which the result of a test lacks (documented) but the delivery has. If
/// that fails, the advice is less precise.
async fn in_full(session: &Session, webhook: &Webhook, tested: &TestDelivery) -> TestDelivery {
    /// The delivery is among the newest.
    const NEWEST: u32 = 20;
    let mut full = tested.clone();
    if tested.status().is_none() || tested.raw.get("responseBody").is_some() {
        return full;
    }
    let filter = DeliveryFilter { status: None, limit: NEWEST, after: None };
    let found = session.client.deliveries(&session.identity, webhook.id(), filter).await.unwrap_or_default();
    let mine = found.iter().find(|one| view::text(one, "id") == tested.text("deliveryId"));
    let last = mine.and_then(|one| one.get("attempts")?.as_array()?.last());
    if let (Some(members), Some(last)) = (full.raw.as_object_mut(), last) {
        for name in ["responseHeaders", "responseBody"] {
            members.extend(last.get(name).map(|value| (name.to_owned(), value.clone())));
        }
    }
    full
}

fn line(tested: &TestDelivery) -> String {
    let (word, paint): (_, fn(&str) -> String) =
        if tested.succeeded() { ("Delivered", style::good) } else { ("Failed", style::bad) };
    let status = tested.status().map_or_else(|| "-".to_owned(), style::status);
    // The time until a connection was refused means nothing.
    let time = tested.milliseconds().filter(|_| tested.status().is_some());
    let time = time.map_or_else(|| "-".to_owned(), |ms| format!("{ms} ms"));
    let text = |member| view::cell(tested.text(member));
    let parts = [paint(word), style::name(&text("event")), status, time, style::dim(&text("deliveryId"))];
    parts.join("  ")
}

fn failure(webhook: &Webhook, tested: &TestDelivery) -> Failure {
    let url = tested.text("url").or_else(|| webhook.text("url")).unwrap_or("the endpoint");
    let id = webhook.id();
    let Some(status) = tested.status() else {
        let reason = tested.text("error").unwrap_or("no response");
        let failed = FailedAttempt { target: url, status: None, reason, ..FailedAttempt::default() };
        let advice =
            advice_for(failed, Remedy { address: "", secret: "", has_insecure: false, has_timeout: false });
        let failure = Failure::failed(format!("could not deliver to {url}: {reason}"));
        return advice.into_iter().fold(failure, Failure::hint);
    };
    let first_line = first_line(tested).map(|line| format!(": {line}")).unwrap_or_default();
    let failure =
        Failure::failed(format!("{url} answered {status}, and only 2xx counts as received{first_line}"));
    match status {
        300..=303 | 305..=399 => failure.hint(redirect(webhook, tested)),
        _ => {
            let address = format!("cstar webhooks update {id} --url URL");
            let secret =
                format!("the whsec_… secret of {id} itself; if lost: cstar webhooks rotate-secret {id}");
            let remedy =
                Remedy { address: &address, secret: &secret, has_insecure: false, has_timeout: false };
            let answer = tested.text("responseBody").unwrap_or_default();
            let advice = advice_for(
                FailedAttempt { target: url, status: Some(status), answer, ..FailedAttempt::default() },
                remedy,
            );
            let failure = advice.into_iter().fold(failure, Failure::hint);
            failure.hint(format!("what it answered: cstar webhooks deliveries {id} --limit 1 --json"))
        }
    }
}

/// The first line of the response, which often names the bug.
fn first_line(tested: &TestDelivery) -> Option<String> {
    let headers = tested.raw.get("responseHeaders").and_then(Value::as_object).into_iter().flatten();
    let kind = headers.filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.filter_map(|(_, value)| value.as_str()).next();
    excerpt(kind, tested.text("responseBody")?.as_bytes())
}

const LONGEST_ADDRESS: usize = 200;

fn redirect(webhook: &Webhook, tested: &TestDelivery) -> String {
    let to = tested.raw.pointer("/responseHeaders/location").and_then(Value::as_str);
    // It may be relative to the requested address.
    let asked = tested.text("url").or_else(|| webhook.text("url"));
    let asked = asked.and_then(|url| reqwest::Url::parse(url).ok());
    let to = to.and_then(|to| match asked {
        Some(asked) => asked.join(to).ok().map(String::from),
        None => Some(to.to_owned()),
    });
    let to = to.filter(|to| to.len() <= LONGEST_ADDRESS).unwrap_or_else(|| "URL".to_owned());
    format!(
        "redirects are not followed; name the final address: cstar webhooks update {} --url {to}",
        webhook.id()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn described(raw: Value) -> String {
        let webhook = Webhook { raw: json!({"id": "whk_1", "url": "https://e.test/"}) };
        failure(&webhook, &TestDelivery { raw }).plain_text()
    }

    #[test]
    fn each_failure_has_its_advice() {
        assert!(described(json!({"status": 401})).contains("cstar webhooks rotate-secret whk_1"));
        assert!(described(json!({"status": 302})).contains("redirects are not followed"));
        assert!(described(json!({"status": 404})).contains("cstar webhooks update whk_1 --url URL"));
        assert!(described(json!({"status": 500})).contains("cstar webhooks deliveries whk_1"));
        let html = json!({"status": 500, "responseHeaders": {"Content-Type": "text/html"},
            "responseBody": "<title>NameError</title><p>x</p>"});
        assert!(described(html).contains("answered 500, and only 2xx counts as received: NameError: x"));
        for (kind, shown) in [("application/json", true), ("text/plain", true), ("image/png", false)] {
            let raw = json!({"status": 503, "responseHeaders": {"content-type": kind},
                "responseBody": "\nno table\u{1b}[2J\nmore"});
            let said = described(raw);
            assert_eq!(said.contains(": no table\\x1b[2J"), shown, "{kind}: {said}");
            assert!(!said.contains("more") && !said.contains('\u{1b}'), "{said}");
        }
        let refused = described(json!({"status": null, "error": "refuses connections\u{1b}[2J"}));
        assert!(refused.contains("could not deliver to https://e.test/: refuses connections\\x1b[2J"));
    }

    #[test]
    fn attempt_is_printed_on_one_line() {
        let raw = json!({"deliveryId": "dlv_1", "event": "ticket.created", "success": true, "status": 204,
            "responseTimeMs": 12, "error": null});
        let line = line(&TestDelivery { raw });
        let plain = anstream::adapter::strip_str(&line).to_string();
        assert_eq!(plain, "Delivered  ticket.created  204  12 ms  dlv_1");
    }
}
