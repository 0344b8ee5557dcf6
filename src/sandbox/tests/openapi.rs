//! The OpenAPI document: it is valid, it describes what is served and nothing else, and what is served is
//! as it says.

mod answers;
mod bodies;
mod document;
mod samples;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::sandbox::server::document::describe;

/// What the sandbox always sends, though not every documented sample has it.
const ALWAYS_HERE: &str = "x-cstar-sandbox-required";

/// The document.
fn document() -> Value {
    serde_json::from_str(&describe().text).unwrap()
}

/// Asks the document about JSON.
struct Judge {
    document: Value,
    /// Made once: the document is large.
    made: RefCell<HashMap<String, Rc<Validator>>>,
}

impl Judge {
    /// As the document is: it holds for cStar's samples too.
    fn lenient() -> Self {
        Self { document: document(), made: RefCell::default() }
    }

    /// As the sandbox answers: every member that it always sends is there, and none that is not described.
    fn strict() -> Self {
        let mut document = document();
        tighten(&mut document);
        Self { document, made: RefCell::default() }
    }

    /// The schema at a place in the document, such as `components/schemas/Ticket`.
    fn at(&self, place: &str) -> Rc<Validator> {
        let make = || {
            let reference = format!("#/{place}");
            let root = json!({ "$ref": reference, "paths": self.document["paths"], "components": self.document["components"] });
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            Rc::new(options.build(&root).unwrap_or_else(|error| panic!("{place}: {error}")))
        };
        Rc::clone(self.made.borrow_mut().entry(place.to_owned()).or_insert_with(make))
    }

    /// Checks the body of an answer to `GET /path/{template}` and the like.
    fn judge(&self, operation: &str, status: u16, body: &Value) {
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

/// A JSON pointer inside of a reference: braces are no characters of a URI.
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

/// An object with the members that are described and no others.
fn close(schema: &mut Map<String, Value>) {
    let here = schema.get(ALWAYS_HERE).cloned().unwrap_or_else(|| json!([]));
    let required = schema.entry("required").or_insert_with(|| json!([]));
    required.as_array_mut().unwrap().extend(here.as_array().unwrap().clone());
    schema.insert("additionalProperties".to_owned(), false.into());
}

/// Every path and method that is described, as `GET /path`.
fn operations(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_ascii_uppercase()))
        })
        .collect()
}
