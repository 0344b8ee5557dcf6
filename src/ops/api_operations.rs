//! The operations of the API, with paths as `cstar api` takes them.

use crate::sandbox;

/// Below the root of a server.
pub(crate) const API: &str = "/api/v1/";
/// What stands for the id of the key's team.
pub(crate) const TEAM: &str = "{team}";
/// Beginnings below [`API`] that are not about the team of the key.
pub(crate) const OF_THE_API: [&str; 2] = ["auth/", "teams/"];

/// An operation that the OpenAPI document of the sandbox describes.
#[derive(Clone, Debug)]
pub(crate) struct ApiOperation {
    pub(crate) method: String,
    /// From the root of the server.
    pub(crate) path: String,
    /// From the team, if it is about one.
    pub(crate) short_path: String,
    pub(crate) summary: String,
    /// `documented` or `ours`.
    pub(crate) source: &'static str,
}

/// Every operation, in the order of the document.
pub(crate) fn all() -> Vec<ApiOperation> {
    let operations = sandbox::operations().into_iter();
    operations
        .map(|operation| ApiOperation {
            method: operation.method,
            short_path: short(&operation.path).to_owned(),
            path: operation.path,
            summary: operation.summary,
            source: operation.source,
        })
        .collect()
}

fn short(path: &str) -> &str {
    let Some(of_api) = path.strip_prefix(API) else { return path };
    match of_api.strip_prefix("teams/{team}/") {
        Some(of_team) => of_team,
        None if OF_THE_API.iter().any(|name| of_api.starts_with(name)) => of_api,
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_team_are_short() {
        for (path, wanted) in [
            ("/api/v1/teams/{team}/tickets/{id}", "tickets/{id}"),
            ("/api/v1/auth/whoami", "auth/whoami"),
            ("/api/v1/library/{team}/x", "/api/v1/library/{team}/x"),
            ("/_sandbox/reset", "/_sandbox/reset"),
        ] {
            assert_eq!(short(path), wanted);
        }
        let all = all();
        assert!(all.iter().any(|operation| operation.source == "documented"));
        assert!(all.iter().any(|operation| operation.source == "ours"));
    }
}
