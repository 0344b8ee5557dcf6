//! The OpenAPI 3.1 document of the JSON API, made from the list of routes.
//!
//! It is a document of its own, also in the sandbox: that one describes the API of cStar with its keys, envelopes and
//! errors, none of which apply here, and `--no-ui` leaves these routes out.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::api;
use super::route::Route;
use super::state::Shared;

const ABOUT: &str = "Received events, how they were delivered, and the sandbox of this machine. `cstar ui`, `cstar listen \
    --ui` and `cstar sandbox` serve it, each with a page for the browser. Send the token of the printed address as \
    `Authorization: Bearer`. Bodies are text, exactly as received; one that is not UTF-8 is in `body_hex`.";

/// `GET /_inspector/openapi.json`. It has no secrets and needs no token.
pub(super) async fn served(State(_): State<Shared>) -> Response {
    let text = format!("{:#}\n", document(&api::routes()));
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

fn document(routes: &[Route]) -> Value {
    let mut paths = Map::new();
    for route in routes.iter().filter(|route| !route.description.id.is_empty()) {
        // OpenAPI has no parameters that span several segments.
        let path = route.path.replace("{*", "{");
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        methods[route.method.as_str().to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "cStar inspector",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "tags": [{ "name": "inspector" }],
        "paths": paths,
        "components": {
            "schemas": { "Error": error() },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "From the printed address" },
                "session": { "type": "apiKey", "in": "cookie", "name": "cstar-inspector-PORT" },
            },
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": { "error": {
            "type": "object",
            "required": ["message", "hint"],
            "properties": {
                "message": { "type": "string" },
                "hint": { "type": ["string", "null"], "description": "What to do next" },
            },
        } },
    })
}

fn operation(route: &Route) -> Value {
    let description = &route.description;
    let mut parameters = Vec::new();
    if route.path.contains("{event}") {
        parameters.push(json!({
            "name": "event",
            "in": "path",
            "required": true,
            "description": "Key or id of an event, or the beginning or end of an id",
            "schema": { "type": "string" },
        }));
    }
    parameters.extend(description.query.iter().map(|(name, kind, meaning)| {
        json!({
            "name": name,
            "in": "query",
            "description": meaning,
            "schema": { "type": kind },
        })
    }));
    let mut value = json!({
        "operationId": description.id,
        "tags": ["inspector"],
        "summary": description.summary,
        "security": if route.is_private { json!([{ "token": [] }, { "session": [] }]) } else { json!([]) },
        "parameters": parameters,
        "responses": responses(route),
    });
    if let Some(body) = &description.body {
        let content = json!({ "application/json": { "schema": body } });
        value["requestBody"] = json!({ "required": true, "content": content });
    }
    value
}

fn responses(route: &Route) -> Value {
    let description = &route.description;
    let schema = description.answer.clone().unwrap_or_else(|| json!({ "type": "string" }));
    let mut responses = match description.content {
        Some(kind) => json!({ "200": {
            "description": "It worked",
            "content": { kind: { "schema": schema } },
        } }),
        None => json!({ "204": { "description": "It worked" } }),
    };
    responses["default"] = json!({
        "description": "It failed",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
    });
    responses
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;

    #[test]
    fn every_route_is_described() {
        let mut ids = std::collections::HashSet::new();
        for route in api::routes() {
            let description = &route.description;
            assert!(!description.summary.is_empty(), "{} {} is not described", route.method, route.path);
            assert!(ids.insert(description.id), "{} is there twice", description.id);
            let has_body = description.body.is_some();
            assert_eq!(has_body, route.method == Method::POST, "{} {}", route.method, route.path);
        }
        assert!(ids.len() > 15, "{ids:?}");
    }
}
