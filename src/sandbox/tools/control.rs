//! `/_sandbox/reset`, `/_sandbox/seed`, `/_sandbox/export` and `/_sandbox/import`: the endpoints behind the `cstar
//! sandbox` commands for a running sandbox (ours). Like `/_sandbox/faults`, they need a secret key only beyond
//! loopback.

use std::io::{self, Write};

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::import_export::outcome::TransferError;
use super::import_export::{self, Access};
use super::seed::{self, Plan};
use crate::sandbox::caller::Environment;
use crate::sandbox::http::body as json_body;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::guard::IMPORT_LIMIT;
use crate::sandbox::model::bootstrap;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::state::{self, Shared};
use crate::sandbox::store::change::Events;

/// `POST /_sandbox/reset`: restores the initial state. Open streams and faults are kept.
pub(crate) async fn reset(State(state): State<Shared>) -> Result<Json<Value>, ApiError> {
    blocking(state, |state| {
        let meta = RequestMeta::new(&state.settings.clock);
        state.store.write(Environment::Test, &meta, |change| {
            change.events = Events::Suppress;
            change.clear()?;
            change.clear_access()?;
            for environment in Environment::ALL {
                change.switch_environment(environment);
                bootstrap::create_initial(change)?;
            }
            Ok::<_, ApiError>(())
        })?;
        state.reload_keys()?;
        Ok(json!({ "reset": true }))
    })
    .await
}

/// `POST /_sandbox/seed`: accepts the options of `cstar sandbox seed`, all optional.
pub(crate) async fn seed(State(state): State<Shared>, body: Bytes) -> Result<Json<Value>, ApiError> {
    let members = if body.is_empty() { Map::new() } else { json_body::members(&body)? };
    let plan = plan(&members)?;
    blocking(state, move |state| {
        let is_new = seed::seed_store(&state.store, &plan, &mut |_, _| {})?;
        Ok(json!({ "seeded": is_new }))
    })
    .await
}

/// The members of a seed.
const PLAN: [&str; 5] = ["tickets", "customers", "seed", "environment", "events"];

fn plan(members: &Map<String, Value>) -> Result<Plan, ApiError> {
    if let Some(name) = members.keys().find(|name| !PLAN.contains(&name.as_str())) {
        let message = format!(
            "There is no field '{name:.40}'; there are 'tickets', 'customers', 'seed', 'environment' and 'events'."
        );
        return Err(ApiError::parameter_invalid("tickets", message));
    }
    let number = |name: &'static str, usual: u64, most: u64| match members.get(name) {
        None | Some(Value::Null) => Ok(usual),
        Some(value) => value.as_u64().filter(|number| *number <= most).ok_or_else(|| {
            ApiError::parameter_invalid(
                name,
                format!("The '{name}' field must be a whole number up to {most}."),
            )
        }),
    };
    let count = |name, usual| {
        number(name, usual, MOST_OBJECTS).map(|number| u32::try_from(number).unwrap_or_default())
    };
    let name = members.get("environment").filter(|name| !name.is_null());
    Ok(Plan {
        environment: environment(name.map(|name| name.as_str().unwrap_or_default()))?,
        customers: count("customers", 30)?,
        tickets: count("tickets", 100)?,
        seed: number("seed", 1, u64::MAX)?,
        events: flag(members, "events")?,
    })
}

/// A member that is true or false. Anything else is an error: a `"true"` that counts as false would be hard to find.
fn flag(members: &Map<String, Value>, name: &'static str) -> Result<bool, ApiError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => {
            Err(ApiError::parameter_invalid(name, format!("The '{name}' field must be true or false.")))
        }
    }
}

/// The environment with this name; without one, test data.
pub(crate) fn environment(name: Option<&str>) -> Result<Environment, ApiError> {
    name.map_or(Some(Environment::Test), Environment::parse).ok_or_else(|| {
        ApiError::parameter_invalid("environment", "The 'environment' field must be 'test' or 'live'.")
    })
}

/// The maximum number of customers or tickets in one request.
pub(crate) const MOST_OBJECTS: u64 = 1_000_000;

/// `POST /_sandbox/export`: returns `{"state": …}`, which `POST /_sandbox/import` accepts.
pub(crate) async fn export(State(state): State<Shared>) -> Result<Json<Value>, ApiError> {
    blocking(state, |state| {
        let mut text = Bounded(Vec::new());
        let counts = import_export::export(&state.store, &mut text).map_err(|error| match error {
            TransferError::Sql(error) => error.into(),
            other => ApiError::parameter_invalid("state", other.to_string()),
        })?;
        let text = String::from_utf8(text.0).map_err(|_| ApiError::internal())?;
        Ok(json!({ "state": text, "objects": counts }))
    })
    .await
}

/// A buffer with the size limit of an import.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > IMPORT_LIMIT {
            let most = IMPORT_LIMIT / 1024 / 1024;
            return Err(io::Error::other(format!(
                "it has more than {most} MiB; stop the sandbox to export it"
            )));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `POST /_sandbox/import`: accepts `{"state": …, "accept_access": false}`.
pub(crate) async fn import(State(state): State<Shared>, body: Bytes) -> Result<Json<Value>, ApiError> {
    let mut members = json_body::members(&body)?;
    let Some(Value::String(text)) = members.remove("state") else {
        return Err(ApiError::parameter_missing("state"));
    };
    let access = if flag(&members, "accept_access")? { Access::Accepted } else { Access::Denied };
    blocking(state, move |state| {
        let counts =
            import_export::import(&state.store, &mut text.as_bytes(), access).map_err(
                |error| match error {
                    TransferError::Sql(error) => error.into(),
                    access @ TransferError::Access(_) => {
                        ApiError::parameter_invalid("accept_access", access.to_string())
                    }
                    other => ApiError::parameter_invalid("state", other.to_string()),
                },
            )?;
        state.reload_keys()?;
        Ok(json!({ "objects": counts }))
    })
    .await
}

/// Runs long work outside the threads that serve other requests.
pub(crate) async fn blocking(
    state: Shared,
    work: impl FnOnce(&state::State) -> Result<Value, ApiError> + Send + 'static,
) -> Result<Json<Value>, ApiError> {
    let done = tokio::task::spawn_blocking(move || {
        let _operation = state.readiness.operation();
        work(&state)
    })
    .await;
    done.map_err(|_| ApiError::internal())?.map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_seed_members_are_refused() {
        let read = |text: &str| plan(&serde_json::from_str(text).unwrap());
        let plan =
            read(r#"{"tickets":5,"customers":2,"seed":7,"environment":"live","events":true}"#).unwrap();
        assert_eq!((plan.tickets, plan.customers, plan.seed), (5, 2, 7));
        assert!(read("{}").is_ok(), "all members are optional");
        let error = read(r#"{"tickets":5,"ticket":5}"#).unwrap_err();
        assert_eq!((error.status.as_u16(), error.code), (400, "PARAMETER_INVALID"));
        let message = "There is no field 'ticket'; there are 'tickets', 'customers', 'seed', 'environment' and 'events'.";
        assert_eq!(error.message, message);
    }
}
