//! The answers of a sandbox that has its port but still reads an import or creates sample data: 503 to everything, so
//! that a health check learns more than that the port is open.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Bound;
use crate::host::clock::Clock;
use crate::net;
use crate::sandbox::http::envelope;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::request_meta::RequestMeta;

/// The most clients that are answered at the same time.
const CONNECTIONS: usize = 64;
/// How long the last answers may take to be sent.
const GRACE: Duration = Duration::from_millis(200);

/// Answers at `bound` until `work` is done.
pub(crate) async fn answer_starting<T>(bound: &Bound, work: impl Future<Output = T>) -> T {
    let service = TowerToHyperService::new(Router::new().fallback(starting));
    let (close, closing) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut work = pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            (stream, _) = net::accept(&bound.first, bound.second.as_ref()), if connections.len() < CONNECTIONS => {
                connections.spawn(net::serve_connection(stream, service.clone(), closing.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    };
    let _ = close.send(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, ended).await;
    done
}

async fn starting(_: Request) -> axum::response::Response {
    let error = ApiError::not_ready("it is starting");
    envelope::finish(error.into_response(), &RequestMeta::new(&Clock::System))
}
