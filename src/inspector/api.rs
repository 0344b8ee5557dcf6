//! The operations of the JSON API, one file per resource.

mod cause;
mod config;
mod copy;
mod detail;
mod events;
mod lookup;
mod neighbours;
mod proxy;
mod replay;
mod secret;
mod send;
mod session;
mod signatures;
mod stats;
mod stream;
mod trigger;
mod types;

use super::route::Route;

/// Every operation.
pub(super) fn routes() -> Vec<Route> {
    let all = [
        session::routes(),
        config::routes(),
        types::routes(),
        events::routes(),
        detail::routes(),
        copy::routes(),
        stream::routes(),
        replay::routes(),
        send::routes(),
        trigger::routes(),
        stats::routes(),
        secret::routes(),
        proxy::routes().into_iter().map(described).collect(),
    ];
    all.into_iter().flatten().collect()
}

/// The requests that are passed on, with any method, are described by the document of the sandbox.
fn described(route: Route) -> Route {
    route
        .named("passToSandbox", "Pass a request on to the sandbox of this machine, with its key; any method")
        .content("application/json")
}
