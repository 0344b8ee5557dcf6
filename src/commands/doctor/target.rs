//! The local target: whether it listens, and how it responds to a signed event.

use std::time::Duration;

use http::HeaderMap;
use reqwest::Url;
use serde_json::json;

use super::check::Check;
use super::deadline::Deadline;
use crate::Secret;
use crate::event::{self, Event, ReceivedEvent};
use crate::forward::{self, AttemptOutcome, CLI_WEBHOOK_ID, DeliverOptions, advice};
use crate::host::clock::Clock;
use crate::host::random;
use crate::net::probe::{ConnectError, connect, resolve};
use crate::net::{FailureCause, TargetClient, TargetOptions};
use crate::output::format::check_duration;
use crate::sandbox_info;
use crate::signature::Signer;

const DNS_LIMIT: Duration = Duration::from_secs(3);
const TCP_LIMIT: Duration = Duration::from_secs(3);
/// The limit of cStar (documented).
const DELIVERY_LIMIT: Duration = Duration::from_secs(10);
/// A response that takes longer is near the limit.
const SLOW: Duration = Duration::from_secs(5);
/// ours: a type that handlers ignore, so that only the signature is checked.
const EVENT_TYPE: &str = "ping";

/// The given target, or the default one, which gets no event.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) named: bool,
    pub(super) insecure: bool,
}

/// A signing secret, and a description of its origin.
#[derive(Clone, Debug)]
pub(super) struct SigningSecret {
    pub(super) secret: Secret,
    pub(super) from: String,
    /// What looks mistyped about it, such as `CSTAR_WEBHOOK_SECRET ends with a space`.
    pub(super) odd: Option<String>,
}

impl Target {
    fn authority(&self) -> String {
        let port = self.url.port_or_known_default().unwrap_or_default();
        format!("{}:{port}", self.url.host_str().unwrap_or_default())
    }

    fn container_note(&self, cause: FailureCause) -> &'static str {
        advice::container_note(cause, self.url.as_str()).unwrap_or_default()
    }

    /// Whether something listens there.
    pub(super) async fn reach(&self, deadline: Deadline) -> (Check, bool) {
        const NAME: &str = "target";
        let (host, port) = (self.url.host_str().unwrap_or_default(), self.url.port_or_known_default());
        let addresses = match resolve(host, port.unwrap_or_default(), deadline.limit(DNS_LIMIT)).await {
            Ok(addresses) => addresses,
            Err(problem) => {
                let note = self.container_note(FailureCause::NameNotFound);
                let fix = format!("check the host name in --forward-to{note}");
                return (Check::fail(NAME, format!("{host}: {problem}"), fix), false);
            }
        };
        match connect(&addresses, deadline.limit(TCP_LIMIT)).await {
            Ok(_) if self.named => {
                (Check::ok(NAME, format!("something listens at {}", self.authority())), true)
            }
            Ok(_) => {
                let message = format!(
                    "something listens at {}, the default; no event is sent without --forward-to TARGET",
                    self.authority()
                );
                (Check::ok(NAME, message), false)
            }
            Err(ConnectError::Refused) if !self.named => {
                let message = format!(
                    "nothing listens at {}, the default; name yours with --forward-to TARGET",
                    self.authority()
                );
                (Check::skip(NAME, message), false)
            }
            Err(problem) => {
                let note = match problem {
                    ConnectError::Refused => self.container_note(FailureCause::Refused),
                    _ => "",
                };
                let fix = format!("start your server, or name its port: --forward-to PORT{note}");
                (Check::fail(NAME, format!("{} {problem}", self.authority()), fix), false)
            }
        }
    }

    /// Sends one signed event and checks the response.
    pub(super) async fn deliver(&self, signed: &SigningSecret, clock: &Clock, deadline: Deadline) -> Check {
        const NAME: &str = "delivery";
        let options = TargetOptions { insecure: self.insecure, https: self.url.scheme() == "https" };
        let client = match TargetClient::new(options) {
            Ok(client) => client,
            Err(error) => {
                let fix = "check the certificates of this machine";
                return Check::fail(NAME, format!("could not {error}"), fix);
            }
        };
        let (event, signer) = (sample(clock), Signer::new(signed.secret.expose()));
        let (now, extra) = (clock.now(), HeaderMap::new());
        let event = ReceivedEvent::from_event(&event, CLI_WEBHOOK_ID, now);
        let timeout = Some(deadline.limit(DELIVERY_LIMIT));
        let options = DeliverOptions { signer: &signer, now, attempt: 1, extra: &extra, timeout };
        let (result, _) = forward::deliver(&client.endpoint(&self.url).into(), &event, options).await;
        let what = format!("a {EVENT_TYPE} event, signed with {}", signed.from);
        self.assess(&result.outcome, result.took, &what, signed.odd.as_deref())
    }

    fn assess(&self, outcome: &AttemptOutcome, took: Duration, what: &str, odd: Option<&str>) -> Check {
        const NAME: &str = "delivery";
        match outcome {
            AttemptOutcome::Answered { status: status @ 200..=299, .. } => {
                let message = format!("answered {status} in {} to {what}", check_duration(took));
                let remark = outcome.remark().and_then(|remark| Some((remark, advice::about_body(remark)?)));
                match remark {
                    Some((remark, fix)) => Check::warn(NAME, format!("{message}, but {remark}"), fix),
                    None if took > SLOW => Check::warn(
                        NAME,
                        message,
                        "answer first and do the work afterwards: cStar waits 10 s",
                    ),
                    None => Check::ok(NAME, message),
                }
            }
            outcome => {
                let excerpt = outcome.excerpt().map(|text| format!(": {text}")).unwrap_or_default();
                let to = match (outcome.status(), odd) {
                    (Some(_), None) => format!(" to {what}, whose signature is right"),
                    (Some(_), Some(odd)) => format!(" to {what}; {odd}"),
                    (None, _) => String::new(),
                };
                let reason = outcome.reason();
                let message = match (outcome.status(), reason.split_once(", ")) {
                    // Remarks about the response follow what was sent.
                    (Some(_), Some((answered, more))) => format!("{answered}{to}: {more}{excerpt}"),
                    (Some(_), None) => format!("{reason}{to}{excerpt}"),
                    (None, _) => format!("{} {reason}", self.url),
                };
                // A mistyped secret changes the signature, so it is the likeliest cause.
                let is_refused = matches!(outcome.status(), Some(400 | 401 | 403));
                let mistyped = odd.filter(|_| is_refused).map(|odd| {
                    format!("{odd}: set it to what your server verifies with, without that character")
                });
                let advice = mistyped.or_else(|| advice::advice(outcome, self.url.as_str(), advice::PROBE));
                Check::fail(NAME, message, advice.as_deref().unwrap_or("see the log of your server"))
            }
        }
    }
}

fn sample(clock: &Clock) -> Event {
    let now = clock.now();
    let id = event::event_id(EVENT_TYPE, now, &random::alphanumeric::<24>());
    let data = json!({ "message": "test event of cstar doctor" });
    event::envelope(&id, EVENT_TYPE, now, sandbox_info::TEAM_ID, &data)
}

#[cfg(test)]
mod tests {
    use super::super::check::Status;
    use super::*;
    use crate::net::FailureCause;

    fn assess(url: &str, outcome: AttemptOutcome, seconds: u64) -> Check {
        let target = Target { url: url.parse().unwrap(), named: true, insecure: false };
        target.assess(&outcome, Duration::from_secs(seconds), "an event", None)
    }

    #[test]
    fn each_response_has_its_advice() {
        let url = "http://localhost:3000/hook";
        assert_eq!(assess(url, AttemptOutcome::answered(204), 0).status, Status::Ok);
        assert_eq!(assess(url, AttemptOutcome::answered(200), 6).status, Status::Warn);
        let fix = |outcome| {
            let check = assess(url, outcome, 0);
            assert_eq!(check.status, Status::Fail, "{check:?}");
            check.fix.unwrap()
        };
        assert!(
            fix(AttemptOutcome::answered(401)).contains("secret")
                && fix(AttemptOutcome::answered(400)).contains("raw body")
        );
        assert!(
            fix(AttemptOutcome::answered(404)).contains("path")
                && fix(AttemptOutcome::answered(308)).contains("final address")
        );
        assert!(fix(AttemptOutcome::answered(500)).contains("log"));
        assert!(fix(AttemptOutcome::TimedOut { after: DELIVERY_LIMIT }).contains("10 s"));
        assert!(
            fix(AttemptOutcome::NotReached(FailureCause::CertificateUntrusted.into())).contains("--insecure")
        );
        assert!(fix(AttemptOutcome::NotReached(FailureCause::SpeaksHttp.into())).contains("http://"));
        assert!(fix(AttemptOutcome::Broken(FailureCause::SpeaksHttps.into())).contains("https://"));
    }
}
