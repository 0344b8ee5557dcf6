//! Methods and paths for `cstar api`, from the tables of the sandbox.

use crate::ops::api_operations;

const METHODS: [(&str, &str); 5] = [
    ("GET", "Read"),
    ("POST", "Create, or do something"),
    ("PATCH", "Change"),
    ("PUT", "Replace"),
    ("DELETE", "Delete"),
];

/// What the first word may be: a method, or a path to read.
pub(super) fn words() -> Vec<(String, String)> {
    methods().into_iter().chain(paths_of("GET")).collect()
}

pub(super) fn methods() -> Vec<(String, String)> {
    METHODS.map(|(method, help)| (method.to_owned(), help.to_owned())).to_vec()
}

/// The paths for the method that `words` has.
pub(super) fn paths(words: &[String]) -> Vec<(String, String)> {
    let method = words.iter().find(|word| METHODS.iter().any(|(name, _)| word.eq_ignore_ascii_case(name)));
    method.map(|method| paths_of(&method.to_ascii_uppercase())).unwrap_or_default()
}

/// Each up to its first placeholder, which a shell would read as something else.
fn paths_of(method: &str) -> Vec<(String, String)> {
    let mut paths: Vec<(String, String)> = Vec::new();
    for operation in api_operations::all().into_iter().filter(|operation| operation.method == method) {
        let path = operation.short_path.split('{').next().unwrap_or_default();
        if !paths.iter().any(|(known, _)| known == path) {
            paths.push((path.to_owned(), operation.summary));
        }
    }
    paths
}
