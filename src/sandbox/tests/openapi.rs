//! The OpenAPI document: it is valid, it describes exactly the served routes, and responses match it.

mod bodies;
mod deliveries;
mod document;
mod responses;
mod samples;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::sandbox::server::document::describe;

/// The keyword with the members that the sandbox always sends, though not every documented sample has them.
const ALWAYS_HERE: &str = "x-cstar-sandbox-required";
fn document() -> Value {
    serde_json::from_str(&describe().text).unwrap()
}

/// Validates JSON against the document.
struct Checker {
    document: Value,
    /// Cached, because the document is large.
    validators: RefCell<HashMap<String, Rc<Validator>>>,
}

impl Checker {
    /// The unchanged document, which is valid for the samples of cStar too.
    fn lenient() -> Self {
        Self { document: document(), validators: RefCell::default() }
    }

    /// For responses of the sandbox: members that it always sends are required, and unknown members are errors.
    fn strict() -> Self {
        let mut document = document();
        tighten(&mut document);
        Self { document, validators: RefCell::default() }
    }

    /// The schema at a place in the document, such as `components/schemas/Ticket`.
    fn at(&self, place: &str) -> Rc<Validator> {
        let make = || {
            let reference = format!("#/{place}");
            let root = json!({ "$ref": reference, "paths": self.document["paths"], "components": self.document["components"] });
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            Rc::new(options.build(&root).unwrap_or_else(|error| panic!("{place}: {error}")))
        };
        Rc::clone(self.validators.borrow_mut().entry(place.to_owned()).or_insert_with(make))
    }

    /// Checks the body of a response. An `operation` looks like `GET /path/{template}`.
    fn check(&self, operation: &str, status: u16, body: &Value) {
        let (method, path) = operation.split_once(' ').unwrap();
        let method = method.to_ascii_lowercase();
        let described = &self.document["paths"][path][&method];
        assert!(described.is_object(), "{operation} is not described");
        let (mut response, mut place) = (
            &described["responses"][status.to_string()],
            format!("paths/{}/{method}/responses/{status}", path.replace('~', "~0").replace('/', "~1")),
        );
        assert!(response.is_object(), "{operation} answers {status}, which is not described: {body}");
        if let Some(reference) = response["$ref"].as_str() {
            place = reference.trim_start_matches("#/").to_owned();
            response = self.document.pointer(&reference[1..]).unwrap();
        }
        assert!(response["content"]["application/json"].is_object(), "{operation}: no body is described");
        let schema = self.at(&format!("{}/content/application~1json/schema", escaped(&place)));
        let problems: Vec<String> =
            schema.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(problems.is_empty(), "{operation} {status}: {problems:#?}\n{body:#}");
    }
}

/// Escapes a JSON pointer for a reference: braces are not valid in a URI.
fn escaped(place: &str) -> String {
    place.replace('{', "%7B").replace('}', "%7D")
}

fn tighten(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(tighten),
        Value::Object(members) => {
            if members.get("properties").is_some_and(Value::is_object) {
                close(members);
            }
            members.values_mut().for_each(tighten);
        }
        _ => {}
    }
}

/// Permits only the described members.
fn close(schema: &mut Map<String, Value>) {
    let here = schema.get(ALWAYS_HERE).cloned().unwrap_or_else(|| json!([]));
    let required = schema.entry("required").or_insert_with(|| json!([]));
    required.as_array_mut().unwrap().extend(here.as_array().unwrap().clone());
    schema.insert("additionalProperties".to_owned(), false.into());
}

/// Every described operation, such as `GET /path`.
fn operations(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_ascii_uppercase()))
        })
        .collect()
}
