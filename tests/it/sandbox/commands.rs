//! `sandbox seed`, `export`, `import` and `reset`.

mod import;

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::api_connection::ApiConnection;
use crate::support::process::{Process, read_until};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

#[test]
fn state_in_use_is_not_opened_twice() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    ApiConnection::open(sandbox.port).data("POST tickets", &json!({"title": "T"}));
    let output = home.run(["sandbox", "--port", "0"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("another sandbox is using"), "{output:?}");
    assert!(
        output.stderr.replace('\\', "/").contains("cstar/sandbox`") && output.stderr.contains("stop"),
        "{output:?}"
    );
    let output = home.run(["sandbox", "--port", "0", "--json"]);
    assert_eq!(output.json_error()["exit_code"], 1);
    assert_eq!(ApiConnection::open(sandbox.port).total("tickets"), 1);
}

#[test]
fn file_in_place_of_a_state_is_named() {
    let home = Home::new();
    std::fs::write(home.path().join("file"), "").unwrap();
    std::fs::create_dir_all(home.path().join("cstar")).unwrap();
    std::fs::write(home.path().join("cstar/sandbox"), "").unwrap();
    for args in [
        &["sandbox", "reset", "--yes"][..],
        &["sandbox", "seed"],
        &["sandbox", "seed", "--data-dir", "file"],
        &["sandbox", "--port", "0", "--data-dir", "file"],
        &["sandbox", "seed", "--data-dir", "file/below"],
    ] {
        let output = CommandOutput::run(home.cstar().args(args));
        assert_eq!(output.code, 1, "{args:?} {output:?}");
        assert!(output.stderr.contains("not a directory"), "{args:?} {output:?}");
        assert!(
            output.stderr.contains("\nhint: ") && output.stderr.contains("--data-dir"),
            "{args:?} {output:?}"
        );
    }
}

#[test]
fn reset_asks_first_and_removes_everything() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    ApiConnection::open(sandbox.port).data("POST tickets", &json!({"title": "T"}));
    drop(sandbox);
    let output = home.run(["sandbox", "reset"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("--yes"), "{output:?}");
    let output = home.run(["sandbox", "reset", "--yes", "--json"]).ok();
    assert_eq!(output.json()["reset"], true);
    home.run(["sandbox", "reset", "--yes"]).ok();
    let sandbox = Sandbox::start(&home);
    assert_eq!(ApiConnection::open(sandbox.port).total("tickets"), 0);
}

#[test]
fn ephemeral_sandbox_is_private_and_temporary() {
    let home = Home::new();
    let args = ["--rate-limit", "0", "--ephemeral"];
    let (mut one, mut other) = (Sandbox::start_at(&home, 0, &args), Sandbox::start_at(&home, 0, &args));
    ApiConnection::open(one.port).data("POST tickets", &json!({"title": "T"}));
    assert_eq!(ApiConnection::open(other.port).total("tickets"), 0);
    other.interrupt();
    one.interrupt();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    let output = home.run(["sandbox", "--ephemeral", "--data-dir", "x"]);
    assert_eq!(output.code, 2, "{output:?}");
}

#[test]
fn unusable_data_directory_is_named() {
    let home = Home::new();
    std::fs::write(home.path().join("file"), "").unwrap();
    let output = home.run(["sandbox", "--port", "0", "--data-dir", "file"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("`file`: it is not a directory"), "{output:?}");
    std::fs::create_dir(home.path().join("bad")).unwrap();
    std::fs::write(home.path().join("bad/sandbox.db"), "nonsense ".repeat(200)).unwrap();
    let output = home.run(["sandbox", "--port", "0", "--data-dir", "bad"]);
    assert!(output.stderr.contains("is damaged") && output.stderr.contains("sandbox reset"), "{output:?}");
    home.run(["sandbox", "reset", "--data-dir", "bad", "--yes"]).ok();
    for (wrong, why) in [
        (["sandbox", "import", "none"], "could not read the state from `none`"),
        (["sandbox", "seed", "--tickets=-1"], "--tickets"),
        (["sandbox", "export", "--data-dir="], "--data-dir"),
    ] {
        let output = home.run(wrong);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains(why), "{output:?}");
    }
}

#[test]
fn every_filter_works_on_thousands_of_tickets() {
    let home = Home::new();
    home.run(["sandbox", "seed", "--tickets", "3000", "--customers", "500"]).ok();
    let sandbox = Sandbox::start(&home);
    let mut api = ApiConnection::open(sandbox.port);
    assert_eq!(api.total("tickets"), 3_000);
    let sum = |api: &mut ApiConnection, param: &str, values: &[&str]| -> u64 {
        values.iter().map(|value| api.total(&format!("tickets?{param}={value}"))).sum()
    };
    assert_eq!(sum(&mut api, "status", &["new", "open", "pending", "resolved", "closed"]), 3_000);
    assert_eq!(sum(&mut api, "priority", &["low", "normal", "high", "urgent"]), 3_000);
    let invoices = api.total("tickets?search=invoice");
    assert!((1..3_000).contains(&invoices));
    assert!(api.total("tickets?search=invoice&status=closed&priority=urgent") < invoices);
    let last = api.send("GET tickets?page=30&pageSize=100", &Value::Null, None).json;
    assert_eq!(
        (last["data"].as_array().unwrap().len(), &last["pagination"]["hasMore"]),
        (100, &json!(false))
    );
    let customers = api.send("GET customers?pageSize=100", &Value::Null, None).json;
    let counted: u64 = (1..=5)
        .map(|page| api.send(&format!("GET customers?pageSize=100&page={page}"), &Value::Null, None).json)
        .flat_map(|page| page["data"].as_array().unwrap().clone())
        .map(|customer| customer["ticketCount"].as_u64().unwrap())
        .sum();
    assert_eq!(customers["pagination"]["total"], 500);
    assert!((2_500..=3_000).contains(&counted), "{counted}: some were created before the first customer");
}

#[test]
fn broken_state_is_logged_with_request_ids() {
    let home = Home::new();
    home.run(["sandbox", "seed", "--tickets", "500"]).ok();
    let log = home.path().join("log");
    let mut command = home.cstar();
    command.args(["sandbox", "--json", "--port", "0"]).stdout(Stdio::piped());
    let mut running = Process::start(command.stderr(File::create(&log).unwrap()));
    let (_, line) = read_until(running.stdout(), "{");
    let ready: Value = serde_json::from_str(&line).unwrap();
    let base_url = ready["base_url"].as_str().unwrap();
    let path = Path::new(ready["data_dir"].as_str().unwrap()).join("sandbox.db");
    let mut state = OpenOptions::new().write(true).open(&path).unwrap();
    // All pages except the first, which identifies the file as a database.
    state.seek(SeekFrom::Start(4096)).unwrap();
    let length = usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
    state.write_all(&vec![0xff; length - 4096]).unwrap();
    let args = ["trigger", "ticket.created", "--sandbox", "--base-url", base_url, "--json"];
    let output = home.run(args);
    assert_eq!(output.code, 1, "{output:?}");
    let id = output.json_error()["request_id"].as_str().unwrap().to_owned();
    let log = std::fs::read_to_string(log).unwrap();
    let line = |id: &str| log.lines().filter(|line| line.contains(id)).count();
    assert_eq!(line(&format!("ERROR {id} is answered with 500: ")), 1, "{log}");
    let ids: BTreeSet<&str> =
        log.lines().filter_map(|line| line.split(' ').find(|word| word.starts_with("req_"))).collect();
    assert_eq!(log.lines().filter(|line| line.contains("answered with 500")).count(), ids.len(), "{log}");
}
