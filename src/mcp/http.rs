//! The protocol over HTTP, for clients that need a URL: on loopback only, with a token, and closed to web pages
//! (`Host` and `Origin` are checked on every request).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use hyper_util::service::TowerToHyperService;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::backend::Backend;
use super::post::prepare;
use super::server::Server;
use super::tools::ToolFilter;
use crate::Secret;
use crate::host::io_error::io_message;
use crate::host::random;
use crate::net;
use crate::output::Failure;

const PATH: &str = "/mcp";
/// How long connections may take to finish when the server stops.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

/// A server that listens but does not accept connections yet.
#[derive(Debug)]
pub(crate) struct HttpServer {
    listener: TcpListener,
    address: SocketAddr,
    token: Secret,
}

impl HttpServer {
    /// Listens on `address`, which must be loopback; port 0 selects a free port. The token is new each time.
    pub(crate) async fn bind(address: SocketAddr) -> Result<Self, Failure> {
        if !address.ip().is_loopback() {
            return Err(Failure::usage(format!("`{address}` is not a loopback address"))
                .hint("write it like 127.0.0.1:8808"));
        }
        let failed =
            |error| Failure::failed(format!("could not listen on {address}: {}", io_message(&error)));
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let token = random::secret::<32>();
        let token = token.map_err(|error| Failure::failed(format!("could not make a token: {error}")))?;
        Ok(Self { listener, address, token: Secret::new(token) })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// The bearer token of clients. Printed once, at the start.
    pub(crate) fn token(&self) -> &Secret {
        &self.token
    }
}

/// Serves clients until `stop` ends. Calls in flight then get a second to finish.
pub(crate) async fn serve_http(
    http: HttpServer,
    backend: Backend,
    filter: &ToolFilter,
    stop: impl Future<Output = ()>,
) {
    // A closed connection ends its own calls; this sender ends the calls of all connections.
    let (closed, closing) = watch::channel(false);
    let server = Server::new(Arc::new(backend), filter, closing.clone());
    let config = config(http.address.port());
    let ended = config.cancellation_token.clone();
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions, config);
    let router = Router::new()
        .route_service(&format!("{PATH}/"), service.clone())
        .route_service(PATH, service)
        .route_layer(from_fn(prepare))
        .layer(from_fn_with_state(Arc::new(http.token), require_token));
    let router = TowerToHyperService::new(router);
    // dropping the set aborts the remaining connections
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            (stream, _) = net::accept(&http.listener, None) => {
                connections.spawn(net::serve_connection(stream, router.clone(), closing.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(http.listener);
    closed.send_replace(true);
    ended.cancel();
    let ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(SHUTDOWN_GRACE, ended).await;
}

/// Rejects web pages of other origins, and names that merely resolve to this machine (DNS rebinding).
fn config(port: u16) -> StreamableHttpServerConfig {
    let hosts = ["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{host}:{port}"));
    let origins = hosts.clone().map(|host| format!("http://{host}"));
    StreamableHttpServerConfig::default()
        .with_allowed_hosts(hosts)
        .with_allowed_origins(origins)
        .enforce_origin_validation()
}

async fn require_token(State(token): State<Arc<Secret>>, request: Request, next: Next) -> Response {
    if has_token(request.headers(), &token) {
        return next.run(request).await;
    }
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
    let text = "send the token that cstar mcp-server printed at its start, as Authorization: Bearer\n";
    (StatusCode::UNAUTHORIZED, challenge, text).into_response()
}

fn has_token(headers: &HeaderMap, token: &Secret) -> bool {
    let given = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes()).unwrap_or_default();
    let given = given.strip_prefix(b"Bearer ").unwrap_or_default();
    given.ct_eq(token.expose().as_bytes()).into()
}
