//! The envelope of successful responses: `{"success": true, "data": …, "meta": …}` (documented), parsed leniently.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ApiError;

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

/// Parses the `data` member of a response.
pub(super) fn data<T: DeserializeOwned>(answer: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice::<Envelope<T>>(answer)
        .map(|envelope| envelope.data)
        .map_err(ApiError::InvalidResponse)
}
