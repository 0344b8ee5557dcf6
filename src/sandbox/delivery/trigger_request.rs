//! The body of `trigger-test` and of `/_sandbox/events`: which event, and what to lay over its sample data.

use crate::event::{self, EventType, Json};
use crate::host::random;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox_info;

pub(crate) struct TriggerRequest {
    pub(crate) event: &'static EventType,
    overrides: Option<Json>,
    /// Only in `/_sandbox/events`: the keys of the other requests have an environment.
    pub(crate) environment: Option<String>,
}

impl TriggerRequest {
    /// The sample data of the event with the overrides.
    pub(crate) fn data(&self, meta: &RequestMeta) -> Json {
        let unique = random::alphanumeric::<24>();
        sandbox_info::sample_data(self.event, meta.time, &unique, self.overrides.as_ref())
    }

    /// `member` has the name of the event.
    pub(crate) fn parse(body: &[u8], member: &'static str) -> Result<Self, ApiError> {
        // not parsed to values, so that numbers reach the receivers exactly as they were written
        let body = match Json::parse(body) {
            Ok(body @ Json::Object(_)) => body,
            Ok(_) => return Err(ApiError::invalid_json("The request body must be a JSON object.")),
            Err(error) => {
                return Err(ApiError::invalid_json(format!("The request body is not valid JSON: {error}")));
            }
        };
        let given = |name| body.get(name).filter(|value| !value.is_null());
        let name = given(member).ok_or_else(|| ApiError::parameter_missing(member))?;
        let Some(name) = name.as_string() else {
            let message = format!("The '{member}' field must be a string.");
            return Err(ApiError::parameter_invalid(member, message));
        };
        let event = event::find(&name).ok_or_else(|| ApiError::unknown_event(member, &name))?;
        let overrides = match given("data") {
            Some(data @ Json::Object(_)) => Some(data.clone()),
            Some(_) => {
                return Err(ApiError::parameter_invalid("data", "The 'data' field must be a JSON object."));
            }
            None => None,
        };
        let environment = given("environment").map(|name| name.as_string().unwrap_or_default());
        Ok(Self { event, overrides, environment })
    }
}
