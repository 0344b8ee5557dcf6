//! `cstar sandbox openapi`: the document without a server, and the one that a server serves.

use serde_json::Value;

use crate::support::Home;
use crate::support::http::send;
use crate::support::sandbox::Sandbox;

#[test]
fn openapi_matches_a_running_sandbox() {
    let home = Home::new();
    let printed = home.run(["sandbox", "openapi"]).ok().stdout;
    assert_eq!(home.run(["sandbox", "openapi", "-", "--json"]).ok().stdout, printed);
    let document: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/teams/{team}/tickets/{id}"]["patch"].is_object());
    assert!(printed.ends_with("}\n"));
    let sandbox = Sandbox::start(&home);
    let answer = send(sandbox.port, "GET /openapi.json", &[], "");
    let port = format!("\"default\": \"{}\"", sandbox.port);
    assert_eq!(answer.body, printed.replace("\"default\": \"4747\"", &port));
    assert_eq!(send(sandbox.port, "GET /", &[], "").json()["openapi"], "/openapi.json");
}

#[test]
fn openapi_can_be_written_to_a_file() {
    let home = Home::new();
    let printed = home.run(["sandbox", "openapi"]).ok().stdout;
    let output = home.run(["sandbox", "openapi", "cstar.json"]).ok();
    assert_eq!(output.stdout, "");
    assert!(output.stderr.contains("operations in cstar.json"), "{output:?}");
    assert_eq!(std::fs::read_to_string(home.path().join("cstar.json")).unwrap(), printed);
    let output = home.run(["sandbox", "openapi", "cstar.json", "--json"]).ok();
    assert_eq!(output.json()["file"], "cstar.json");
    assert!(output.json()["operations"].as_u64() > Some(50), "{output:?}");
    let output = home.run(["sandbox", "openapi", "none/cstar.json"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("could not write `none/cstar.json`"), "{output:?}");
    let output = home.run(["sandbox", "openapi", "none/cstar.json", "--json"]);
    assert_eq!(output.json_error()["exit_code"], 1);
    assert_eq!(home.run(["sandbox", "openapi", "a", "b"]).code, 2);
    // the command does not create a sandbox
    assert!(!home.path().join("cstar").exists());
}

/// The table of the topic: each accessor of the SDK, its path, and how far it works.
#[test]
fn topic_states_what_each_accessor_does() {
    let home = Home::new();
    let document: Value = serde_json::from_str(&home.run(["sandbox", "openapi"]).ok().stdout).unwrap();
    let topic = include_str!("../../../src/topics/sandbox.md");
    let rows = topic.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    let rows = rows.map(|row| row.split(" | ").collect::<Vec<_>>());
    let rows: Vec<_> = rows.filter(|row| row.len() == 3 && row[1].starts_with('`')).collect();
    assert_eq!(rows.len(), 28, "{rows:?}");
    for row in rows {
        let path = format!("/api/v1/teams/{{team}}/{}", row[1].trim_matches('`'));
        let methods =
            document["paths"][&path].as_object().unwrap_or_else(|| panic!("no {path} in the document"));
        let succeeds = |operation: &Value| {
            operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('2'))
        };
        let works = methods.values().any(succeeds);
        let state = row[2].split([':', ',']).next().unwrap();
        match state {
            "works" => assert!(works, "{path}"),
            "partly" => assert!(works && row[2].starts_with("partly: "), "{path}"),
            "not published" => assert!(!works && methods.len() == 1, "{path}"),
            other => panic!("{path}: {other}"),
        }
    }
}
