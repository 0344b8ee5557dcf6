//! Request bodies that are JSON objects.

use serde_json::{Map, Value};

use super::error::ApiError;

/// The members of a JSON object.
pub(crate) fn members(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(ApiError::invalid_json("The request body must be a JSON object.")),
        Err(error) => Err(ApiError::invalid_json(format!("The request body is not valid JSON: {error}"))),
    }
}
