//! The routes for many objects at once, and for the log of all changes.

use crate::sandbox::model::{audit_log, bulk, export, import};
use crate::sandbox::openapi;
use crate::sandbox::server::route::{Route, in_team};

pub(crate) fn routes() -> [Route; 4] {
    [
        Route::post(in_team("bulk"), bulk::perform_bulk, openapi::bulk::bulk()),
        Route::post(in_team("import"), import::perform_import, openapi::import::import()),
        Route::post(in_team("export"), export::export, openapi::export::export()),
        Route::get(in_team("audit-log"), audit_log::list, openapi::audit_log::list()),
    ]
}
