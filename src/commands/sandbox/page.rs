//! The inspector of a sandbox, a page for the browser.

use std::sync::Arc;

use crate::Secret;
use crate::account::AccountOptions;
use crate::commands::Context;
use crate::commands::inspector::inspector;
use crate::inspector::{self, Inspector, Mode};
use crate::output::Failure;
use crate::sandbox_info;

/// A page that a sandbox serves.
#[derive(Clone, Debug)]
pub(super) struct Page {
    inspector: Arc<Inspector>,
    /// Its address with the token.
    pub(super) url: String,
}

impl Page {
    /// It opens the history only when somebody looks at it.
    pub(super) fn new(context: &Context, base_url: &str, is_ephemeral: bool) -> Result<Self, Failure> {
        let options = AccountOptions {
            sandbox: true,
            base_url: Some(base_url.to_owned()),
            api_key: Some(Secret::new(sandbox_info::SECRET_TEST_KEY)),
            ..AccountOptions::default()
        };
        let inspector = inspector(context, (Mode::Sandbox, is_ephemeral), options, None, Vec::new())?;
        let url = inspector.url(base_url);
        Ok(Self { inspector, url })
    }

    /// The routes to serve beside those of the sandbox.
    pub(super) fn routes(&self) -> axum::Router {
        inspector::router(Arc::clone(&self.inspector))
    }

    /// Ends its streams, so that the sandbox can stop.
    pub(super) fn close(&self) {
        self.inspector.close();
    }
}
