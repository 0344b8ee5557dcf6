//! The server of `listen --ui` and `ui`, on loopback and on a thread of its own, and the router that the sandbox serves
//! too.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::{any, get};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::error::ApiError;
use super::input::BODY_LIMIT;
use super::state::Inspector;
use super::{api, assets, guard, openapi};
use crate::net;

/// The port of `listen --ui` and `ui`, unless another one is given.
pub(crate) const DEFAULT_PORT: u16 = 4748;
/// How many ports from the default one on are tried.
const PORT_TRIES: u16 = 20;
/// The most connections; other clients wait. A browser uses six, and one more for each open page.
const CONNECTIONS: usize = 128;
/// How long connections may take to finish when the server stops.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

/// The page and its API below `/_inspector`.
pub(crate) fn router(inspector: Arc<Inspector>) -> Router {
    let (mut open, mut private) = (Router::new(), Router::new());
    for route in api::routes() {
        match route.is_private {
            true => private = private.route(route.path, route.handler),
            false => open = open.route(route.path, route.handler),
        }
    }
    let token = from_fn_with_state(Arc::clone(&inspector), guard::require_token);
    open.route("/_inspector", get(async || Redirect::permanent("/_inspector/")))
        .route("/_inspector/", get(assets::index))
        .route("/_inspector/assets/{*name}", get(assets::asset))
        .route("/_inspector/openapi.json", get(openapi::served))
        .merge(private.route_layer(token))
        .route("/_inspector/{*rest}", any(async || ApiError::not_found("there is no such path")))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .route_layer(from_fn(guard::check))
        .with_state(inspector)
}

/// A running server. It stops when this is dropped or stopped.
#[derive(Debug)]
pub(crate) struct InspectorServer {
    address: SocketAddr,
    inspector: Arc<Inspector>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl InspectorServer {
    /// Serves on this port of 127.0.0.1. Without one, on the default port or the next free one.
    pub(crate) fn start(port: Option<u16>, inspector: Arc<Inspector>) -> io::Result<Self> {
        let listener = bind(port)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let served = Arc::clone(&inspector);
        let thread = std::thread::Builder::new().name("inspector".to_owned()).spawn(move || {
            runtime.block_on(serve(listener, served, stopped));
            runtime.shutdown_background();
        })?;
        Ok(Self { address, inspector, stop, thread: Some(thread) })
    }

    /// Where clients on this machine find it.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for InspectorServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.inspector.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn bind(port: Option<u16>) -> io::Result<std::net::TcpListener> {
    let at = |port| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    if let Some(port) = port {
        return at(port);
    }
    let mut ports = DEFAULT_PORT..DEFAULT_PORT + PORT_TRIES;
    ports.find_map(|port| at(port).ok()).map_or_else(|| at(0), Ok)
}

async fn serve(listener: std::net::TcpListener, inspector: Arc<Inspector>, mut stop: watch::Receiver<bool>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let root = Router::new().route("/", get(async || Redirect::temporary("/_inspector/")));
    let root = root.route("/openapi.json", get(async || Redirect::temporary("/_inspector/openapi.json")));
    let root = root.route_layer(from_fn(guard::check));
    let lost = async || ApiError::not_found("there is no such path");
    let router = TowerToHyperService::new(root.merge(router(inspector)).fallback(lost));
    // Dropping the set aborts the remaining connections.
    let mut connections = JoinSet::new();
    let closing = stop.clone();
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            (stream, _) = net::accept(&listener, None), if connections.len() < CONNECTIONS => {
                connections.spawn(net::serve_connection(stream, router.clone(), closing.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(SHUTDOWN_GRACE, ended).await;
}
