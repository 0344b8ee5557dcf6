//! The document itself: valid, complete, deterministic, and with exactly the served routes.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;

use crate::sandbox::server::document::{all_routes, describe};
use crate::sandbox::server::routes;
use crate::sandbox::settings::Settings;
use crate::sandbox::state::State;
use crate::sandbox::tests::client::Server;
use crate::sandbox::tests::openapi::{document, operations};

/// The source files of the sandbox, without tests.
fn sources(below: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn routes_are_added_in_one_place() {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox"), &mut found);
    assert!(found.len() > 40, "{}", found.len());
    let mut by_hand = Vec::new();
    for (file, text) in &found {
        let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for (number, line) in (1..).zip(shipped.lines()) {
            let adds = [".route(", ".route_service(", ".nest(", ".nest_service(", ".merge("]
                .iter()
                .any(|adds| line.contains(adds));
            if adds && !line.contains("router.route(&route.path, route.handler)") {
                by_hand.push(format!("{file}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(
        by_hand.is_empty(),
        "not described, since they are no `Route` in the lists of src/sandbox/server/routes.rs: {by_hand:#?}"
    );
}

/// A path that matches `template`.
fn filled(template: &str) -> String {
    let segment = |part: &str| if part.starts_with('{') { "x".to_owned() } else { part.to_owned() };
    template.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn router_and_document_have_the_same_routes() {
    let state = Arc::new(State::new(Settings::default(), 80));
    let router = TowerToHyperService::new(routes::served(all_routes()).layer(Extension(state)));
    let described: BTreeSet<String> = operations(&document()).into_iter().collect();
    assert_eq!(described.len(), all_routes().len(), "no route is described twice");
    let paths: BTreeSet<String> = all_routes().into_iter().map(|route| route.path).collect();
    for path in paths {
        for method in ["GET", "POST", "PATCH", "PUT", "DELETE"] {
            let request = Request::builder().method(method).uri(filled(&path)).body(Body::empty()).unwrap();
            // the router without authentication: a served route fails with another status
            let status = router.call(request).await.unwrap().status();
            let operation = format!("{method} {path}");
            let served = status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(served, described.contains(&operation), "{operation}: {status}");
        }
    }
}

/// Every value of `name` in the document, with its place.
fn all<'v>(value: &'v Value, name: &str, place: &str, found: &mut Vec<(String, &'v Value)>) {
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                all(item, name, &format!("{place}/{at}"), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                if key == name {
                    found.push((place.to_owned(), member));
                }
                all(member, name, &format!("{place}/{key}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn references_and_components_match() {
    let document = document();
    let mut references = Vec::new();
    all(&document, "$ref", "", &mut references);
    let references: BTreeSet<&str> =
        references.iter().map(|(_, reference)| reference.as_str().unwrap()).collect();
    for reference in &references {
        let found = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        assert!(found.is_some(), "{reference}");
    }
    let components = document["components"].as_object().unwrap();
    let kinds = components.iter().filter(|(kind, _)| *kind != "securitySchemes");
    for (kind, members) in kinds {
        for name in members.as_object().unwrap().keys() {
            let reference = format!("#/components/{kind}/{name}");
            assert!(references.contains(reference.as_str()), "{reference} is not used");
        }
    }
    assert!(references.len() > 60, "{}", references.len());
}

#[test]
fn schemas_are_valid_draft_2020_12() {
    let document = document();
    let mut schemas = Vec::new();
    all(&document, "schema", "", &mut schemas);
    let named = document["components"]["schemas"].as_object().unwrap();
    schemas.extend(named.iter().map(|(name, schema)| (name.clone(), schema)));
    assert!(schemas.len() > 150, "{}", schemas.len());
    for (place, schema) in schemas {
        let valid = jsonschema::draft202012::meta::validate(schema);
        assert!(valid.is_ok(), "{place}: {schema}");
        let mut patterns = Vec::new();
        all(schema, "pattern", "", &mut patterns);
        for (_, pattern) in patterns.iter().filter(|(_, pattern)| pattern.is_string()) {
            assert!(
                jsonschema::validator_for(&serde_json::json!({ "pattern": pattern })).is_ok(),
                "{pattern}"
            );
        }
    }
}

#[test]
fn operation_ids_and_parameters_are_complete() {
    let document = document();
    let mut ids = BTreeSet::new();
    for operation in operations(&document) {
        let (method, path) = operation.split_once(' ').unwrap();
        let described = &document["paths"][path][method.to_ascii_lowercase()];
        assert!(ids.insert(described["operationId"].as_str().unwrap()), "{operation}");
        assert!(
            ["documented", "ours"].contains(&described["x-cstar-source"].as_str().unwrap()),
            "{operation}"
        );
        let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let in_template: Vec<&str> = names.collect();
        let parameters = described["parameters"].as_array().cloned().unwrap_or_default();
        let parameters = parameters.iter().map(|parameter| match parameter["$ref"].as_str() {
            Some(reference) => document.pointer(&reference[1..]).unwrap(),
            None => parameter,
        });
        let declared: Vec<&Value> = parameters.collect();
        let in_path = declared.iter().filter(|one| one["in"] == "path" && one["required"] == true);
        let in_path: Vec<&str> = in_path.map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(in_path, in_template, "{operation}");
        let unique: BTreeSet<String> =
            declared.iter().map(|one| format!("{} {}", one["in"], one["name"])).collect();
        assert_eq!(unique.len(), declared.len(), "{operation}");
    }
    let mut links = Vec::new();
    all(&document["paths"], "operationId", "", &mut links);
    for (place, id) in links {
        assert!(ids.contains(id.as_str().unwrap()), "{place}: {id}");
    }
}

#[tokio::test]
async fn document_is_served_without_a_key() {
    let server = Server::start().await;
    let answer = server.send("GET /openapi.json", &[], "").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert!(answer.header("x-ratelimit-limit").is_none());
    let at_this_port = format!(r#""default": "{}""#, server.port);
    assert_eq!(answer.body, describe().text.replace(r#""default": "4747""#, &at_this_port));
    assert_eq!(describe().text, describe().text);
    assert_eq!(describe().operations, operations(&document()).len());
    let foreign = server.send("GET /openapi.json", &["Origin: http://evil.example"], "").await;
    assert_eq!((foreign.status, foreign.code().as_str()), (403, "origin_not_allowed"));
    let host = "GET /openapi.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(server.raw(host).await.code(), "host_not_allowed");
}

/// Calls `check` with every object in the document, and its place.
fn each_object(value: &Value, place: &str, check: &mut impl FnMut(&Value, &str)) {
    match value {
        Value::Array(items) => {
            (0..).zip(items).for_each(|(index, item)| each_object(item, &format!("{place}/{index}"), check));
        }
        Value::Object(members) => {
            check(value, place);
            members.iter().for_each(|(name, item)| each_object(item, &format!("{place}/{name}"), check));
        }
        _ => {}
    }
}

/// What is valid but makes a generator of clients warn, leave something out, or write code that does not compile. The
/// generators themselves are run by `tests/it/clients.rs`.
#[test]
fn document_has_nothing_generators_refuse() {
    let (mut objects, mut problems) = (0, Vec::new());
    each_object(&document(), "", &mut |schema, place| {
        objects += 1;
        let mut refuse = |what: &str| problems.push(format!("{place}: {what}"));
        if schema["in"] == "header" && schema["schema"]["format"].is_string() {
            refuse("a header with a format");
        }
        if schema["default"].is_object() && !schema["type"].is_null() {
            refuse("the default of an object");
        }
        if schema["type"] == "object" && schema.as_object().is_some_and(|schema| schema.len() == 1) {
            refuse("an object without `properties` and `additionalProperties`");
        }
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let optional = schema["properties"].as_object().into_iter().flatten();
        for (name, member) in optional.filter(|(name, _)| !required.contains(&name.as_str().into())) {
            if member["const"].is_boolean() {
                refuse(&format!("an optional boolean constant, `{name}`"));
            }
        }
    });
    assert!(objects > 5000, "{objects}");
    assert!(problems.is_empty(), "{problems:#?}");
}
