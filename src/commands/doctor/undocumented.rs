//! Which of the operations that cStar does not document the server has.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::time::timeout;

use super::check::Check;
use super::deadline::Deadline;
use crate::api::{Query, RawRequest};
use crate::ops::session::Session;

pub(super) const NAME: &str = "undocumented";
const LIMIT: Duration = Duration::from_secs(2);

/// A command, and what it reads. The stream of `listen` has a check of its own.
const READ: [(&str, &str); 2] = [("keys", "api-keys"), ("logs", "logs?limit=1")];
const DELIVERIES: &str = "webhooks deliveries";
/// Commands that change or send something, which a check must not.
const NOT_TRIED: &str = "webhooks test, rotate-secret and resend, trigger --data";

/// What a server said about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Yes,
    No,
    Unknown,
}

/// Reads each path once. A refusal of this key is an answer too.
pub(super) async fn check(session: &Session, deadline: Deadline) -> Check {
    let limit = deadline.limit(LIMIT);
    let paths = join_all(READ.map(|(name, path)| async move { (name, probe(session, path, limit).await) }));
    let (mut found, webhook) = tokio::join!(paths, first_webhook(session, limit));
    // Without a webhook there is nothing to ask about.
    if let Some(id) = webhook {
        let path = format!("webhooks/{id}/deliveries?pageSize=1");
        found.push((DELIVERIES, probe(session, &path, deadline.limit(LIMIT)).await));
    }
    conclude(&found)
}

async fn probe(session: &Session, path: &str, limit: Duration) -> Found {
    let target = format!("/api/v1/teams/{}/{path}", session.identity.team_id);
    let request = RawRequest { method: Method::GET, target, headers: HeaderMap::new(), body: None };
    let status = timeout(limit, session.client.probe(&request)).await;
    status.map_or(Found::Unknown, |status| status.map_or(Found::Unknown, verdict))
}

async fn first_webhook(session: &Session, limit: Duration) -> Option<String> {
    let query = Query::default();
    let list = session.client.list(&session.identity, "webhooks", &query);
    let page = timeout(limit, list).await.ok()?.ok()?;
    let id = page.items.first()?.get("id")?.as_str()?;
    let is_plain = id.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    (is_plain && id.len() <= 256).then(|| id.to_owned())
}

fn verdict(status: u16) -> Found {
    match status {
        200..=299 | 401 | 403 => Found::Yes,
        404 | 405 | 410 | 501 => Found::No,
        _ => Found::Unknown,
    }
}

fn conclude(found: &[(&str, Found)]) -> Check {
    let names = |wanted| {
        let names: Vec<_> =
            found.iter().filter(|(_, found)| *found == wanted).map(|(name, _)| *name).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let mut message = format!("answered: {}", names(Found::Yes));
    for (what, found) in [("not there", Found::No), ("no clear answer", Found::Unknown)] {
        let names = names(found);
        if names != "none" {
            message += &format!("; {what}: {names}");
        }
    }
    message += &format!("; not tried: {NOT_TRIED}");
    if found.iter().all(|(_, found)| *found == Found::Yes) {
        return Check::ok(NAME, message);
    }
    Check::warn(NAME, message, "cStar documents none of these; the commands work where the server has them")
}

#[cfg(test)]
mod tests {
    use super::super::check::Status;
    use super::*;

    #[test]
    fn refusals_are_answers_but_no_path_is_not() {
        let verdicts = [200, 403, 404, 405, 500].map(verdict);
        assert_eq!(verdicts, [Found::Yes, Found::Yes, Found::No, Found::No, Found::Unknown]);
        let some = conclude(&[("keys", Found::Yes), ("logs", Found::No), ("x", Found::Unknown)]);
        assert_eq!(some.status, Status::Warn);
        assert!(some.message.starts_with("answered: keys; not there: logs; no clear answer: x; not tried"));
        assert_eq!(conclude(&[("keys", Found::Yes)]).status, Status::Ok);
    }
}
