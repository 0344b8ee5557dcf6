//! The success envelope: `{"success": true, "data": …, "meta": …}` (documented), read tolerantly.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ApiError;

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

/// The `data` member of an answer.
pub(super) fn data<T: DeserializeOwned>(answer: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice::<Envelope<T>>(answer)
        .map(|envelope| envelope.data)
        .map_err(ApiError::InvalidResponse)
}
