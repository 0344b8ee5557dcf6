//! The operations of the JSON API, one file per resource.

mod config;
mod detail;
mod events;
mod session;

use super::route::Route;

/// Every operation.
pub(super) fn routes() -> Vec<Route> {
    [session::routes(), config::routes(), events::routes(), detail::routes()].into_iter().flatten().collect()
}
