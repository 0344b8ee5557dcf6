//! What every request of a customer has: a team, an environment, members, and an answer about the customer.

use axum::http::Uri;
use serde_json::{Map, Value};

use crate::sandbox::caller::Environment;
use crate::sandbox::http::envelope::Rendered;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::Params;
use crate::sandbox::model::customers::CUSTOMERS;
use crate::sandbox::model::input::Input;
use crate::sandbox::model::resource::{Resource, set};
use crate::sandbox::model::{automation_runs, operations, view};
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::state::State as Sandbox;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Object};

/// What a customer sees of themselves: `notes` and the like are for agents.
pub(crate) const SHOWN: [&str; 3] = ["id", "email", "name"];

/// Changes the data of a team in one transaction, with the automations that this starts.
pub(super) fn write(
    state: &Sandbox,
    team: &str,
    environment: Environment,
    work: impl FnOnce(&mut Change<'_>, &RequestMeta) -> Result<Rendered, ApiError>,
) -> Result<Rendered, ApiError> {
    if !state.store.team().is_named(team) {
        return Err(ApiError::resource_missing("Team"));
    }
    let meta = RequestMeta::new(&state.settings.clock);
    state.store.write(environment, &meta, |change| {
        let rendered = work(change, &meta)?;
        automation_runs::run(change)?;
        Ok(rendered)
    })
}

pub(super) fn environment(uri: &Uri) -> Result<Environment, ApiError> {
    match Params::parse(uri)?.get("environment") {
        None => Ok(Environment::Live),
        Some(name) => Environment::parse(name).ok_or_else(|| {
            ApiError::parameter_invalid(
                "environment",
                "The 'environment' parameter must be one of: test, live.",
            )
        }),
    }
}

pub(super) fn required(members: &Map<String, Value>, name: &'static str) -> Result<String, ApiError> {
    match members.get(name) {
        None | Some(Value::Null) => Err(ApiError::parameter_missing(name)),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(ApiError::parameter_invalid(name, format!("The '{name}' field must be a string."))),
    }
}

pub(super) fn create(
    change: &mut Change<'_>,
    resource: &'static Resource,
    members: impl IntoIterator<Item = (&'static str, Value)>,
) -> Result<Object, ApiError> {
    let mut body = Body::new();
    members.into_iter().for_each(|(name, value)| set(&mut body, name, value));
    operations::create(change, resource, None, Input { body, arguments: Body::new() })
}

pub(super) fn shown(change: &Change<'_>, mut customer: Object) -> Result<Value, ApiError> {
    CUSTOMERS.rules.complete(change, &mut customer)?;
    let mut members = view::rest(&CUSTOMERS, &customer);
    members.retain(|name, _| SHOWN.contains(&name.as_str()));
    Ok(members.into())
}
