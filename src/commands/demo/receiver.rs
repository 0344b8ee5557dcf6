//! The server of the demo. It verifies with the public library, as a user's server would.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jiff::Timestamp;
use reqwest::Url;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::Secret;
use crate::event::{Event, ReceivedEvent};
use crate::forward::{self, CLI_WEBHOOK_ID, DeliverOptions};
use crate::net::{TargetClient, TargetOptions};
use crate::output::Failure;
use crate::signature::{SIGNATURE_HEADER, SIGNATURE_HEADER_ALIAS, Signer, Verifier};

/// Far more than any step takes: without it a bug would look like a hang.
pub(super) const TIMEOUT: Duration = Duration::from_secs(15);

/// One request as the receiver got it, and the result of its verification.
#[derive(Debug)]
pub(super) struct Receipt {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The event, or why it is not authentic.
    pub(super) verified: Result<Event, String>,
    /// Whether both signature headers carry the same value.
    pub(super) alias_matches: bool,
}

/// The running server.
#[derive(Debug)]
pub(super) struct Receiver {
    pub(super) url: Url,
    receipts: mpsc::Receiver<Receipt>,
}

struct Shared {
    verifier: Verifier,
    receipts: mpsc::Sender<Receipt>,
}

impl Receiver {
    /// Starts on a free port. The task ends with the runtime.
    pub(super) async fn start(secret: &Secret) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Failure::from)?;
        let port = listener.local_addr().map_err(Failure::from)?.port();
        let (sender, receipts) = mpsc::channel(64);
        let shared = Shared { verifier: Verifier::new(secret.expose()), receipts: sender };
        let app = Router::new().route("/webhook", post(receive)).with_state(Arc::new(shared));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let url =
            crate::args::target::parse(&format!("localhost:{port}/webhook")).map_err(Failure::failed)?;
        Ok(Self { url, receipts })
    }

    /// The next request it answers.
    pub(super) async fn next(&mut self) -> Receipt {
        match self.receipts.recv().await {
            Some(receipt) => receipt,
            None => std::future::pending().await,
        }
    }

    /// Sends `original` again with one character of its body changed, and returns how the receiver verified it.
    pub(super) async fn forge(&mut self, original: &Receipt, now: Timestamp) -> Result<Receipt, Failure> {
        let event = original.verified.as_ref().map_err(|reason| Failure::failed(reason.clone()))?;
        let mut body = original.body.to_vec();
        if let Some(last) = body.iter_mut().rev().find(|byte| byte.is_ascii_digit()) {
            *last = if *last == b'0' { b'1' } else { b'0' };
        }
        let mut extra = original.headers.clone();
        extra.remove(CONTENT_LENGTH);
        let forged =
            ReceivedEvent { body: body.into(), ..ReceivedEvent::from_event(event, CLI_WEBHOOK_ID, now) };
        let endpoint = TargetClient::new(TargetOptions::default())?.endpoint(&self.url).into();
        // Without the secret, a forger can only repeat the original headers, which replace these.
        let signer = Signer::new("");
        let options = DeliverOptions { signer: &signer, now, attempt: 1, extra: &extra, timeout: None };
        let (sent, _) = forward::deliver(&endpoint, &forged, options).await;
        if sent.outcome.status().is_none() {
            let reason = sent.outcome.reason();
            return Err(Failure::failed(format!("could not send the forgery: the receiver {reason}")));
        }
        within(self.next(), "the receiver to get the forgery").await
    }
}

async fn receive(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    let verified =
        shared.verifier.construct_event(body.clone(), signature).map_err(|error| error.to_string());
    let alias_matches = headers.get(SIGNATURE_HEADER_ALIAS) == headers.get(SIGNATURE_HEADER);
    let answer = match &verified {
        Ok(_) => (StatusCode::OK, r#"{"received":true}"#.to_owned()),
        Err(reason) => (StatusCode::UNAUTHORIZED, reason.clone()),
    };
    let _ = shared.receipts.send(Receipt { headers, body, verified, alias_matches }).await;
    answer
}

/// Fails when `future` is not ready within [`TIMEOUT`].
pub(super) async fn within<T>(future: impl Future<Output = T>, what: &str) -> Result<T, Failure> {
    tokio::time::timeout(TIMEOUT, future)
        .await
        .map_err(|_| Failure::failed(format!("waited {} s for {what}", TIMEOUT.as_secs())))
}
