//! `--public-url`: receives events through a temporary webhook instead of the listen stream.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use reqwest::Url;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::history::{OpenedHistory, scope};
use super::temporary_webhook::{TemporaryWebhook, WantedWebhook, delete};
use super::webhook_record::WebhookRecord;
use crate::account::Account;
use crate::args::target;
use crate::commands::Context;
use crate::forward::Activity;
use crate::history::RunScope;
use crate::host::dirs;
use crate::host::io_error::io_message;
use crate::host::limits::raise_open_files;
use crate::net::{AllowedHost, is_loopback};
use crate::ops::session::Session;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};
use crate::stream::receiver::{ReceiverConfig, WebhookReceiver};
use crate::stream::subscription::StreamItem;

/// Beside the sandbox (4747) and the inspector (4748).
const DEFAULT_PORT: u16 = 4749;
/// The events of a webhook that is taken over, to recognise repeated ones.
const KNOWN_IDS: usize = 10_000;

/// Where events are received.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct PublicArgs {
    /// Receive through a temporary webhook at this https address of yours, which leads to --receive
    #[arg(long, value_name = "URL", value_parser = parse_url, conflicts_with_all = ["no_history", "transport"])]
    public_url: Option<Url>,
    /// Address or port on this machine that --public-url leads to; 0 picks a port [default: 127.0.0.1:4749]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address, requires = "public_url")]
    receive: Option<SocketAddr>,
}

/// The public address, and the port that it leads to, which is open.
#[derive(Debug)]
pub(super) struct PublicUrl {
    url: Url,
    host: AllowedHost,
    listener: TcpListener,
    config: PathBuf,
}

/// A running receiver and its webhook.
#[derive(Debug)]
pub(super) struct PublicReceiver {
    receiver: WebhookReceiver,
    webhook: TemporaryWebhook,
}

fn parse_url(text: &str) -> Result<Url, String> {
    let mut url = target::parse(text)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(
            "cStar delivers only to https, and plain http is accepted only for this machine".to_owned()
        );
    }
    url.set_fragment(None);
    Ok(url)
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    let text =
        text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    text.parse().map_err(|_| "expected an address with a port, such as 127.0.0.1:4749, or a port".to_owned())
}

impl PublicArgs {
    pub(super) const fn is_given(&self) -> bool {
        self.public_url.is_some()
    }

    /// Opens the port, before anything is registered. `None` without `--public-url`.
    pub(super) async fn bind(
        self,
        context: &Context,
        account: &Account,
    ) -> Result<Option<PublicUrl>, Failure> {
        let Some(url) = self.public_url else { return Ok(None) };
        if account.base.is_https() && is_loopback(&url) {
            return Err(Failure::usage(format!("cStar cannot reach {url}: that is this machine"))
                .hint("give the address of your tunnel or reverse proxy: --public-url https://…"));
        }
        let host = AllowedHost::parse(url.host_str().unwrap_or_default()).map_err(Failure::usage)?;
        let Some(config) = dirs::config(&context.env) else {
            return Err(Failure::failed("no home directory found; set CSTAR_HOME"));
        };
        let address = self.receive.unwrap_or((Ipv4Addr::LOCALHOST, DEFAULT_PORT).into());
        raise_open_files();
        let listener = TcpListener::bind(address).await.map_err(|error| {
            Failure::failed(format!("could not listen on {address}: {}", io_message(&error)))
                .hint("name another port, and let the public address lead there: --receive PORT")
        })?;
        Ok(Some(PublicUrl { url, host, listener, config }))
    }
}

impl PublicUrl {
    /// Registers the webhook, or takes over that of a killed run, and starts the receiver. Adds notices, and the events
    /// that are known already.
    pub(super) async fn open(
        self,
        context: &mut Context,
        session: &Session,
        events: Vec<String>,
        (is_resumed, opened): (bool, &mut OpenedHistory),
    ) -> Result<(mpsc::Receiver<StreamItem>, PublicReceiver), Failure> {
        let Self { url, host, listener, config } = self;
        let scope = scope(&session.account, &session.identity);
        let events = if events.is_empty() { vec!["*".to_owned()] } else { events };
        let wanted = WantedWebhook { url: url.clone(), events: events.clone() };
        let mut abandoned = WebhookRecord::abandoned(&config, &scope);
        let taken_over = match is_resumed {
            true => TemporaryWebhook::take_over(session, &mut abandoned, &wanted).await?,
            false => None,
        };
        opened.notices.extend(delete_all(context, session, abandoned).await?);
        let webhook = match taken_over {
            Some(webhook) => webhook,
            None => TemporaryWebhook::create(session, &config, scope, wanted).await?,
        };
        if let Some(journal) = opened.journal().filter(|_| webhook.is_taken_over) {
            let known = journal.ids_of_webhook(webhook.id.clone(), KNOWN_IDS).await;
            opened.past.known_ids = known.unwrap_or_default();
        }
        let address = listener.local_addr().map(|address| address.to_string()).unwrap_or_default();
        opened.notices.push(Activity::Receiver {
            at: context.clock.now(),
            address,
            public_url: url.into(),
            webhook_id: webhook.id.clone(),
            events,
            taken_over: webhook.is_taken_over,
        });
        let (receiver, items) = WebhookReceiver::start(ReceiverConfig {
            listener,
            host,
            webhook_id: webhook.id.clone(),
            secret: webhook.secret.clone(),
            api_headers: session.client.headers().clone(),
            clock: context.clock.clone(),
        });
        Ok((items, PublicReceiver { receiver, webhook }))
    }
}

impl PublicReceiver {
    /// Deletes the webhook and stops the receiver. A failure is only reported: the next start tries again.
    pub(super) async fn close(self, context: &mut Context, session: &Session) -> Result<(), Failure> {
        let id = self.webhook.id.clone();
        let deleted = self.webhook.delete(session).await;
        self.receiver.stop().await;
        match deleted {
            Ok(()) => {
                Ok(context.output.status(&style::dim(&format!("Deleted webhook {}.", sanitize(&id))))?)
            }
            Err(reason) => warn_not_deleted(context, &id, &reason),
        }
    }
}

/// Deletes the webhooks that killed runs of this account left. Failures are only reported.
pub(super) async fn delete_abandoned(
    context: &mut Context,
    session: &Session,
) -> Result<Vec<Activity>, Failure> {
    let Some(config) = dirs::config(&context.env) else { return Ok(Vec::new()) };
    let scope: RunScope = scope(&session.account, &session.identity);
    let abandoned = WebhookRecord::abandoned(&config, &scope);
    delete_all(context, session, abandoned).await
}

async fn delete_all(
    context: &mut Context,
    session: &Session,
    abandoned: Vec<WebhookRecord>,
) -> Result<Vec<Activity>, Failure> {
    let mut deleted = Vec::new();
    for record in abandoned {
        let name = record.id.clone().unwrap_or_else(|| record.name.clone());
        match delete(session, record).await {
            Ok(id) => deleted.extend(
                id.map(|webhook_id| Activity::WebhookDeleted { at: context.clock.now(), webhook_id }),
            ),
            Err(error) => warn_not_deleted(context, &name, &error.to_string())?,
        }
    }
    Ok(deleted)
}

fn warn_not_deleted(context: &mut Context, name: &str, reason: &str) -> Result<(), Failure> {
    let line = format!(
        "Warning: could not delete the webhook {name}: {reason}. The next `cstar listen` tries again; or: cstar webhooks delete {name}"
    );
    Ok(context.output.warning(&style::warn(&sanitize(&line)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_only_for_this_machine() {
        for good in [
            "https://abc.example",
            "https://abc.example/x?y=1",
            "http://127.0.0.1:4749",
            "http://localhost:1/",
        ] {
            assert!(parse_url(good).is_ok(), "{good}");
        }
        for bad in ["http://abc.example", "http://10.0.0.1/", "ftp://x", "", "https://u:p@abc.example"] {
            assert!(parse_url(bad).is_err(), "{bad}");
        }
        assert_eq!(parse_url("https://abc.example/#x").unwrap().as_str(), "https://abc.example/");
    }

    #[test]
    fn receive_takes_an_address_or_a_port() {
        for (text, expected) in [
            ("0", "127.0.0.1:0"),
            ("4750", "127.0.0.1:4750"),
            ("localhost:1", "127.0.0.1:1"),
            ("0.0.0.0:8080", "0.0.0.0:8080"),
            ("[::1]:2", "[::1]:2"),
        ] {
            assert_eq!(parse_address(text).unwrap().to_string(), expected);
        }
        for bad in ["", "abc", "127.0.0.1", "70000", "host:1"] {
            assert!(parse_address(bad).is_err(), "{bad}");
        }
    }
}
