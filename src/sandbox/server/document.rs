//! The OpenAPI 3.1 document of the sandbox, made from the routes that are served, and the route that serves it.

use std::future::{Ready, ready};
use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::route::Route;
use super::routes;
use crate::sandbox::openapi::operation::{Key, Parameter};
use crate::sandbox::openapi::{about, components, deliveries, envelopes, refusals};
use crate::sandbox::state::Shared;
use crate::sandbox_info::DEFAULT_PORT;

/// The version of the specification that the document follows.
const OPENAPI: &str = "3.1.0";
/// OpenAPI 3.1 uses plain JSON schema.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

const ABOUT: &str = "A local cStar for development and tests. What a public page of cStar shows is marked \
    `x-cstar-source: documented`, what this project decided where the pages are silent `ours`: on operations, \
    schemas and members. A member takes after the schema that it is in. Lengths and other limits of members are ours. \
    Members listed in `x-cstar-sandbox-required` are always there in the sandbox, though not in every documented \
    sample. Members of a request that are not described are ignored. The response to a change shows the object before \
    automations ran on it (ours: no page says which).";

/// The document, and the number of its operations.
#[derive(Debug)]
pub(crate) struct Description {
    /// JSON with a final line break. It never changes.
    pub(crate) text: String,
    pub(crate) operations: usize,
}

/// The document of a sandbox at the default port.
pub(crate) fn describe() -> Description {
    at_port(DEFAULT_PORT)
}

/// The same for a sandbox at `port`.
fn at_port(port: u16) -> Description {
    let routes = all_routes();
    Description { text: format!("{:#}\n", document(&routes, port)), operations: routes.len() }
}

/// An operation in a few words.
#[derive(Clone, Debug)]
pub(crate) struct OperationSummary {
    pub(crate) method: String,
    /// With `{team}` and `{id}`.
    pub(crate) path: String,
    pub(crate) summary: String,
    /// `documented` or `ours`.
    pub(crate) source: &'static str,
}

/// Every operation of the API and of the control of the sandbox, in the order of the document.
pub(crate) fn operations() -> Vec<OperationSummary> {
    let routes = all_routes()
        .into_iter()
        .filter(|route| route.path.starts_with("/api/") || route.path.starts_with("/_"));
    routes
        .map(|route| OperationSummary {
            method: route.method.to_string(),
            path: route.path,
            summary: route.operation.summary,
            source: route.operation.source.as_str(),
        })
        .collect()
}

/// The document that describes these routes.
fn document(routes: &[Route], port: u16) -> Value {
    let mut named = Map::new();
    let paths = paths(routes, &mut named);
    let mut document = json!({
        "openapi": OPENAPI,
        "info": {
            "title": "cStar sandbox",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "jsonSchemaDialect": DIALECT,
        "servers": [{
            "url": "http://127.0.0.1:{port}",
            "description": "The sandbox on this machine",
            "variables": { "port": { "default": port.to_string() } },
        }],
        "tags": groups(routes),
        "paths": paths,
        "webhooks": deliveries::webhooks(&mut named),
    });
    document["components"] = components::all(named);
    document
}

/// The groups, in the order of the document.
fn groups(routes: &[Route]) -> Vec<Value> {
    let mut groups: Vec<&str> = Vec::new();
    for route in routes {
        if !groups.contains(&route.operation.group.as_str()) {
            groups.push(&route.operation.group);
        }
    }
    groups.into_iter().map(|group| json!({ "name": group })).collect()
}

fn paths(routes: &[Route], named: &mut Map<String, Value>) -> Map<String, Value> {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let operation = operation(route, named);
        let methods = paths.entry(route.path.clone()).or_insert_with(|| json!({}));
        methods[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    paths
}

/// A route in the form of OpenAPI. Adds the schemas that it refers to by name to `named`.
fn operation(route: &Route, named: &mut Map<String, Value>) -> Value {
    let operation = &route.operation;
    for schema in operation.schemas() {
        named.extend(schema.named.clone());
    }
    let mut json = json!({
        "operationId": operation.id,
        "tags": [operation.group],
        "summary": operation.summary,
    });
    if let Some(description) = &operation.description {
        json["description"] = description.as_str().into();
    }
    json["x-cstar-source"] = operation.source.as_str().into();
    json["security"] = components::security(operation.key);
    let parameters = parameters(route);
    if !parameters.is_empty() {
        json["parameters"] = parameters.into();
    }
    if let Some(body) = &operation.body {
        let content = json!({ "application/json": { "schema": body.json() } });
        json["requestBody"] = json!({ "required": !operation.body_is_optional, "content": content });
    }
    json["responses"] = responses(route, named).into();
    json
}

/// The parameters of the operation, and those that follow from the path and the method.
fn parameters(route: &Route) -> Vec<Value> {
    let operation = &route.operation;
    let mut parameters = Vec::new();
    if route.path.contains("{team}") {
        let name = if operation.key == Key::None { "LibraryTeam" } else { "Team" };
        parameters.push(components::parameter(name));
    }
    parameters.extend(operation.parameters.iter().map(Parameter::json));
    if operation.once {
        parameters.push(components::parameter("IdempotencyKey"));
    }
    if operation.key != Key::None {
        parameters.push(components::parameter("CStarVersion"));
    }
    parameters
}

fn responses(route: &Route, named: &mut Map<String, Value>) -> Map<String, Value> {
    let mut responses = Map::new();
    for answer in &route.operation.answers {
        let response = envelopes::response(answer, &route.operation, named);
        responses.insert(answer.status.to_string(), response.into());
    }
    responses.extend(refusals::responses_for(&route.operation, &route.path));
    responses
}

/// Every route, including that of the document.
pub(crate) fn all_routes() -> Vec<Route> {
    let mut routes = routes::described();
    routes.push(Route::get("/openapi.json", served(), about::description()));
    routes.extend(routes::plain());
    routes
}

/// Returns the document, which is built on the first request.
pub(crate) fn served() -> impl Fn(State<Shared>) -> Ready<Response> + Clone + Send + Sync + 'static {
    let made: Arc<OnceLock<Bytes>> = Arc::default();
    move |State(state)| {
        let text = made.get_or_init(|| at_port(state.port).text.into());
        ready(([(CONTENT_TYPE, "application/json")], text.clone()).into_response())
    }
}
