//! The operations of the JSON API, one file per resource.

mod cause;
mod config;
mod copy;
mod detail;
mod events;
mod neighbours;
mod proxy;
mod replay;
mod secret;
mod send;
mod session;
mod signatures;
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
        secret::routes(),
        proxy::routes(),
    ];
    all.into_iter().flatten().collect()
}
