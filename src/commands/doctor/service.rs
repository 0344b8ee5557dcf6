//! cStar with the key: whether the key is accepted, the rate limit, and whether events stream.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use tokio::time::timeout;

use super::check::Check;
use super::deadline::Deadline;
use super::undocumented;
use crate::Secret;
use crate::account::Account;
use crate::api::{ApiError, Client, RateLimit};
use crate::host::clock::Clock;
use crate::ops::session::Session;
use crate::output::error_hints;
use crate::output::format::{check_duration, plural};
use crate::stream::subscription::{StreamConfig, StreamItem, subscribe};

/// The checks of this group, in order.
pub(super) const NAMES: [&str; 4] = ["key", "rate_limit", "stream", undocumented::NAME];

const WHOAMI_LIMIT: Duration = Duration::from_secs(4);
const STREAM_LIMIT: Duration = Duration::from_secs(5);
/// After this a WebSocket is tried, which then has the same time.
const SESSION_TIMEOUT: Duration = Duration::from_millis(2500);

/// The checks, and the signing secret of the stream.
#[derive(Debug, Default)]
pub(super) struct ServiceChecks {
    pub(super) checks: Vec<Check>,
    pub(super) secret: Option<Secret>,
}

/// Stops at the first layer that fails.
pub(super) async fn checks(account: &Account, clock: &Clock, deadline: Deadline) -> ServiceChecks {
    let mut service = ServiceChecks::default();
    let client = match Client::new(account) {
        Ok(client) => client,
        Err(error) => {
            service.checks.push(refused(&error));
            return service;
        }
    };
    let Some(session) = session(account, client, clock, deadline, &mut service.checks).await else {
        return service;
    };
    let (check, secret) = stream(&session, clock, deadline).await;
    service.checks.push(check);
    service.checks.push(undocumented::check(&session, deadline).await);
    service.secret = secret;
    service
}

/// A single try: a retry would hide temporary errors, which are worth reporting.
async fn session(
    account: &Account,
    client: Client,
    clock: &Clock,
    deadline: Deadline,
    checks: &mut Vec<Check>,
) -> Option<Session> {
    let limit = deadline.limit(WHOAMI_LIMIT);
    let (headers, result) = match timeout(limit, client.whoami_once()).await {
        Ok(answer) => answer,
        Err(_) => {
            let message = format!("no answer within {} s", limit.as_secs_f64());
            checks.push(Check::fail("key", message, "try again later: the server is slow"));
            return None;
        }
    };
    let identity = match result {
        Ok(identity) => identity,
        Err(error) => {
            checks.push(refused(&error));
            checks.extend(rate_limit(&headers, clock.now(), false));
            return None;
        }
    };
    let team = identity.team_name.as_deref().unwrap_or(&identity.team_id);
    let data = identity.environment.as_deref().map(|name| format!(" ({name} data)")).unwrap_or_default();
    checks.push(Check::ok("key", format!("accepted, for {team}{data}")));
    checks.push(
        rate_limit(&headers, clock.now(), true)
            .unwrap_or_else(|| Check::skip("rate_limit", "the server reports none")),
    );
    Some(Session { account: account.clone(), client, identity })
}

fn refused(error: &ApiError) -> Check {
    let fix = error_hints::hint(error).unwrap_or("check the address and the key: cstar status");
    match error {
        ApiError::RateLimited { .. } => Check::warn("key", error.to_string(), fix),
        _ => Check::fail("key", error.to_string(), fix),
    }
}

/// From the documented headers; `None` without them. A request that was `answered` although none is left was the
/// last one, or the limit is not enforced, as in a sandbox without `--rate-limit`.
fn rate_limit(headers: &HeaderMap, now: Timestamp, answered: bool) -> Option<Check> {
    const NAME: &str = "rate_limit";
    let rate = RateLimit::from_headers(headers)?;
    let RateLimit { limit, remaining: left, .. } = rate;
    let minutes = rate.resets_in(now).map(|wait| wait.as_secs().max(0).saturating_add(59) / 60);
    let until = minutes.map(|minutes| format!(", for the next {minutes} min")).unwrap_or_default();
    let requests = plural(limit, "request");
    let message = format!("{left} of {limit} {requests} left{until}");
    let fix = "wait until it is reset, or use another key";
    Some(match left {
        0 if answered => {
            let fix = format!("{fix}; a sandbox enforces it only with --rate-limit");
            Check::warn(NAME, format!("{message}; this one was answered"), fix)
        }
        0 => Check::fail(NAME, message, fix),
        left if left.saturating_mul(10) < limit => Check::warn(NAME, message, fix),
        _ => Check::ok(NAME, message),
    })
}

/// Opens the stream as `listen` does, until its first item.
async fn stream(session: &Session, clock: &Clock, deadline: Deadline) -> (Check, Option<Secret>) {
    let config = StreamConfig { session_timeout: SESSION_TIMEOUT, ..session.event_stream(clock.clone()) };
    let limit = deadline.limit(STREAM_LIMIT);
    let mut last = None;
    match timeout(limit, first_item(config, &mut last)).await {
        Ok(FirstItem::Session(secret, took)) => (opened(last, took), secret),
        Ok(FirstItem::Failed(reason)) => (not_opened(reason, &session.account), None),
        Err(_) => {
            let why = last.map(|reason| format!(" ({reason})")).unwrap_or_default();
            let message = format!("no session within {} s{why}", limit.as_secs_f64());
            let fix = "a proxy in between may buffer streams: cstar listen --transport ws";
            (Check::fail("stream", message, fix), None)
        }
    }
}

enum FirstItem {
    Session(Option<Secret>, Duration),
    Failed(Refusal),
}

struct Refusal {
    reason: String,
    status: Option<u16>,
}

/// `last` is why the stream changed to a WebSocket, or why a connection failed.
async fn first_item(config: StreamConfig, last: &mut Option<String>) -> FirstItem {
    let began = Instant::now();
    let mut items = subscribe(config);
    while let Some(item) = items.recv().await {
        match item {
            StreamItem::Connected(session) => return FirstItem::Session(session.secret, began.elapsed()),
            StreamItem::Refused(refused) => {
                let detail = crate::api::error::ErrorDetail::from_response(refused.body.as_bytes()).message;
                let detail = detail.map(|message| format!(": {message}")).unwrap_or_default();
                return FirstItem::Failed(Refusal {
                    reason: format!("{refused}{detail}"),
                    status: Some(refused.status),
                });
            }
            StreamItem::ErrorFrame(error) => {
                let message = error.message.unwrap_or_else(|| "no reason given".to_owned());
                return FirstItem::Failed(Refusal {
                    reason: format!("the server says: {message}"),
                    status: None,
                });
            }
            StreamItem::TransportChanged { reason, .. } => *last = Some(reason.to_string()),
            StreamItem::Disconnected { reason, retry_in } if !retry_in.is_zero() => {
                return FirstItem::Failed(Refusal { reason: reason.to_string(), status: None });
            }
            _ => {}
        }
    }
    FirstItem::Failed(Refusal { reason: "it ended".to_owned(), status: None })
}

fn opened(changed: Option<String>, took: Duration) -> Check {
    match changed {
        None => Check::ok("stream", format!("opened in {}", check_duration(took))),
        Some(why) => Check::warn(
            "stream",
            format!("{why}; a WebSocket works"),
            "no action needed: listen switches automatically; --transport ws avoids the wait",
        ),
    }
}

fn not_opened(refusal: Refusal, account: &Account) -> Check {
    let publishable = account.key.prefix().starts_with("pk_");
    let fix = match refusal.status {
        Some(401 | 403) if publishable => {
            "events need a secret key (sk_…); this one is publishable and only reads"
        }
        Some(401 | 403) => "check the permissions of the key under Settings → Team → API Keys",
        Some(404) => "check that the base URL is that of cStar's API, or of a sandbox",
        _ => "try again later; cstar listen keeps retrying",
    };
    Check::fail("stream", refusal.reason, fix)
}

#[cfg(test)]
mod tests {
    use super::super::check::Status;
    use super::*;

    #[test]
    fn rate_limit_shows_the_remainder() {
        let check = |left: &'static str| {
            let headers = HeaderMap::from_iter(
                [
                    ("x-ratelimit-limit", "1000"),
                    ("x-ratelimit-remaining", left),
                    ("x-ratelimit-reset", "120"),
                ]
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())),
            );
            rate_limit(&headers, Timestamp::UNIX_EPOCH, false).unwrap()
        };
        assert_eq!(check("987").message, "987 of 1000 requests left, for the next 2 min");
        assert_eq!(
            ["987", "100", "99", "0"].map(|left| check(left).status),
            [Status::Ok, Status::Ok, Status::Warn, Status::Fail]
        );
        assert_eq!(rate_limit(&HeaderMap::new(), Timestamp::UNIX_EPOCH, false), None);
        let none = [("x-ratelimit-limit", "1000"), ("x-ratelimit-remaining", "0")]
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let answered = rate_limit(&HeaderMap::from_iter(none), Timestamp::UNIX_EPOCH, true).unwrap();
        assert_eq!(answered.status, Status::Warn, "{answered:?}");
    }
}
