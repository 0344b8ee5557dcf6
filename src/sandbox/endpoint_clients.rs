//! The HTTP clients that deliver to webhooks. They are kept to reuse connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use url::Url;

use super::lock::locked;
use crate::net::{Endpoint, TargetClient, TargetOptions};

/// How many endpoints keep their connections.
const ENDPOINTS: usize = 256;

/// One client for https, which loads the certificates of the system, and one for http.
/// Neither carries a key, uses a proxy or follows redirects.
#[derive(Debug)]
pub(crate) struct EndpointClients {
    plain: TargetClient,
    https: OnceLock<Option<TargetClient>>,
    /// By URL.
    endpoints: Mutex<HashMap<String, Arc<Endpoint>>>,
}

impl EndpointClients {
    /// `None` if TLS cannot be set up on this machine.
    pub(crate) fn new() -> Option<Self> {
        let plain = client(false)?;
        Some(Self { plain, https: OnceLock::new(), endpoints: Mutex::default() })
    }

    pub(crate) fn endpoint(&self, address: &str) -> Option<Arc<Endpoint>> {
        if let Some(known) = locked(&self.endpoints).get(address) {
            return Some(Arc::clone(known));
        }
        let url = Url::parse(address).ok()?;
        let client = match url.scheme() {
            "https" => self.https.get_or_init(|| client(true)).as_ref()?,
            _ => &self.plain,
        };
        let endpoint = Arc::new(client.endpoint(&url));
        let mut endpoints = locked(&self.endpoints);
        if endpoints.len() >= ENDPOINTS {
            endpoints.clear();
        }
        endpoints.insert(address.to_owned(), Arc::clone(&endpoint));
        Some(endpoint)
    }
}

fn client(https: bool) -> Option<TargetClient> {
    TargetClient::new(TargetOptions { insecure: false, https }).ok()
}
